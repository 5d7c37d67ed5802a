"""Words as HTML: whatever was typed costs little."""

from __future__ import annotations

import re
import time

import pytest

from tenants.chat.rules import MAX_BODY
from tenants.chat.words import html_of


@pytest.mark.parametrize("part", ["[", "[*", "**a", "![", "_a ", "- a\n", "http://a.b "])
def test_marks_without_end_cost_little_and_lose_no_word(part: str) -> None:
    body = (part * MAX_BODY)[:MAX_BODY]
    began = time.process_time()
    for _ in range(5):
        html = html_of(body)
    assert (time.process_time() - began) / 5 < 0.02
    assert re.sub(r"<[^>]*>|\s", "", html) == re.sub(r"\s", "", body)


def test_code_full_of_brackets_stays_code() -> None:
    assert html_of("```\n" + "a[0] " * 100 + "\n```").startswith("<pre><code>a[0] a[0]")
