"""In a real browser: a text is written with a toolbar and keys, its Markdown is stored, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from core import sessions
from core.db import db
from tenants.courses import block_actions, queries
from tenants.courses.markup import html_of
from tenants.courses.models import Block
from tests.browser.axe import overflow_px, violations
from tests.browser.site import Site
from tests.cast import Cast
from tests.courses.writing import member, write_course

pytestmark = pytest.mark.browser
# What an author may have stored, each with what only a careful writer of Markdown keeps.
TEXTS = (
    "# Dough\n\nFlour, **water** and *salt*, `1*2`.\n\n- one\n- two\n  1. nested\n  2. ten\n\n> Patience.\n\n---\n\n~~not~~ [yes](https://example.org/a_b)",
    "1\\. not a list, \\# no heading, 2 \\* 3 \\_a\\_ and &amp;copy; <b>bold?</b>",
    "| a | b |\n| --- | --- |\n| 1 \\| 2 | **three** |",
    "line one\\\nline two\n\n```py\nx = `1`\n```\n\n7. seven\n8. eight\n9. nine\n10. ten",
)


@dataclass(frozen=True)
class Open:
    """An author's page on a lesson whose text blocks are an empty one and TEXTS."""

    page: Any
    cast: Cast
    blocks: list[UUID]

    def write_in(self, number: int) -> None:
        """Put the cursor at the end of a text, with its editor open."""
        box = self.page.locator(f"#block-{self.blocks[number]}")
        box.locator("rich-text").evaluate("one => one.edit()")
        box.locator(".ProseMirror").wait_for()
        self.page.wait_for_function("() => document.activeElement.matches('.ProseMirror')")
        self.page.keyboard.press("Control+End")

    def stored(self, number: int, having: str) -> str:
        """Return the Markdown of a text once it holds the words."""
        for _ in range(60):
            with db.scope(self.cast.academy.scope):
                text = str(db.session.get_one(Block, self.blocks[number]).body["markdown"])
            if having in text:
                return text
            self.page.wait_for_timeout(100)
        raise AssertionError(text)


@pytest.fixture
def written(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> Iterator[Open]:
    """Return the open lesson; in the end nothing was refused by the policy and no script failed."""
    cast, faults = casts[0], list[str]()
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        course = write_course(author)
        lesson = queries.lesson_of(queries.course_to_edit(author, course.course), course.last)
        blocks = [block_actions.add_block(lesson, "text", {"markdown": text}).id for text in ("", *TEXTS)]
    origin = f"http://{cast.host}:{site.port}"
    context = browser.new_context(viewport={"width": 320, "height": 900}, locale="en")
    context.add_cookies([{"name": sessions.cookie_name(), "value": cast.token("author"), "url": origin}])
    page = context.new_page()
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{origin}/courses/{course.course}/lessons/{course.last}")
    page.wait_for_function("() => customElements.get('rich-text') && customElements.get('auto-save')")
    yield Open(page, cast, blocks)
    assert faults == []


def test_a_text_is_written_by_keyboard_as_it_will_look(written: Open) -> None:
    page, keys = written.page, written.page.keyboard
    written.write_in(0)
    keys.type("## Flour")
    keys.press("Enter")
    keys.type("Wheat is ")
    keys.press("Control+b")
    keys.type("strong")
    keys.press("Control+b")
    keys.type(", 2 * 3 | [it] is.")
    keys.press("Enter")
    keys.type("- one")
    keys.press("Enter")
    keys.type("two")
    keys.press("Alt+F10")
    page.wait_for_function("() => document.activeElement.dataset.do === 'bold'")
    assert violations(page) == [] and overflow_px(page) == 0
    for _ in range(7):
        keys.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.do") == "link"
    keys.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('[data-link] input')")
    keys.type("javascript:alert(1)")
    keys.press("Enter")
    assert page.locator("[data-link] input:visible").get_attribute("aria-invalid") == "true"
    keys.press("Control+a")
    keys.type("example.org")
    keys.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('.ProseMirror')")
    stored = written.stored(0, "example.org")
    assert stored == "## Flour\n\nWheat is **strong**, 2 \\* 3 | \\[it\\] is.\n\n- one\n- two[example.org](https://example.org)"
    keys.press("Alt+F10")
    page.get_by_role("button", name="Markdown").last.focus()
    keys.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('textarea[name=markdown]')")
    keys.press("Control+End")
    keys.type("\n\nLast **words**.")
    assert written.stored(0, "Last **words**.").startswith("## Flour")


def test_what_was_stored_survives_the_editor(written: Open) -> None:
    for number, text in enumerate(TEXTS, start=1):
        written.write_in(number)
        written.page.wait_for_timeout(50)
        assert written.page.locator(f"#block-{written.blocks[number]} textarea").input_value() == text, "opening changes nothing"
        written.page.keyboard.type("END")
        stored = written.stored(number, "END")
        assert html_of(stored).replace("END", "") == html_of(text), stored
