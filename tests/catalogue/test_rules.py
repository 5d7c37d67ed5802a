"""Which courses of a path are open, who may come in, on which midnight something ends: without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.catalogue import rules
from tenants.catalogue.rules import Stage

NL = "Europe/Amsterdam"
POOL = [UUID(int=n) for n in range(1, 13)]


@st.composite
def paths(draw: st.DrawFn) -> tuple[list[Stage], set[UUID], bool]:
    """Return a path of up to six steps, what somebody has done, and whether its steps follow each other."""
    stages = [
        rules.stage(draw(st.lists(st.sampled_from(POOL), max_size=4, unique=True)), draw(st.none() | st.integers(1, 5)))
        for _ in range(draw(st.integers(0, 6)))
    ]
    return stages, set(draw(st.lists(st.sampled_from(POOL), unique=True))), draw(st.booleans())


@given(paths())
def test_in_a_path_step_by_step_all_steps_before_an_open_one_are_done(path: tuple[list[Stage], set[UUID], bool]) -> None:
    stages, done, _ = path
    numbers = rules.open_stages(stages, done, is_sequential=True)
    assert numbers == list(range(len(numbers)))
    assert all(stages[n].is_done(done) for n in numbers[:-1])
    assert numbers == list(range(len(stages))) or not stages[numbers[-1]].is_done(done)


@given(paths(), st.sampled_from(POOL))
def test_finishing_a_course_never_closes_one(path: tuple[list[Stage], set[UUID], bool], course: UUID) -> None:
    stages, done, is_sequential = path
    before = rules.open_courses(stages, done, is_sequential)
    assert before <= rules.open_courses(stages, done | {course}, is_sequential)
    assert rules.path_done(stages, done) <= rules.path_done(stages, done | {course})


@given(paths())
def test_what_is_given_is_open_and_not_done_and_leaves_choices_alone(path: tuple[list[Stage], set[UUID], bool]) -> None:
    stages, done, is_sequential = path
    fresh = rules.given_courses(stages, done, is_sequential)
    assert set(fresh) <= rules.open_courses(stages, done, is_sequential) - done
    assert len(fresh) == len(set(fresh))
    sure = {course for one in stages if not one.has_choice for course in one.courses}
    assert set(fresh) <= sure


@given(paths())
def test_doing_all_that_is_open_again_and_again_finishes_the_path(path: tuple[list[Stage], set[UUID], bool]) -> None:
    stages, done, is_sequential = path
    for _ in range(len(stages) + 1):
        done = done | rules.open_courses(stages, done, is_sequential)
    assert rules.path_done(stages, done) is any(one.courses for one in stages)


@given(paths(), st.sets(st.sampled_from(POOL)))
def test_the_ruler_counts_as_many_courses_as_are_needed_done_ones_first(
    path: tuple[list[Stage], set[UUID], bool], begun: set[UUID]
) -> None:
    stages, done, _ = path
    for one in stages:
        counted = rules.counted(one, done, begun)
        assert len(counted) == one.needed and set(counted) <= set(one.courses)
        assert len(set(counted) & done) == min(one.needed, len(set(one.courses) & done))


def test_two_of_three_is_done_with_any_two() -> None:
    one = rules.stage(POOL[:3], 2)
    assert one.has_choice
    assert not one.is_done({POOL[0]}) and one.is_done({POOL[0], POOL[2]})
    assert rules.stage(POOL[:3], 3) == rules.stage(POOL[:3], None) == rules.stage(POOL[:3], 99)


def entry(**more: Any) -> Any:
    """Return terms of entry."""
    return SimpleNamespace(**{"way": "free", "opens_on": None, "closes_on": None, "lasts_days": None, "may_renew": False, **more})


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(("terms", "standing", "left", "offer"), [
    (None, "outside", None, "by_invitation"),
    (entry(way="invitation"), "outside", 5, "by_invitation"),
    (entry(), "outside", None, "enrol"),
    (entry(), "outside", 1, "enrol"),
    (entry(), "outside", 0, "wait"),
    (entry(way="approval"), "outside", 0, "ask"),
    (entry(opens_on=DAY), "outside", None, "enrol"),
    (entry(opens_on=DAY + timedelta(1)), "outside", None, "not_yet"),
    (entry(closes_on=DAY), "outside", None, "enrol"),
    (entry(closes_on=DAY - timedelta(1)), "outside", None, "closed"),
    (entry(closes_on=DAY - timedelta(1)), "learning", 0, "continue"),
    (entry(closes_on=DAY - timedelta(1)), "waiting", 0, "waiting"),
    (entry(way="approval"), "asked", 0, "asked"),
    (entry(), "expired", None, "over"),
    (None, "expired", None, "over"),
    (entry(lasts_days=30, may_renew=True), "expired", 0, "renew"),
    (entry(lasts_days=None, may_renew=True), "expired", 0, "over"),
    (entry(way="approval"), "expired", None, "ask"),
])  # fmt: skip
def test_what_a_member_may_do(terms: Any, standing: Any, left: int | None, offer: str) -> None:
    assert rules.offer(terms, standing, left, DAY) == offer


@pytest.mark.parametrize(("day", "utc"), [
    (date(2026, 3, 29), "2026-03-28T23:00"), (date(2026, 3, 30), "2026-03-29T22:00"),
    (date(2026, 10, 25), "2026-10-24T22:00"), (date(2026, 10, 26), "2026-10-25T23:00"),
])  # fmt: skip
def test_a_day_begins_at_the_zones_midnight_around_the_change_of_clocks(day: date, utc: str) -> None:
    assert rules.midnight(day, NL).isoformat().startswith(utc)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 800),
       st.sampled_from([NL, "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Apia", "UTC"]))  # fmt: skip
def test_the_last_day_is_open_to_its_end_and_the_next_is_not(today: date, days: int, zone: str) -> None:
    end = rules.end_after(days, today, zone)
    last = end - timedelta(microseconds=1)
    assert last.astimezone(ZoneInfo(zone)).date() < end.astimezone(ZoneInfo(zone)).date()
    if zone != "Pacific/Apia":  # which left out 30 December 2011
        assert rules.last_day(end, zone) == today + timedelta(days=days)


def test_a_renewal_counts_from_the_last_day_or_from_today_if_that_has_passed() -> None:
    early = rules.end_after(10, DAY, NL)
    assert rules.last_day(rules.renewed_end(30, early, DAY, NL), NL) == DAY + timedelta(days=40)
    late = rules.end_after(0, DAY - timedelta(days=9), NL)
    assert rules.last_day(rules.renewed_end(30, late, DAY, NL), NL) == DAY + timedelta(days=30)
    may = entry(lasts_days=30, may_renew=True)
    assert rules.may_renew_now(may, early, DAY, NL) and rules.may_renew_now(may, late, DAY, NL)
    assert not rules.may_renew_now(may, rules.end_after(31, DAY, NL), DAY, NL)
    assert not rules.may_renew_now(entry(lasts_days=30), early, DAY, NL)


@pytest.mark.parametrize(("email", "domains", "fits"), [
    ("a@example.org", [], True), ("a@Example.org", ["example.org"], True), ("a@evil-example.org", ["example.org"], False),
    ("a@sub.example.org", ["example.org"], False), ("example.org@evil.test", ["example.org"], False),
])  # fmt: skip
def test_a_domain_fits_whole_or_not_at_all(email: str, domains: list[str], fits: bool) -> None:
    assert rules.is_allowed(email, domains) is fits


def test_domains_are_read_as_people_type_them() -> None:
    assert rules.domains_in("Example.org, @zorg.nl\nx@zorg.nl;example.org") == ["example.org", "zorg.nl"]


def test_a_new_day_is_seen_wherever_it_begins() -> None:
    from jobs.catalogue import has_new_day

    def hours(zone: str, start: str) -> list[int]:
        first = datetime.fromisoformat(start)
        return [n for n in range(48) if has_new_day(zone, first + timedelta(hours=n))]

    assert hours(NL, "2026-03-28T00:00+00:00") == [23, 46]
    assert hours(NL, "2026-10-24T00:00+00:00") == [22, 47]
    assert len(hours("Asia/Kathmandu", "2026-10-24T00:00+00:00")) == 2
    assert len(hours("Africa/Cairo", "2026-04-23T00:00+00:00")) == 2
