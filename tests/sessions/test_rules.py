"""What a time on the wall means: the nights of March and October (T53), and when a seat can be taken or given up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tenants.sessions.rules import (
    DAY,
    NoSuchSpan,
    NoSuchTime,
    ahead_of,
    doors_open,
    may_leave,
    minutes_for,
    moments_of,
    span_of,
)

ZONE = "Europe/Amsterdam"
MARCH, OCTOBER = date(2027, 3, 28), date(2026, 10, 25)


@pytest.mark.parametrize(("day", "utc_hour"), [(date(2026, 1, 15), 8), (date(2026, 7, 15), 7)])
def test_half_past_nine_is_half_past_nine_in_winter_and_in_summer(day: date, utc_hour: int) -> None:
    *_, starts_at, ends_at = span_of(day, time(9, 30), time(11), ZONE)
    assert starts_at == datetime(day.year, day.month, day.day, utc_hour, 30, tzinfo=UTC)
    assert ends_at - starts_at == timedelta(minutes=90)


def test_T53_an_hour_that_march_skips_is_refused() -> None:
    for wall in (time(2), time(2, 30), time(2, 59)):
        with pytest.raises(NoSuchTime):
            moments_of(datetime.combine(MARCH, wall), ZONE)
    with pytest.raises(NoSuchTime):
        span_of(MARCH, time(2, 30), time(4), ZONE)
    with pytest.raises(NoSuchTime):
        span_of(MARCH, time(1, 30), time(2, 30), ZONE)


def test_T53_a_session_across_the_night_of_march_is_an_hour_shorter() -> None:
    starts_wall, ends_wall, starts_at, ends_at = span_of(MARCH, time(1, 30), time(4), ZONE)
    assert (starts_wall.time(), ends_wall.time()) == (time(1, 30), time(4))
    assert ends_at - starts_at == timedelta(minutes=90)


def test_T53_a_session_across_the_night_of_october_is_an_hour_longer() -> None:
    *_, starts_at, ends_at = span_of(OCTOBER, time(1, 30), time(4), ZONE)
    assert ends_at - starts_at == timedelta(minutes=210)


def test_T53_the_doubled_hour_means_the_first_unless_the_end_would_come_before_the_start() -> None:
    assert len(moments_of(datetime.combine(OCTOBER, time(2, 30)), ZONE)) == 2
    *_, starts_at, ends_at = span_of(OCTOBER, time(1, 30), time(2, 30), ZONE)
    assert ends_at - starts_at == timedelta(hours=1)
    *_, starts_at, ends_at = span_of(OCTOBER, time(2, 30), time(2, 10), ZONE)
    assert starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC) and ends_at - starts_at == timedelta(minutes=40)


def test_an_end_before_the_start_is_on_the_next_day_and_twelve_hours_are_the_most() -> None:
    _, ends_wall, starts_at, ends_at = span_of(date(2026, 5, 4), time(22), time(1), ZONE)
    assert ends_wall == datetime(2026, 5, 5, 1) and ends_at - starts_at == timedelta(hours=3)
    for begins, ends in ((time(9), time(8)), (time(9), time(9)), (time(8), time(21))):
        with pytest.raises(NoSuchSpan):
            span_of(date(2026, 5, 4), begins, ends, ZONE)


def test_T53_a_day_before_is_the_same_time_on_the_wall_also_over_the_nights_of_march_and_october() -> None:
    for day in (MARCH, OCTOBER):
        starts_wall, _, starts_at, _ = span_of(day, time(9, 30), time(11), ZONE)
        until = ahead_of(starts_wall, starts_at, ZONE, DAY)
        assert until == moments_of(starts_wall - timedelta(days=1), ZONE)[0]
        assert abs(starts_at - until) in (timedelta(hours=23), timedelta(hours=25))
        assert ahead_of(starts_wall, starts_at, ZONE, 120) == starts_at - timedelta(hours=2)


def test_a_day_before_that_falls_into_the_skipped_hour_still_has_a_moment() -> None:
    starts_wall, _, starts_at, _ = span_of(MARCH + timedelta(days=1), time(2, 30), time(4), ZONE)
    assert ahead_of(starts_wall, starts_at, ZONE, DAY) == starts_at - timedelta(days=1)


def test_seats_are_given_up_until_the_set_time_and_who_waits_leaves_until_the_start() -> None:
    now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    later, earlier = now + timedelta(hours=1), now - timedelta(hours=1)
    assert not may_leave("seated", earlier, later, now) and not may_leave("seated", now, later, now)
    assert may_leave("waiting", earlier, later, now) and may_leave("seated", later, later, now)


def test_the_doors_open_half_an_hour_before_and_close_at_the_end() -> None:
    starts, ends = datetime(2026, 5, 4, 12, tzinfo=UTC), datetime(2026, 5, 4, 13, tzinfo=UTC)
    opens = starts - timedelta(minutes=30)
    assert [doors_open(starts, ends, at) for at in (opens - timedelta(seconds=1), opens, ends)] == [False, True, False]


def test_study_time_counts_for_who_was_there() -> None:
    assert [minutes_for(word, 90) for word in ("present", "late", "absent", "excused")] == [90, 90, 0, 0]
