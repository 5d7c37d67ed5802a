"""T53: when lessons open and by when they are to be done, in any zone, across changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.learning.deadlines import mark_of
from tenants.learning.release import BadRule, Here, begin_of, deadline_of, due_at, end_of, release_of
from tenants.learning.rules import Mark, way_of

ZONES = ["Europe/Amsterdam", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Apia", "UTC"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AMSTERDAM = "Europe/Amsterdam"


def outline(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    lessons = [
        {"id": f"l{n}", "title": f"L{n}", "minutes": 5, "done_when": "marked", "kind": "text", "questions": [],
         "page_id": f"p{n}", **rule}
        for n, rule in enumerate(rules, start=1)
    ]  # fmt: skip
    return {"title": "C", "modules": [{"id": "m1", "title": "M1", "lessons": lessons}], **more}


def here(now: datetime = NOW, since: datetime = NOW, zone: str = AMSTERDAM, *groups: str) -> Here:
    return Here(since, now, zone, frozenset(groups))


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)), st.sampled_from(ZONES))
def test_a_day_begins_once_and_ends_where_the_next_begins(day: date, zone: str) -> None:
    first = begin_of(day, zone).astimezone(UTC)
    over = end_of(day, zone).astimezone(UTC)
    assert timedelta(hours=22) < over - first < timedelta(hours=26) or zone == "Pacific/Apia"
    there = ZoneInfo(zone)
    assert first.astimezone(there).date() == day
    assert (first - timedelta(seconds=1)).astimezone(there).date() < day
    assert (over - timedelta(seconds=1)).astimezone(there).date() == day


@given(st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), st.integers(0, 400), st.sampled_from(ZONES))
def test_days_after_enrolment_are_days_of_the_academy(since: datetime, days: int, zone: str) -> None:
    due = due_at({"days": days}, here(since, since, zone))
    assert due is not None
    there = ZoneInfo(zone)
    last = (due.astimezone(UTC) - timedelta(seconds=1)).astimezone(there).date()
    assert last - since.astimezone(there).date() == timedelta(days=days)


def test_a_lesson_opens_with_its_day_in_the_academys_zone_also_on_the_day_the_clocks_change() -> None:
    course = outline({}, {"release": {"on": "2026-03-29"}})
    just_before = datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC)
    closed = way_of(course, {}, None, here(just_before)).steps[1]
    assert closed.is_locked and closed.opens_at == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert not way_of(course, {}, None, here(just_before + timedelta(seconds=1))).steps[1].is_locked
    over = end_of(date(2026, 3, 29), AMSTERDAM).astimezone(UTC)
    assert over == datetime(2026, 3, 29, 22, tzinfo=UTC), "a day of 23 hours"


def test_the_later_of_a_day_and_days_after_enrolment_counts() -> None:
    course = outline({"release": {"on": "2026-11-20", "days": 3}})
    step = way_of(course, {}, None, here()).steps[0]
    assert [lock.why for lock in step.locks] == ["moment"]
    assert step.opens_at == begin_of(date(2026, 11, 26), AMSTERDAM)


def test_a_lesson_waits_for_another_and_for_a_result_there() -> None:
    course = outline({}, {"release": {"after": "l1"}}, {"release": {"after": "l1", "percent": "70"}})
    first, second, third = way_of(course, {}, None, here()).steps
    assert not first.is_locked
    assert [(lock.why, lock.lesson) for lock in second.locks] == [("lesson", "L1")]
    assert [(lock.why, lock.percent) for lock in third.locks] == [("percent", "70")]
    almost = {"l1": Mark(1.0, True, {}, Decimal("69.99"))}
    assert [step.is_locked for step in way_of(course, almost, None, here()).steps] == [False, False, True]
    enough = {"l1": Mark(1.0, True, {}, Decimal("70"))}
    assert not any(step.is_locked for step in way_of(course, enough, None, here()).steps)


def test_a_rule_about_a_lesson_that_is_gone_or_moved_behind_asks_nothing() -> None:
    course = outline({"release": {"after": "l2"}}, {"release": {"after": "gone"}}, {"release": {"after": "l3"}})
    assert not any(step.is_locked for step in way_of(course, {}, None, here()).steps)


def test_a_lesson_for_a_group_is_closed_to_others_and_never_opens_by_itself() -> None:
    course = outline({"release": {"groups": ["g1"], "on": "2026-12-01"}})
    step = way_of(course, {}, None, here()).steps[0]
    assert [lock.why for lock in step.locks] == ["group", "moment"] and step.opens_at is None
    later = NOW + timedelta(days=30)
    assert way_of(course, {}, None, here(later)).steps[0].is_locked
    assert not way_of(course, {}, None, here(later, NOW, AMSTERDAM, "g1")).steps[0].is_locked


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_in_order_exactly_one_lesson_that_is_not_done_is_open(done: list[bool]) -> None:
    marks = {f"l{n}": Mark(0, is_done) for n, is_done in enumerate(done, start=1)}
    way = way_of(outline(*({} for _ in done), in_order=True), marks, None, here())
    for before, step in zip((None, *way.steps), way.steps, strict=False):
        assert step.is_locked == (not step.is_done and before is not None and not before.is_done)
    assert way.is_done or way.next_open(None) is not None, "there is always a way on"


def test_what_is_done_stays_open_whatever_the_author_changes_later() -> None:
    way = way_of(outline({"release": {"on": "2030-01-01"}}), {"l1": Mark(1.0, True)}, None, here())
    assert not way.steps[0].is_locked


def test_going_on_passes_over_closed_lessons_and_says_when_all_that_is_left_is_closed() -> None:
    course = outline({}, {"release": {"on": "2026-12-01"}}, {})
    done = {"l1": Mark(1.0, True)}
    found = way_of(course, done, "l1", here()).resume()
    assert found.step is not None and found.step.id == "l3"
    waiting = way_of(course, {**done, "l3": Mark(1.0, True)}, "l3", here())
    assert waiting.resume().step is None and waiting.resume().why == "locked" and not waiting.is_done
    assert waiting.next_locked is not None and waiting.next_locked.id == "l2"
    closed_now = way_of(course, done, "l2", here()).resume()
    assert closed_now.step is not None and closed_now.step.id == "l3", "stopped in a lesson that was closed since"


def test_a_deadline_is_late_the_moment_its_day_is_over_and_never_for_what_is_done() -> None:
    course = outline({"deadline": {"on": "2026-11-23"}}, {}, deadline={"days": 0})
    over = end_of(date(2026, 11, 23), AMSTERDAM)
    in_time, late = (way_of(course, {}, None, here(moment)) for moment in (over - timedelta(seconds=1), over))
    assert (in_time.steps[0].is_late, in_time.is_late) == (False, False)
    assert (late.steps[0].is_late, late.is_late, late.steps[1].is_late) == (True, True, False)
    all_done = {"l1": Mark(1, True), "l2": Mark(1, True)}
    assert not way_of(course, all_done, None, here(over)).is_late


@pytest.mark.parametrize(("today", "mark"), [
    (date(2026, 11, 15), None), (date(2026, 11, 16), "7"), (date(2026, 11, 21), "7"), (date(2026, 11, 22), "1"),
    (date(2026, 11, 23), "1"), (date(2026, 11, 24), "late"), (date(2026, 11, 30), "late"), (date(2026, 12, 1), None),
])  # fmt: skip
def test_the_mark_of_a_day(today: date, mark: str | None) -> None:
    assert mark_of(end_of(date(2026, 11, 23), AMSTERDAM), today) == mark


def test_rules_are_read_from_what_was_typed() -> None:
    assert release_of("", "", "", "70") == {}
    assert release_of(" 2026-12-01 ", "7", "previous", "70,50 %") == {
        "on": "2026-12-01", "days": 7, "after": "previous", "percent": "70.5"
    }  # fmt: skip
    assert release_of("", "", "", "", ["b", "a", "a"]) == {"groups": ["a", "b"]}
    assert deadline_of("", "0") == {"days": 0}


@pytest.mark.parametrize(("typed", "field"), [
    (("soon", "", "", ""), "release_on"), (("1999-01-01", "", "", ""), "release_on"), (("", "-1", "", ""), "release_days"),
    (("", "3661", "", ""), "release_days"), (("", "٣", "", ""), "release_days"), (("", "9" * 5000, "", ""), "release_days"),
    (("", "", "l1", "101"), "release_percent"), (("", "", "l1", "NaN"), "release_percent"), (("", "", "l1", "0"), "release_percent"),
])  # fmt: skip
def test_what_cannot_be_is_named(typed: tuple[str, str, str, str], field: str) -> None:
    with pytest.raises(BadRule) as refused:
        release_of(*typed)
    assert refused.value.field == field
