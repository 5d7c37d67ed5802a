"""Settings, times, papers and points: decisions without a database, tried widely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.assessments import rules
from tenants.assessments.marking import Marked, cut, marked, right_given, total_of
from tenants.assessments.papers import files_on, paper_of
from tenants.assessments.rules import GRACE, Allowance, Past, bar_to, counted, ends_at, view_of
from tenants.assessments.settings import (
    SHOWN,
    SHOWN_WHEN,
    BadSetting,
    Draw,
    Settings,
    settings_of,
    stored,
    typed_settings,
)
from tenants.learning.grading import grade

ZONE = "Europe/Amsterdam"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TYPED = {"pass_percent": "70", "shown": "score", "shown_when": "at_once", "counts": "best"}
QUICK = settings(max_examples=150, deadline=None)
CENTS = st.integers(1, 10_000).map(lambda n: Decimal(n) / 100)
PERCENT = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)


def question(number: int, kind: str = "single", **more: Any) -> dict[str, Any]:
    choices = [{"id": f"{number}-{n}", "text": f"c{n}", "is_right": n < 2 if kind == "multiple" else n == 0, "feedback": ""} for n in range(4)]
    return {"id": f"q{number}", "kind": kind, "prompt": f"Question {number}", "feedback_right": "", "feedback_again": "", "choices": choices, **more}


def block(number: int, kind: str = "question") -> dict[str, Any]:
    return {"id": f"b{number}", "kind": kind, **({"question": question(number)} if kind == "question" else {"html": f"t{number}"})}


BAD: list[tuple[str, dict[str, str]]] = [
    ("minutes", {"minutes": "0"}), ("minutes", {"minutes": "601"}), ("minutes", {"minutes": "1e2"}), ("minutes", {"minutes": "٣"}),
    ("attempts", {"attempts": "51"}), ("wait_hours", {"wait_hours": "-1"}), ("pass_percent", {"pass_percent": "100.01"}),
    ("pass_percent", {"pass_percent": "70.005"}), ("pass_percent", {"pass_percent": ""}), ("pass_percent", {"pass_percent": "NaN"}),
    ("own_count", {"own_count": "0"}), ("shown", {"shown": "all"}), ("counts", {"counts": ""}), ("opens_at", {"opens_at": "soon"}),
    ("closes_at", {"closes_at": "1999-01-01T00:00"}), ("shown_when", {"shown_when": "after_close"}),
    ("closes_at", {"opens_at": "2026-12-01T09:00", "closes_at": "2026-12-01T09:00"}), ("closes_at", {"closes_at": "2026-12-01T09:00Z"}),
]  # fmt: skip


def test_a_setting_that_cannot_be_is_named() -> None:
    for field, typed in BAD:
        with pytest.raises(BadSetting) as error:
            typed_settings({**TYPED, **typed})
        assert error.value.field == field, typed


def test_settings_are_stored_and_read_as_they_were_typed() -> None:
    sent = {**TYPED, "minutes": "20", "pass_percent": " 62,5 % ", "own_count": "3", "shuffle_questions": "1", "closes_at": "2026-12-01T17:00"}
    found = typed_settings(sent, [("Salt, salt ,bread", "5", "2,5"), ("", "", "1")], {"a": "3", "b": " ", "c": "1"})
    assert found.pass_percent == Decimal("62.5") and found.draws == (Draw(("salt", "bread"), 5, Decimal("2.5")),)
    assert found.points == {"a": 3, "c": 1} and found.shuffle_questions and not found.shuffle_choices
    assert settings_of(stored(found)) == Settings(**{**vars(found), "points": {"a": Decimal(3)}})
    for bad in (("salt", "x", "1"), ("", "5", "1"), ("salt", "5", "0"), ("salt", "201", "1")):
        with pytest.raises(BadSetting, match="draw_0"):
            typed_settings(TYPED, [bad])


@QUICK
@given(st.integers(1, 600), st.integers(0, 600), st.integers(100, 500), st.one_of(st.none(), st.integers(1, 2000)))
def test_more_time_never_ends_sooner_and_the_closing_bounds_the_limit(minutes: int, extra: int, factor: int, closes: int | None) -> None:
    closing = (NOW + timedelta(minutes=closes)).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None).isoformat() if closes else ""
    found, more = Settings(minutes=minutes, closes_at=closing), Allowance(extra, Decimal(factor) / 100)
    plain, longer = ends_at(found, Allowance(), NOW, ZONE), ends_at(found, more, NOW, ZONE)
    assert plain is not None and longer is not None and plain <= longer
    assert plain == NOW + timedelta(minutes=min(minutes, closes or minutes))
    assert longer - plain == timedelta(minutes=extra, seconds=minutes * 60 * (factor - 100) // 100)
    assert not rules.is_shut(longer, longer + GRACE) and rules.is_shut(longer, longer + GRACE + timedelta(milliseconds=1))
    assert ends_at(Settings(), more, NOW, ZONE) is None and not rules.is_shut(None, NOW)


def test_a_closing_moment_follows_the_clocks_of_the_zone() -> None:
    winter, summer = Settings(closes_at="2026-10-25T03:30"), Settings(closes_at="2026-03-29T02:30")
    assert winter.closes(ZONE) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    jumped = summer.closes(ZONE)
    assert jumped is not None and jumped.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "half past two did not exist"


@pytest.mark.parametrize(("found", "past", "why"), [
    (Settings(), [], None), (Settings(opens_at="2026-11-23T13:30"), [], "early"), (Settings(closes_at="2026-11-23T13:00"), [], "closed"),
    (Settings(attempts=1), [Past(1, "final", NOW)], "attempts"), (Settings(attempts=2), [Past(1, "final", NOW)], None),
    (Settings(wait_hours=1), [Past(1, "final", NOW - timedelta(minutes=59))], "wait"), (Settings(wait_hours=1), [Past(1, "final", NOW - timedelta(hours=1))], None),
    (Settings(), [Past(1, "marking", NOW)], "pending"), (Settings(), [Past(1, "judging", NOW)], "pending"),
])  # fmt: skip
def test_why_one_may_not_begin(found: Settings, past: list[Past], why: str | None) -> None:
    bar = bar_to(found, past, Allowance(), NOW, ZONE)
    assert (bar.why if bar else None) == why
    assert why != "attempts" or bar_to(found, past, Allowance(extra_attempts=1), NOW, ZONE) is None


def test_nothing_is_shown_before_the_author_and_the_trainer_let_it() -> None:
    for state, shown, closes, when in product(("open", "marking", "judging", "final"), SHOWN, (-1, 1), SHOWN_WHEN):
        closing = (NOW + timedelta(hours=closes)).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None).isoformat(timespec="minutes")
        view = view_of(Settings(shown=shown, shown_when=when, closes_at=closing), state, NOW, ZONE)
        held = state != "final" or (when == "after_close" and closes > 0)
        assert view.level == ("nothing" if held else shown)
        assert bool(view.why) == (view.level == "nothing")
        assert (view.score, view.verdicts, view.answers) == (view.level != "nothing", view.level in ("verdicts", "answers"), view.level == "answers")


def test_the_best_or_the_last_final_attempt_counts() -> None:
    past = [Past(1, "final", NOW, Decimal(60), True), Past(2, "final", NOW, Decimal(65), False), Past(3, "judging", NOW, Decimal(99))]
    best, last = counted(past, "best"), counted(past, "last")
    assert best is not None and best.number == 1, "what a trainer counted as passed goes before a higher failure"
    assert last is not None and last.number == 2 and counted([past[2]], "best") is None


@QUICK
@given(st.integers(), st.booleans(), st.integers(1, 12), st.integers(0, 12), st.lists(st.integers(0, 8), max_size=3))
def test_a_paper_follows_from_its_seed_and_asks_nothing_twice(seed: int, shuffles: bool, own: int, keep: int, draws: list[int]) -> None:
    content = {"title": "T", "blocks": [block(99, "text"), *(block(n) for n in range(own)), block(98, "text")]}
    found = Settings(own_count=keep or None, shuffle_questions=shuffles, shuffle_choices=shuffles, draws=tuple(Draw(("x",), n) for n in draws))
    bank = [[question(n) for n in range(own - 1, own + 6)] for _ in draws]
    paper = paper_of(content, found, bank, seed)
    assert paper == paper_of(content, found, bank, seed)
    prompts = [one["question"]["prompt"] for one in paper["questions"]]
    assert len(prompts) == len(set(prompts))
    assert min(own, keep or own) <= len(prompts) <= min(own, keep or own) + sum(draws)
    assert shuffles or prompts[: min(own, keep or own)] == sorted(prompts[: min(own, keep or own)], key=lambda p: int(p.split()[1]))
    assert [one["id"] for one in paper["intro"]] == ["b99"] and [one["id"] for one in paper["ending"]] == ["b98"]
    for one in paper["questions"]:
        assert sorted(c["text"] for c in one["question"]["choices"]) == ["c0", "c1", "c2", "c3"]


def test_what_stands_above_a_question_stays_above_it_and_forms_stay_out() -> None:
    blocks = [block(1), block(5, "text"), block(6, "checklist"), block(2)]
    blocks[3]["question"] = question(2, "hotspot", rule={"file_id": "f", "areas": []})
    paper = paper_of({"title": "T", "blocks": blocks}, Settings(shuffle_questions=True), [], 3)
    above = {one["question"]["id"]: [b["id"] for b in one["above"]] for one in paper["questions"]}
    assert above == {"q1": [], "q2": ["b5"]} and [b["id"] for b in paper["intro"]] == ["b6"] and files_on(paper) == ["f"]
    reading = paper_of({"title": "T", "blocks": [block(5, "text")]}, Settings(), [], 3)
    assert reading["questions"] == [] and reading["ending"] == []


@QUICK
@given(st.lists(st.tuples(CENTS, st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=20), PERCENT)
def test_points_are_exact_and_what_is_shown_agrees_with_passing(asked: list[tuple[Decimal, int, int]], mark: Decimal) -> None:
    marks = []
    for number, (worth, right, wrong) in enumerate(asked):
        one = question(number, "multiple", rule={"partial": True})
        one["choices"] = [{"id": str(n), "text": "", "is_right": n < 3, "feedback": ""} for n in range(5)]
        given_ = {"choices": [str(n) for n in range(right)] + [str(3 + n) for n in range(wrong)]}
        marks.append(marked({"question": one, "worth": str(worth)}, given_))
        assert marks[-1].points == Fraction(worth) * max(0, Fraction(right - wrong, 3))
    total = total_of(marks)
    assert 0 <= total.points <= total.most == sum(Fraction(worth) for worth, *_ in asked)
    assert total.passes(mark) == (cut(total.percent) >= mark), "cut, never rounded up, so both say the same"
    assert Fraction(cut(total.percent)) <= total.percent < Fraction(cut(total.percent)) + Fraction(1, 100)
    assert total_of(reversed(marks)) == total


@QUICK
@given(CENTS, CENTS)
def test_a_trainers_points_go_before_the_grading_but_not_over_the_worth(worth: Decimal, points: Decimal) -> None:
    one = marked({"question": question(1), "worth": str(worth)}, {"choices": ["1-1"]}, points)
    assert one == Marked("q1", Fraction(worth), min(Fraction(points), Fraction(worth)), True)


KINDS: list[dict[str, Any]] = [
    question(1), question(2, "multiple"), question(3, "truefalse"), question(4, "short", rule={"accepted": ["bread"]}),
    question(5, "matching", rule={"pairs": [{"id": "a", "left": "l", "right": "r"}, {"id": "b", "left": "m", "right": "s"}]}),
    question(6, "ordering", rule={"items": [{"id": "a", "text": "1"}, {"id": "b", "text": "2"}]}),
    question(7, "gaps", rule={"text": "A [[heart]] and [[4|~2]]"}), question(8, "number", rule={"value": "12.5"}),
    question(9, "hotspot", rule={"areas": [{"id": "x", "label": "X", "is_right": True}, {"id": "y", "label": "Y", "is_right": False}]}),
]  # fmt: skip


@pytest.mark.parametrize("one", KINDS, ids=lambda one: one["kind"])
def test_the_right_answer_that_is_shown_is_graded_as_right(one: dict[str, Any]) -> None:
    assert grade(one, right_given(one)) is True
    assert marked({"question": one, "worth": "2"}, right_given(one)).points == 2
    assert marked({"question": one, "worth": "2"}, None).points == 0
    assert marked({"question": one, "worth": "2"}, {"text": "no number", "choices": [], "places": {"a": "?"}}).points == 0


def test_only_an_open_answer_waits_for_a_trainer() -> None:
    asked = {"question": question(1, "open"), "worth": "4"}
    assert marked(asked, {"text": "words"}).waits and marked(asked, {"text": ""}).points == 0 and right_given(asked["question"]) == {}
    total = total_of([marked(asked, {"text": "words"}), marked(asked, {"text": "words"}, Decimal("0.1")), marked(asked, None)])
    assert (total.points, total.most, total.waiting) == (Fraction(1, 10), 12, 1)
    assert total_of([]).percent == 0 and rules.sequence_of(None, NOW) == rules.sequence_of(10**15, NOW)
