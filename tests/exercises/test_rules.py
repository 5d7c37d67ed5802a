"""Points add up exactly; peers share work out fairly; what an author left out is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.courses.exercise import NEW, clean_exercise, exercise_content, exercise_problem, points_text
from tenants.courses.rules import lesson_kind, lesson_problems
from tenants.exercises.rules import Work, beside, is_enough, known_levels, may_claim, may_write, points_of, shared_out
from tenants.learning.rules import Result, lesson_done
from tests.exercises.making import BODY, CRITERIA

points = st.decimals(0, 9999, places=2).map(str)
rubrics = st.lists(st.lists(points, min_size=2, max_size=5), min_size=1, max_size=6).map(
    lambda rows: [
        {"id": f"c{n}", "levels": [{"id": f"l{n}-{m}", "points": one} for m, one in enumerate(row)]}
        for n, row in enumerate(rows)
    ]
)


@given(rubrics, st.data())
def test_points_add_up_exactly(criteria: list[dict[str, object]], data: st.DataObject) -> None:
    chosen, expected = {}, Fraction(0)
    for criterion in criteria:
        level = data.draw(st.none() | st.sampled_from(criterion["levels"]))  # type: ignore[call-overload]
        if level is not None:
            chosen[criterion["id"]] = level["id"]
            expected += Fraction(level["points"])
    found = points_of(criteria, chosen)  # type: ignore[arg-type]
    assert Fraction(found.got) == expected and found.judged == len(chosen) and found.got <= found.most
    assert found.is_whole == (len(chosen) == len(criteria))


def test_tenths_do_not_drift() -> None:
    rubric = clean_exercise(BODY)["criteria"]
    assert points_of(rubric, {"c1": "l1", "c2": "l3"}).got == Decimal("0.3")
    assert points_of(rubric, {"c1": "l2", "c2": "l4"}).most == Decimal("9.5")
    assert points_of(rubric, {"c1": "l3", "x": "y"}).judged == 0


def test_only_levels_of_the_rubric_are_kept() -> None:
    assert known_levels(CRITERIA, {"c1": "l2", "c2": "l1", "c9": "l1"}) == {"c1": "l2"}


@given(st.integers(2, 14), st.integers(1, 5))
def test_everybody_reviews_as_many_and_is_reviewed_alike(people: int, each: int) -> None:
    """Works come in one after the other, nobody begins: in the end each has the same number, give or take one."""
    works: list[Work] = []
    for _ in range(people):
        works.append(Work(uuid4(), uuid4()))
        works = applied(works, each)
        check(works, each)
        received = [len(work.reviewers) for work in works]
        assert max(received) - min(received) <= 1


@given(st.integers(2, 12), st.integers(1, 4), st.data())
def test_what_somebody_began_stays_with_them(people: int, each: int, data: st.DataObject) -> None:
    works: list[Work] = []
    for _ in range(people):
        works.append(Work(uuid4(), uuid4()))
        before = {(work.id, one) for work in works for one in work.begun}
        works = applied(works, each)
        check(works, each)
        assert before <= {(work.id, one) for work in works for one in work.reviewers}
        works = [
            Work(work.id, work.author, work.reviewers,
                 work.begun | {one for one in sorted(work.reviewers) if data.draw(st.booleans())})
            for work in works
        ]  # fmt: skip


def check(works: list[Work], each: int) -> None:
    """Nobody reviews themselves, and everybody reviews `each` others or all there are."""
    assert all(work.author not in work.reviewers for work in works)
    for work in works:
        given_out = sum(work.author in other.reviewers for other in works)
        assert given_out == min(each, len(works) - 1)


def applied(works: list[Work], each: int) -> list[Work]:
    """Return the works after the shares; rows are changed one by one, as the database does it."""
    shares = shared_out(works, each)
    rows = {(work.id, one) for work in works for one in work.reviewers}
    for reviewer, work_id in shares.new:
        assert (work_id, reviewer) not in rows, "an insert met a row that stands there"
        rows.add((work_id, reviewer))
    for reviewer, old, new in shares.moved:
        assert (new, reviewer) not in rows, "a move met a row that stands there"
        rows.remove((old, reviewer))
        rows.add((new, reviewer))
    return [
        Work(work.id, work.author, frozenset(one for key, one in rows if key == work.id), work.begun) for work in works
    ]


def test_sharing_out_again_changes_nothing() -> None:
    works = applied([Work(uuid4(), uuid4()) for _ in range(7)], 3)
    shares = shared_out(works, 3)
    assert shares.new == [] and shares.moved == []


def test_one_alone_waits_for_others() -> None:
    assert shared_out([Work(uuid4(), uuid4())], 2).new == []


@pytest.mark.parametrize(("state", "may"), [
    (None, True), ("draft", True), ("again", True), ("handed_in", False), ("in_review", False), ("approved", False),
])  # fmt: skip
def test_who_may_write(state: str | None, may: bool) -> None:
    assert may_write(state) is may


@pytest.mark.parametrize(("asks", "text", "files", "enough"), [
    ((True, 0), "words", 0, True), ((True, 0), " \n", 0, False), ((True, 0), "", 3, False), ((False, 2), "words", 0, False),
    ((False, 2), "", 1, True), ((True, 2), "", 1, True), ((True, 2), "words", 0, True), ((True, 2), "", 0, False),
])  # fmt: skip
def test_something_that_is_asked_for_is_enough(asks: tuple[bool, int], text: str, files: int, enough: bool) -> None:
    assert is_enough({"wants_text": asks[0], "most_files": asks[1]}, text, files) is enough


def test_a_claim_holds_until_its_lease_ends() -> None:
    now, me, other = datetime(2026, 5, 1, tzinfo=UTC), uuid4(), uuid4()
    later, before = now + timedelta(minutes=1), now - timedelta(minutes=1)
    assert may_claim(None, None, me, now) and may_claim(me, later, me, now) and may_claim(other, before, me, now)
    assert not may_claim(other, later, me, now)


def test_what_stands_beside() -> None:
    assert beside([1, 2, 3], 2) == (1, 3) and beside([1, 2, 3], 1) == (None, 2) and beside([1, 2, 3], 3) == (2, None)
    assert beside([1, 2], 9) == (None, 1) and beside([], 9) == (None, None)


@pytest.mark.parametrize(("change", "problem"), [
    ({}, None), ({"title": " "}, "no_exercise_title"), ({"markdown": ""}, "no_task"),
    ({"wants_text": False, "most_files": 0}, "asks_nothing"), ({"wants_text": False, "most_files": 2, "types": []}, "asks_nothing"),
    ({"criteria": []}, None), ({"criteria": [{"id": "x", "title": "One level", "levels": CRITERIA[0]["levels"][:1]}]}, "rubric_unfinished"),
    ({"criteria": [{**CRITERIA[0], "title": ""}]}, "rubric_unfinished"),
    ({"criteria": [{"id": "x", "title": "x", "levels": [{"id": str(n), "title": "x", "points": "many", "description": ""} for n in (1, 2)]}]}, "rubric_unfinished"),
])  # fmt: skip
def test_what_keeps_an_exercise_from_being_published(change: dict[str, object], problem: str | None) -> None:
    assert exercise_problem(exercise_content(clean_exercise({**BODY, **change}))) == problem


def test_an_exercise_just_added_is_not_ready_and_says_so() -> None:
    assert exercise_problem(exercise_content({})) == "no_exercise_title"
    assert set(NEW) <= set(exercise_content({}))


@pytest.mark.parametrize(("typed", "stored"), [("2,5", "2.5"), (" 3 ", "3"), ("many", "many"), ("-1", "-1"), ("1.234", "1.234")])
def test_points_are_stored_with_a_point(typed: str, stored: str) -> None:
    assert points_text(typed) == stored


def test_limits_of_an_exercise_hold() -> None:
    sent = {**BODY, "most_files": 99, "peers": 77, "types": ["image", "exe"], "title": "x" * 900,
            "criteria": [CRITERIA[0]] * 40}  # fmt: skip
    kept = clean_exercise(sent)
    assert (kept["most_files"], kept["peers"], kept["types"], len(kept["title"]), len(kept["criteria"])) == (10, 5, ["image"], 200, 12)


@pytest.mark.parametrize(("states", "done"), [((), False), (("approved",), True), (("approved", "again"), False), (("waiting",), False)])
def test_a_lesson_is_done_when_all_its_exercises_are_approved(states: tuple[str, ...], done: bool) -> None:
    results = [Result("exercise", state == "approved", True) for state in states] + [Result("single", None)]
    assert lesson_done("approved", False, results) is done
    assert lesson_done("question", False, [Result("single", True), *results[:-1]]) is True


def test_a_lesson_done_by_approval_needs_an_exercise() -> None:
    page = {"title": "x", "done_when": "approved", "blocks": [{"id": "b", "kind": "text"}]}
    assert [one.kind for one in lesson_problems("l", page)] == ["no_exercise"]
    assert lesson_kind(["text", "exercise", "video"]) == "exercise"
