"""Words as HTML: whatever was typed costs little."""

from __future__ import annotations

import re

import pytest

from tenants.chat.rules import MAX_BODY
from tenants.chat.words import html_of


@pytest.mark.parametrize("part", ["[", "[*", "**a", "![", "_a ", "- a\n", "http://a.b "])
def test_marks_without_end_cost_little_and_lose_no_word(part: str) -> None:
    body = (part * MAX_BODY)[:MAX_BODY]
    html = html_of(body)
    assert set(re.findall(r"</?(\w+)", html)) <= {"p", "br"}, "no mark is looked for, which is what takes long"
    assert re.sub(r"<[^>]*>|\s", "", html) == re.sub(r"\s", "", body)


def test_code_full_of_brackets_stays_code() -> None:
    assert html_of("```\n" + "a[0] " * 100 + "\n```").startswith("<pre><code>a[0] a[0]")
