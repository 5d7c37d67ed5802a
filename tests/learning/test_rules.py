"""Right, done, next, and who needs help: decided without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.learning.rules import (
    Mark,
    Result,
    Way,
    lesson_done,
    needs_help_key,
    part_seen,
    standing,
    way_of,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
results = st.lists(st.builds(Result, st.sampled_from(["single", "multiple", "truefalse", "short", "number", "open"]), st.none() | st.booleans(),
                             st.booleans()))  # fmt: skip


@given(results)
def test_a_marked_lesson_is_done_when_marked_and_only_then(questions: list[Result]) -> None:
    assert lesson_done("marked", True, questions)
    assert not lesson_done("marked", False, questions)


@given(results, st.booleans())
def test_questions_decide_and_no_mark_helps(questions: list[Result], marked: bool) -> None:
    passed = all(r.is_given if r.kind == "open" else r.is_right is True for r in questions)
    assert lesson_done("question", marked, questions) is (bool(questions) and passed)


def outline(minutes: list[int], per_module: int = 2) -> dict[str, Any]:
    lessons = [
        {"id": f"l{n}", "title": f"L{n}", "minutes": m, "done_when": "marked", "kind": "text", "questions": [],
         "page_id": f"p{n}"}
        for n, m in enumerate(minutes, start=1)
    ]  # fmt: skip
    parts = [lessons[at : at + per_module] for at in range(0, len(lessons), per_module)]
    return {"title": "C", "modules": [{"id": f"m{n}", "title": f"M{n}", "lessons": p} for n, p in enumerate(parts)]}


lengths = st.lists(st.integers(1, 600), min_size=1, max_size=40)


@given(lengths, st.data())
def test_ruler_and_counts_agree_with_the_marks(minutes: list[int], data: st.DataObject) -> None:
    marks = {
        f"l{n}": Mark(data.draw(st.floats(0, 0.95)), data.draw(st.booleans())) for n in range(1, len(minutes) + 1)
    }
    way = way_of(outline(minutes), marks, data.draw(st.sampled_from([None, *marks, "gone"])))
    drawn = way.segments()
    assert [m for m, _, _ in drawn] == minutes
    assert sum(state == "done" for _, state, _ in drawn) == way.done == sum(m.is_done for m in marks.values())
    assert 0 <= way.minutes_left <= sum(minutes)
    assert (way.minutes_left == 0) == way.is_done


@given(lengths, st.data())
def test_resume_never_leads_to_a_lesson_that_is_done_or_gone(minutes: list[int], data: st.DataObject) -> None:
    marks = {f"l{n}": Mark(0, data.draw(st.booleans())) for n in range(1, len(minutes) + 1)}
    way = way_of(outline(minutes), marks, data.draw(st.sampled_from([None, *marks, "gone"])))
    found = way.resume()
    assert (found.step is None) == way.is_done
    if found.step is not None:
        assert not found.step.is_done and found.step in way.steps


def begun(*done: int, stopped: str | None, lessons: int = 5) -> Way:
    return way_of(outline([5] * lessons), {f"l{n}": Mark(0, True) for n in done}, stopped)


@pytest.mark.parametrize(("way", "lesson", "why"), [
    (begun(stopped=None), "l1", None),
    (begun(1, 2, stopped="l3"), "l3", None),
    (begun(1, 3, stopped="l3"), "l4", None),
    (begun(3, 4, 5, stopped="l5"), "l1", None),
    (begun(1, 2, stopped="removed"), "l3", "gone"),
    (begun(stopped="removed"), "l1", "gone"),
    (begun(1, 2, 3, 4, 5, stopped="l2"), None, "done"),
    (begun(stopped=None, lessons=0), None, "empty"),
])
def test_resume_goes_where_one_stopped_or_to_the_nearest_open_lesson(
    way: Way, lesson: str | None, why: str | None
) -> None:
    found = way.resume()
    assert ((found.step.id if found.step else None), found.why) == (lesson, why)


@given(st.integers(0, 30), st.integers(0, 30), st.floats(allow_nan=False))
def test_the_part_seen_stays_below_done(index: int, count: int, share: float) -> None:
    assert 0 <= part_seen(index, count, share) <= 0.95


def test_numbers_of_a_way() -> None:
    way = way_of(outline([10, 20, 30]), {"l1": Mark(1, True), "l2": Mark(0.5, False)}, "l2")
    assert (way.done, way.total, way.minutes_left, way.is_done, way.is_begun) == (1, 3, 40, False, True)
    assert way.segments() == [(10, "done", 0.0), (20, "here", 0.5), (30, "todo", 0.0)]
    first, second, third = way.steps
    assert way.before(first) is None and way.after(first) is second and way.after(third) is None
    assert (second.module_number, third.module_number, third.module_title) == (1, 2, "M1")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(("done", "active", "since", "expected"), [
    (5, ago(90), ago(99), "done"), (2, ago(1), ago(99), "busy"), (2, ago(8), ago(99), "quiet"),
    (0, None, ago(2), "waiting"), (0, None, ago(9), "quiet"),
])
def test_how_someone_stands(done: int, active: datetime | None, since: datetime, expected: str) -> None:
    assert standing(done, 5, active, since, NOW) == expected


def test_who_needs_help_comes_first() -> None:
    people = {
        "finished": (5, ago(30)), "busy": (3, ago(0)), "slow": (1, ago(0)), "quiet": (4, ago(20)),
        "quieter": (4, ago(25)), "never": (0, None),
    }
    order = sorted(people, key=lambda p: needs_help_key(people[p][0], 5, people[p][1], ago(22), NOW))
    assert order == ["quieter", "never", "quiet", "slow", "busy", "finished"]


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 400)), max_size=30))
def test_finished_people_always_come_last(people: list[tuple[int, int | None]]) -> None:
    keys = sorted(
        needs_help_key(done, 5, None if days is None else ago(days), ago(401), NOW) for done, days in people
    )
    finished = [key[0] for key in keys]
    assert finished == sorted(finished)
