"""In a real browser: an author builds a course with a lesson of every block and every kind of question by keyboard alone.

No mouse and no script moves the focus: only keys are pressed, and `Keys` looks where the focus is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core import sessions
from core.db import db
from tenants.courses.models import Course, Page, Publication
from tenants.people.models import Member
from tests.browser.axe import ready, violations
from tests.browser.site import Site
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import PDF, mp3
from tests.files.making import captions, film, picture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]
FAR = 400
# What a screen reader says of the element that has the focus: its label, or else what stands in it.
FOCUS = """() => { const e = document.activeElement;
  const ids = (e.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id)?.innerText || '').join(' ');
  const label = ids.trim() || e.getAttribute('aria-label') || [...(e.labels || [])].map(l => l.innerText).join(' ') || e.innerText || '';
  return label.replace(/\\s+/g, ' ').trim(); }"""


class Keys:
    """A keyboard in somebody's hands."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def go_to(self, name: str, key: str = "Tab", most: int = FAR) -> None:
        """Press Tab (or another key) until the focus is on what is called so."""
        passed = []
        for _ in range(most):
            self.page.keyboard.press(key)
            if self.is_at(name):
                return
            passed.append(self.page.evaluate(FOCUS))
        raise AssertionError(f"{key} never came to {name!r}, only to {list(dict.fromkeys(passed))[-60:]}")

    def is_at(self, name: str) -> bool:
        """Return whether the focus is on what is called so."""
        found = self.page.evaluate(FOCUS)
        return bool(found == name or found.startswith(f"{name} ("))

    def back_to(self, name: str) -> None:
        """Press Shift+Tab until the focus is on what is called so."""
        self.go_to(name, "Shift+Tab")

    def press(self, key: str = "Enter") -> None:
        """Press a key that opens another page, and wait for it."""
        self.page.evaluate("() => { window.isOld = true; }")
        self.page.keyboard.press(key)
        self.page.wait_for_function("() => !window.isOld && document.readyState === 'complete'")
        ready(self.page)
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")  # keys before it are dropped

    def write(self, words: str, into: str = "") -> None:
        """Type into the field that has the focus, or into one further on."""
        if into and not self.is_at(into):
            self.go_to(into)
        if self.page.evaluate("() => !!document.activeElement.closest('rich-text')"):
            self.page.wait_for_function("() => document.activeElement.isContentEditable")
        self.page.keyboard.type(words)

    def add(self, kind: str) -> None:
        """Add a block at the end of the lesson; the cursor is in it afterwards, or at its start."""
        self.go_to("Add block")
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("() => document.activeElement.getAttribute('role') === 'combobox'")
        self.page.keyboard.type(kind)
        for _ in range(5):
            at = self.page.evaluate("() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText.trim()")
            if at == kind:
                break
            self.page.keyboard.press("ArrowDown")
        self.press()

    def choose_file(self, name: str, content: bytes, kind: str) -> None:
        """Choose a file in the system's window, which the focused field opens, and upload it."""
        self.offer(name, content, kind)
        self.go_to("Upload")
        self.press()

    def offer(self, name: str, content: bytes, kind: str) -> None:
        """Choose a file in the window that the focused field opens."""
        assert self.page.evaluate("() => document.activeElement.type") == "file", self.page.evaluate(FOCUS)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})

    def ask(self, kind: str, prompt: str) -> None:
        """Add a question of a kind, by the words of the editor."""
        self.add("Question")
        self.write(prompt)
        if kind != "One right answer":
            self.go_to(kind)
            self.press()


