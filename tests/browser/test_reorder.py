"""In a real browser: blocks and lessons are moved by drag, buttons and Alt+Arrow, lessons across modules too, and it is stored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from core.db import db
from tenants.courses import actions, queries
from tests.browser.axe import ready
from tests.browser.site import Site
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast
from tests.courses.writing import Written, member, text, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


class Outline:
    """A course with two modules and a third that is empty, open before its author."""

    def __init__(self, site: Site, browser: Any, cast: Cast) -> None:
        self.cast = cast
        with db.scope(cast.academy.scope, commit=True):
            author = member(cast, "author")
            self.written: Written = write_course(author)
            course = queries.course_to_edit(author, self.written.course)
            actions.add_module(course, "Empty")
            text(queries.lesson_of(course, self.written.reading), "Salt keeps it.")
        self.page = signed_in(browser, site, cast, "author", viewport={"width": 1280, "height": 1000})
        self.open(f"/courses/{self.written.course}")

    def open(self, path: str) -> None:
        """Show a page."""
        self.page.goto(path)
        ready(self.page)

    def stored(self) -> list[list[str]]:
        """Return the titles of the lessons of each module, as they are kept."""
        with db.scope(self.cast.academy.scope):
            course = queries.course_to_edit(member(self.cast, "author"), self.written.course)
            return [[lesson.title for lesson in module.live_lessons] for module in course.live_modules]

    def shown(self) -> list[list[str]]:
        """Return the titles of the lessons of each module, as they stand on the page."""
        found: list[list[str]] = self.page.evaluate("() => [...document.querySelectorAll('.outline-lessons')].map("
                                                    "l => [...l.children].map(i => i.dataset.item))")  # fmt: skip
        return found

    def is_now(self, *wanted: list[str]) -> None:
        """Wait until the page and the rows say so."""
        for _ in range(50):
            if self.stored() == list(wanted):
                break
            self.page.wait_for_timeout(100)
        assert self.stored() == self.shown() == list(wanted)

    def drag(self, start: Any, end: Any, down: float) -> None:
        """Drag a grip with the mouse onto a place: `down` is how far down it, from 0 to 1."""
        grip, box = start.bounding_box(), end.bounding_box()
        self.page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 60, box["y"] + box["height"] * down, steps=8)
        self.page.mouse.up()

    def lesson(self, lesson_id: UUID) -> Any:
        """Return a lesson's row."""
        return self.page.locator(f"#lesson-{lesson_id}")

    def grip(self, lesson_id: UUID) -> Any:
        """Return the grip of a lesson's row."""
        return self.lesson(lesson_id).locator(".grip")


@pytest.fixture
def outline(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> Outline:
    return Outline(site, browser, casts[0])


def test_a_lesson_is_dragged_within_its_module_into_another_and_into_an_empty_one(outline: Outline) -> None:
    written = outline.written
    outline.drag(outline.grip(written.asking), outline.lesson(written.reading), 0.1)
    outline.is_now(["Water", "Flour"], ["Oven"], [])
    outline.drag(outline.grip(written.asking), outline.lesson(written.last), 0.9)
    outline.is_now(["Flour"], ["Oven", "Water"], [])
    expect(outline.page.locator("[role=status]", has_text="Water: 2 of 2 in Bake")).to_be_attached()
    outline.drag(outline.grip(written.last), outline.page.locator(".outline-lessons").nth(2), 0.5)
    outline.is_now(["Flour"], ["Water"], ["Oven"])
    outline.open(outline.page.url)
    assert outline.shown() == [["Flour"], ["Water"], ["Oven"]]


def test_keys_and_buttons_carry_a_lesson_over_the_end_of_its_module(outline: Outline) -> None:
    written, page = outline.written, outline.page
    outline.grip(written.asking).focus()
    page.keyboard.press("Alt+ArrowDown")
    outline.is_now(["Flour"], ["Water", "Oven"], [])
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    outline.is_now(["Flour"], ["Oven"], ["Water"])
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Drag to move: Water"
    page.get_by_role("button", name="Move up: Water").click()
    outline.is_now(["Flour"], ["Oven", "Water"], [])
    page.get_by_role("button", name="Move up: Flour").click()
    outline.is_now(["Flour"], ["Oven", "Water"], [])


def test_a_module_is_dragged_with_its_lessons(outline: Outline) -> None:
    modules = outline.page.locator("section.module")
    outline.drag(modules.nth(1).locator(".grip").first, modules.nth(0), 0.02)
    outline.is_now(["Oven"], ["Flour", "Water"], [])


def test_what_cannot_be_stored_goes_back(outline: Outline) -> None:
    outline.page.context.set_offline(True)
    outline.drag(outline.grip(outline.written.asking), outline.lesson(outline.written.last), 0.9)
    expect(outline.page.locator("[role=status]", has_text="Not moved").first).to_be_attached()
    assert outline.shown() == outline.stored() == [["Flour", "Water"], ["Oven"], []]
    outline.page.context.set_offline(False)
    outline.drag(outline.grip(outline.written.asking), outline.lesson(outline.written.last), 0.9)
    outline.is_now(["Flour"], ["Oven", "Water"], [])


def test_blocks_are_dragged_in_the_lesson(outline: Outline) -> None:
    outline.open(f"/courses/{outline.written.course}/lessons/{outline.written.reading}")
    blocks = outline.page.locator("sort-list .block")
    blocks.nth(2).hover()
    outline.drag(blocks.nth(2).locator(".grip"), blocks.nth(0), 0.02)

    def kept() -> list[str]:
        with db.scope(outline.cast.academy.scope):
            course = queries.course_to_edit(member(outline.cast, "author"), outline.written.course)
            return [block.body["markdown"] for block in queries.lesson_of(course, outline.written.reading).live_blocks]

    for _ in range(50):
        if kept()[0] == "Salt keeps it.":
            break
        outline.page.wait_for_timeout(100)
    assert kept() == ["Salt keeps it.", "Flour is **ground** grain.", "Water wakes it up."]


def test_a_finger_drags_too(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    """Touch sends pointer events of another kind; the grip must not scroll the page instead."""
    outline = Outline(site, browser, casts[0])
    touch = outline.page.context.new_cdp_session(outline.page)
    start, end = outline.grip(outline.written.asking).bounding_box(), outline.lesson(outline.written.last).bounding_box()
    x, y, to = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2, end["y"] + end["height"] * 0.9
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 20, "y": y + (to - y) * step / 8}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    outline.is_now(["Flour"], ["Oven", "Water"], [])


def test_what_is_moved_later_is_stored_later_also_where_another_list_stores_it(outline: Outline) -> None:
    written, page = outline.written, outline.page
    held = []
    page.route("**/order", lambda route: held.append(route) or page.wait_for_timeout(800) or route.continue_(), times=1)
    outline.grip(written.asking).focus()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowDown")
    outline.is_now(["Flour"], ["Oven"], ["Water"])
    assert held
