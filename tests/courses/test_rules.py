"""Order, changes and readiness, decided without a database."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.courses.markup import html_of
from tenants.courses.rules import (
    Snapshot,
    arranged,
    count_changes,
    lesson_kind,
    lesson_problems,
    may_edit,
    problems_of,
    stepped,
)

orders = st.lists(st.integers(), min_size=1, unique=True)


@given(orders, st.data(), st.integers(-9, 9))
def test_a_step_keeps_everything_and_moves_one(order: list[int], data: st.DataObject, by: int) -> None:
    item = data.draw(st.sampled_from(order))
    moved = stepped(order, item, by)
    assert sorted(moved) == sorted(order)
    assert [x for x in moved if x != item] == [x for x in order if x != item]
    assert moved.index(item) == min(max(order.index(item) + by, 0), len(order) - 1)


@given(orders, st.lists(st.integers()))
def test_an_arrangement_loses_nothing_and_takes_no_stranger(order: list[int], wanted: list[int]) -> None:
    result = arranged(order, wanted)
    assert sorted(result) == sorted(order)
    named = [x for x in dict.fromkeys(wanted) if x in order]
    assert result[: len(named)] == named


def test_only_authors_managers_and_owners_write() -> None:
    assert [role for role in ("participant", "trainer", "author", "manager", "owner") if may_edit([role])] == [
        "author", "manager", "owner",
    ]


@pytest.mark.parametrize(("kinds", "kind"), [
    ([], "text"), (["text", "image"], "text"), (["text", "question"], "question"), (["question", "video"], "video"),
])
def test_a_lesson_is_drawn_as_what_it_mainly_is(kinds: list[str], kind: str) -> None:
    assert lesson_kind(kinds) == kind


def course(*modules: tuple[str, list[tuple[str, list[str]]]]) -> Snapshot:
    """Return a snapshot of modules of lessons of text blocks, all named by their ids."""
    pages: dict[str, Any] = {}
    outline = {"title": "T", "summary": "", "cover": "circles", "language": "en", "modules": []}
    for module_id, lessons in modules:
        for lesson_id, blocks in lessons:
            pages[lesson_id] = {
                "title": lesson_id, "minutes": 5, "done_when": "marked",
                "blocks": [{"id": block, "kind": "text", "markdown": block, "html": block} for block in blocks],
            }
        outline["modules"].append({"id": module_id, "title": module_id, "lessons": [{"id": i} for i, _ in lessons]})
    return Snapshot(outline, pages)


def plain() -> Snapshot:
    return course(("m1", [("l1", ["a", "b", "c"]), ("l2", ["d"])]), ("m2", [("l3", [])]))


def test_nothing_changed_counts_zero() -> None:
    assert count_changes(plain(), plain()) == 0


def test_other_html_from_the_same_markdown_is_no_change() -> None:
    new = copy.deepcopy(plain())
    new.pages["l1"]["blocks"][0]["html"] = "<p>other</p>"  # type: ignore[index]
    assert count_changes(new, plain()) == 0


@pytest.mark.parametrize(("new", "changes"), [
    (course(("m1", [("l1", ["a", "c"]), ("l2", ["d"])]), ("m2", [("l3", [])])), 1),
    (course(("m1", [("l1", ["a", "b", "c", "e"]), ("l2", ["d"])]), ("m2", [("l3", [])])), 1),
    (course(("m1", [("l1", ["b", "a", "c"]), ("l2", ["d"])]), ("m2", [("l3", [])])), 1),
    (course(("m2", [("l3", [])]), ("m1", [("l1", ["a", "b", "c"]), ("l2", ["d"])])), 1),
    (course(("m1", [("l1", ["a", "b", "c"])]), ("m2", [("l3", []), ("l2", ["d"])])), 1),
    (course(("m1", [("l1", ["a", "b", "c"])]), ("m2", [("l3", [])])), 1),
    (course(("m1", [("l1", ["a", "b", "c"]), ("l2", ["d"])])), 1),
    (course(("m1", [("l1", ["a", "b", "x"]), ("l2", ["d", "y"])]), ("m2", [("l3", [])])), 3),
])
def test_each_thing_that_differs_counts_once(new: Snapshot, changes: int) -> None:
    assert count_changes(new, plain()) == changes


def test_a_first_publication_is_one_new_course() -> None:
    assert count_changes(plain(), None) == 1


def question(kind: str, *marks: bool, prompt: str = "What?") -> dict[str, Any]:
    choices = [{"id": str(n), "text": f"c{n}", "is_right": right, "feedback": ""} for n, right in enumerate(marks)]
    return {"id": "q", "kind": "question", "question": {"id": "x", "kind": kind, "prompt": prompt, "choices": choices}}


IMAGE = {"id": "i", "kind": "image", "file_id": "f", "alt": "", "decorative": False}
VIDEO = {"id": "v", "kind": "video", "file_id": "f", "captions": [], "silent": False}


@pytest.mark.parametrize(("block", "problem"), [
    ({"id": "t", "kind": "text", "markdown": ""}, None),
    (IMAGE, "no_alt"),
    (IMAGE | {"alt": "A loaf"}, None),
    (IMAGE | {"decorative": True}, None),
    (IMAGE | {"file_id": None}, "no_image"),
    (VIDEO, "no_captions"),
    (VIDEO | {"silent": True}, None),
    (VIDEO | {"captions": [{"file_id": "c", "language": "en"}]}, None),
    (VIDEO | {"file_id": None}, "no_video"),
    (question("open"), None),
    (question("open", prompt=" "), "no_prompt"),
    (question("single", True, False), None),
    (question("single", False, False), "no_right"),
    (question("multiple", True, True), None),
    (question("single", True), "few_choices"),
])
def test_what_is_missing_keeps_a_lesson_unpublished(block: dict[str, Any], problem: str | None) -> None:
    page = {"title": "L", "minutes": 5, "done_when": "marked", "blocks": [block]}
    assert [p.kind for p in lesson_problems("l", page)] == ([problem] if problem else [])


def test_a_lesson_done_by_its_question_needs_one() -> None:
    page = {"title": "L", "minutes": 5, "done_when": "question", "blocks": []}
    assert [p.kind for p in lesson_problems("l", page)] == ["no_question"]


def test_a_course_without_lessons_is_not_ready() -> None:
    assert [p.kind for p in problems_of(course(("m1", [])))] == ["no_lessons"]


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html,x)",
    "<a href='javascript:alert(1)'>x</a>", "![x](javascript:alert(1))", "<svg/onload=alert(1)>",
    "[x](\"onmouseover=alert(1))", "<style>*{display:none}</style>", "<iframe src=//evil>", "[a](vbscript:x)",
]


@pytest.mark.parametrize("markdown", HOSTILE)
def test_no_markdown_becomes_a_script(markdown: str) -> None:
    html = html_of(markdown).lower()
    for bad in ("<script", "<img", "<svg", "<style", "<iframe", 'href="javascript', 'href="data', 'href="vbscript'):
        assert bad not in html
    assert "onerror=" not in html or "&lt;" in html


def test_headings_start_below_the_lessons_title() -> None:
    assert "<h2>A</h2>" in html_of("### A\n\n#### B")
    assert "<h3>B</h3>" in html_of("### A\n\n#### B")