@pytest.fixture
def keys(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> Keys:
    """Return the keyboard of an author, at the list of courses."""
    cast = casts[0]
    origin = f"http://{cast.host}:{site.port}"
    context = browser.new_context(base_url=origin, viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": sessions.cookie_name(), "value": cast.token("author"), "url": origin}])
    page = context.new_page()
    page.on("filechooser", lambda chooser: None)  # from now on; else the first key may come before Playwright listens
    page.goto("/courses")
    ready(page)
    return Keys(page)


def build_pieces(keys: Keys) -> None:
    """Add every block but questions."""
    keys.write("Flour is ground grain.")
    keys.add("Image")
    keys.choose_file("loaf.png", picture().getvalue(), "image/png")
    keys.write("A loaf, cut open")
    keys.add("Video")
    keys.choose_file("folds.mp4", film().getvalue(), "video/mp4")
    keys.write("Folding", "Title")
    keys.go_to("Captions (WebVTT file)")
    keys.offer("folds.vtt", captions().getvalue(), "text/vtt")
    keys.go_to("Upload captions")
    keys.press()
    keys.add("Audio")
    keys.choose_file("knock.mp3", mp3(), "audio/mpeg")
    keys.write("Knock, knock: hollow.", "Transcript")
    keys.add("File")
    keys.choose_file("recipe.pdf", PDF, "application/pdf")
    keys.add("Video from the web")
    keys.write("https://youtu.be/dQw4w9WgXcQ")
    keys.write("Another baker", "Title")
    keys.add("Package")
    keys.write("Oven simulator", "Title")
    keys.write("It comes in spring.", "Note for participants")
    keys.add("Callout")
    keys.write("Mind", "Title")
    keys.write("The heat.", "Text")
    keys.add("Accordion")
    keys.write("Why so long?")
    keys.go_to("Text")
    keys.write("For the taste.")
    keys.add("Divider")
    keys.add("Checklist")
    keys.write("Before you start")
    keys.write("Wash hands", "Item 1")
    keys.add("Exercise")
    keys.write("Bake a loaf")
    keys.go_to("Task")
    keys.write("Bake and describe it.")
    keys.add("Survey")
    keys.go_to("Own words")
    keys.press()
    keys.write("What was hard?", "Question")


def choices(keys: Keys) -> None:
    keys.write("Yes", "Answer 1")
    keys.back_to("Answer 1 is right")
    keys.page.keyboard.press("Space")
    keys.write("No", "Answer 2")


def pairs(keys: Keys) -> None:
    for number, (left, right) in enumerate((("Rye", "Dark"), ("Wheat", "Light")), start=1):
        keys.write(left, f"Pair {number}, left")
        keys.write(right, f"Pair {number}, right")


def spots(keys: Keys) -> None:
    keys.choose_file("oven.png", picture(size=(400, 300)).getvalue(), "image/png")
    keys.write("An oven", "What the image shows")
    for number, (name, place) in enumerate((("Door", "10"), ("Knob", "60")), start=1):
        keys.go_to("Add spot")
        keys.press()
        keys.write(name, "Name, which participants read")
        for field, value in (("From the left, %", place), ("From the top, %", "20"), ("Width, %", "20"), ("Height, %", "30")):
            keys.go_to(field)
            keys.page.keyboard.press("Control+A")
            keys.page.keyboard.type(value)
        if number == 1:
            keys.go_to("This spot is right")
            keys.page.keyboard.press("Space")


def true(keys: Keys) -> None:
    keys.go_to("True")
    keys.page.keyboard.press("Space")


FILL: dict[str, Callable[[Keys], None]] = {
    "single": choices,
    "multiple": choices,
    "truefalse": true,
    "short": lambda keys: keys.write("flour", "Answers that count as right"),
    "number": lambda keys: keys.write("12.5", "Right number"),
    "matching": pairs,
    "ordering": lambda keys: keys.write("Mix\nRest\nBake", "Lines in the right order"),
    "gaps": lambda keys: keys.write("Bread is made of [[flour]] and [[water|~sand]].", "Text with gaps"),
    "hotspot": spots,
    "open": lambda keys: None,
}


def test_a_lesson_of_everything_by_keyboard_alone(keys: Keys, casts: tuple[Cast, Cast]) -> None:
    page = keys.page
    keys.go_to("New course")
    keys.press()
    keys.write("Bread by hand", "Title")
    keys.press()
    keys.go_to("Add lesson")
    keys.press()
    keys.go_to("Lesson title")
    page.keyboard.press("Control+A")
    keys.write("Everything")
    keys.add("Text")
    build_pieces(keys)
    keys.ask("One right answer", "Ask single")
    choices(keys)
    offered = page.locator("[role=group][aria-label='Kind of question'] button")
    kinds = {one.get_attribute("value").partition(":")[2]: one.inner_text() for one in offered.all()}
    assert list(kinds) == list(FILL)
    for kind, words in list(kinds.items())[1:]:
        keys.ask(words, f"Ask {kind}")
        FILL[kind](keys)
    keys.go_to("Drag to move: Divider")
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_function("() => document.querySelector('sort-list > [role=status]').innerText.startsWith('Divider: ')")
    keys.go_to("Duplicate: Divider")
    keys.press()
    keys.go_to("Delete: Divider")
    keys.press()
    keys.go_to("Undo")
    keys.press()
    assert violations(page) == []
    keys.back_to("View as participant")
    keys.press()
    assert "Ask hotspot" in page.inner_text("main")
    keys.go_to("Back to editing")
    keys.press()
    keys.back_to("Publish")
    keys.press()
    assert page.locator(".error-summary").all_inner_texts() == []
    with db.scope(casts[0].academy.scope):
        content = published(member(casts[0], "author"))
    kinds_of = [block["kind"] for block in content]
    assert kinds_of[:14] == ["text", "image", "video", "audio", "file", "embed", "package", "callout", "divider", "divider", "accordion", "checklist", "exercise", "survey"]
    assert [block["question"]["kind"] for block in content[14:]] == list(FILL)
    stored = json.dumps(content, ensure_ascii=False)
    missing = [words for words in TYPED if words not in stored]
    assert missing == [], stored


def published(author: Member) -> list[dict[str, Any]]:
    """Return the blocks of the lesson as participants see them."""
    course = db.session.scalars(sa.select(Course).where(Course.title == "Bread by hand")).one()
    publication = db.session.get_one(Publication, course.publication_id)
    lesson = publication.outline["modules"][0]["lessons"][1]
    assert lesson["title"] == "Everything"
    blocks: list[dict[str, Any]] = db.session.get_one(Page, UUID(lesson["page_id"])).content["blocks"]
    return blocks


TYPED = (
    "Flour is ground grain.", "A loaf, cut open", "Folding", "Knock, knock: hollow.", "dQw4w9WgXcQ", "Another baker", "Oven simulator", "It comes in spring.", "The heat.",
    "Why so long?", "For the taste.", "Before you start", "Wash hands", "Bake a loaf", "Bake and describe it.", "What was hard?",
    "Dark", "Light", "12.5", "Rest", "An oven", "Door", "Knob", "flour", *(f"Ask {kind}" for kind in FILL),
)
