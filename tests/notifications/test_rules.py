"""When somebody is told: quiet hours, mornings and Mondays by their own clock, also on the nights when it is changed (T53)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.notifications.rules import (
    KINDS,
    Times,
    after_quiet,
    clock_minutes,
    is_zone,
    kinds_for,
    mail_moment,
    next_morning,
)

AMSTERDAM = Times("Europe/Amsterdam")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("now", "due"), [
    ("2027-01-12T20:59", "2027-01-12T20:59"),  # 21:59 there
    ("2027-01-12T21:00", "2027-01-13T06:00"),  # 22:00 there, until 7:00
    ("2027-01-13T05:59:59", "2027-01-13T06:00"),
    ("2027-01-13T06:00", "2027-01-13T06:00"),
    ("2027-07-12T20:00", "2027-07-13T05:00"),  # summer: 22:00 there
    ("2027-03-27T23:30", "2027-03-28T05:00"),  # the night that loses an hour: 7:00 is at 5:00 UTC
    ("2027-10-30T21:00", "2027-10-31T06:00"),  # the night that gains one: 7:00 is at 6:00 UTC
])  # fmt: skip
def test_T53_quiet_hours_end_by_the_clock_on_the_wall(now: str, due: str) -> None:
    assert after_quiet(utc(now), AMSTERDAM) == utc(due)


@pytest.mark.parametrize(("now", "due"), [
    ("2027-10-31T00:15", "2027-10-31T00:30"),  # 2:15 the first time
    ("2027-10-31T00:45", "2027-10-31T00:45"),  # 2:45 the first time: they are over
    ("2027-10-31T01:15", "2027-10-31T01:15"),  # 2:15 the second time: they stay over
    ("2027-03-28T00:59", "2027-03-28T01:30"),  # 1:59, then 3:00: half past two is skipped, and comes as half past three
])  # fmt: skip
def test_T53_quiet_hours_that_end_in_the_changed_hour_end_once(now: str, due: str) -> None:
    assert after_quiet(utc(now), Times("Europe/Amsterdam", quiet_from=22 * 60, quiet_until=150)) == utc(due)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = Times("Europe/Amsterdam", quiet_from=12 * 60, quiet_until=13 * 60)
    assert after_quiet(utc("2027-01-12T11:30"), noon) == utc("2027-01-12T12:00")
    assert after_quiet(utc("2027-01-12T02:30"), noon) == utc("2027-01-12T02:30")
    assert after_quiet(utc("2027-01-12T23:30"), Times("Europe/Amsterdam", is_quiet=False)) == utc("2027-01-12T23:30")
    assert after_quiet(utc("2027-01-12T23:30"), Times("Europe/Amsterdam", quiet_from=60, quiet_until=60)) == utc("2027-01-12T23:30")


@pytest.mark.parametrize(("now", "zone", "due"), [
    ("2027-03-27T12:00", "Europe/Amsterdam", "2027-03-28T05:30"), ("2027-10-30T12:00", "Europe/Amsterdam", "2027-10-31T06:30"),
    ("2027-01-12T06:30", "Europe/Amsterdam", "2027-01-13T06:30"), ("2027-01-12T06:29:59", "Europe/Amsterdam", "2027-01-12T06:30"),
    ("2027-01-12T12:00", "America/New_York", "2027-01-12T12:30"), ("2027-01-12T12:00", "Asia/Kathmandu", "2027-01-13T01:45"),
])  # fmt: skip
def test_T53_the_morning_is_half_past_seven_there(now: str, zone: str, due: str) -> None:
    assert next_morning(utc(now), zone) == utc(due)


def test_T53_the_week_begins_on_monday() -> None:
    assert mail_moment("weekly", utc("2027-03-24T12:00"), AMSTERDAM) == utc("2027-03-29T05:30")
    assert mail_moment("weekly", utc("2027-03-29T05:30"), AMSTERDAM) == utc("2027-04-05T05:30")


def test_a_pause_ends_with_one_mail_in_the_morning() -> None:
    paused = Times("Europe/Amsterdam", paused_until=utc("2027-01-19T23:00"))
    assert mail_moment("at_once", utc("2027-01-12T12:00"), paused) == utc("2027-01-20T06:30")
    assert mail_moment("off", utc("2027-01-12T12:00"), paused) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)), st.sampled_from(["Europe/Amsterdam", "Australia/Lord_Howe", "America/Sao_Paulo"]),
       st.integers(0, 1439), st.integers(0, 1439))  # fmt: skip
def test_T53_quiet_hours_never_hold_for_longer_than_a_day_and_end_where_nothing_is_quiet(now: datetime, zone: str, begin: int, end: int) -> None:
    times = Times(zone, quiet_from=begin, quiet_until=end)
    due = after_quiet(now, times)
    assert now <= due < now + timedelta(hours=25)
    assert after_quiet(due, times) == due


def test_each_role_sees_the_kinds_that_concern_it() -> None:
    learner, trainer = {one.name for one in kinds_for({"participant"})}, {one.name for one in kinds_for({"trainer"})}
    assert {"feedback", "answer", "deadline", "invitation"} <= learner and not {"hand_in", "question", "request", "report"} & learner
    assert {"hand_in", "question", "report"} <= trainer and "request" not in trainer
    assert KINDS["hand_in"].default_for({"trainer"}).mail == "morning" and KINDS["course"].default_for({"participant"}).mail == "weekly"


def test_times_and_zones_are_read_as_people_write_them() -> None:
    assert [clock_minutes(one) for one in ("22:00", "7:05", "24:00", "7", "a:b", "07:60", "")] == [1320, 425, None, None, None, None, None]
    assert is_zone("Europe/Amsterdam") and is_zone("UTC") and not is_zone("Mars/Olympus") and not is_zone("../etc/passwd")
