"""Who needs help and why, figures of questions, when a report is due; against plain sums done by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.reports.asking import asked_of
from tenants.reports.rules import (
    FEWEST,
    Figures,
    Signs,
    difficulty,
    due_on,
    figures_of,
    first_day,
    newest_day,
    next_day,
    point_biserial,
    reasons_of,
    urgency_of,
)


@pytest.mark.parametrize(("signs", "whys"), [
    (Signs(0, 4), ()), (Signs(0, 4, quiet_days=6), ()), (Signs(0, 4, quiet_days=7), ("stalled",)),
    (Signs(4, 4, quiet_days=90, late=1, late_days=80, not_yet=9), ()), (Signs(4, 4, waiting_days=2), ("waiting",)),
    (Signs(1, 4, waiting_days=1), ()), (Signs(1, 4, not_yet=2), ()), (Signs(1, 4, not_yet=3), ("not_yet",)),
    (Signs(1, 4, late=2, late_days=0), ("late",)),
    (Signs(1, 4, 30, 1, 3, 5, 4), ("late", "waiting", "stalled", "not_yet")), (Signs(0, 0, quiet_days=99, late=1), ()),
])  # fmt: skip
def test_every_reason_that_holds_is_said(signs: Signs, whys: tuple[str, ...]) -> None:
    assert tuple(one.why for one in reasons_of(signs)) == whys


def test_most_reasons_come_first_then_the_longest_away() -> None:
    late, away, gone = Signs(1, 4, 8, late=1), Signs(1, 4, 20), Signs(1, 4, 9)
    assert sorted([gone, away, late], key=urgency_of) == [late, away, gone]


def test_figures_by_hand() -> None:
    right = {"a": (1, 1, 1), "b": (1, 1, 0), "c": (1, 0, 0), "d": (0, 0, 0), "e": (1, 1, 1), "f": (0, 1, 0)}
    found = figures_of([(who, number, float(score)) for who, scores in right.items() for number, score in enumerate(scores)])
    assert [round(found[n].p or 0, 3) for n in range(3)] == [0.667, 0.667, 0.333]
    # Question 0 against the mean of 1 and 2: Pearson of (1,1,1,0,1,0) and (1,.5,0,0,1,.5)
    assert found[0].r == pytest.approx(0.4330, abs=1e-4) and found[0].advice == "" and found[0].people == 6


@pytest.mark.parametrize(("figures", "advice"), [
    (Figures(4), "hidden"), (Figures(9, 0.5, -0.01), "key"), (Figures(9, 0.2, 0.4), "hard"), (Figures(9, 0.95, 0.4), "easy"),
    (Figures(9, 0.5, 0.05), "weak"), (Figures(9, 0.5, None), ""), (Figures(9, 0.5, 0.3), ""),
])  # fmt: skip
def test_a_figure_says_what_to_look_at(figures: Figures, advice: str) -> None:
    assert figures.advice == advice


SHARES = st.floats(0, 1, allow_nan=False)


@given(st.lists(st.tuples(SHARES, SHARES), max_size=30))
def test_a_correlation_lies_between_its_bounds_and_few_people_stay_hidden(pairs: list[tuple[float, float]]) -> None:
    r = point_biserial(pairs)
    assert r is None or -1 <= r <= 1
    assert len(pairs) >= FEWEST or (r is None and difficulty([x for x, _ in pairs]) is None)
    if r is not None:
        assert point_biserial([(y, x) for x, y in pairs]) == pytest.approx(r)


@pytest.mark.parametrize(("every", "on_day", "now", "due"), [
    ("week", 1, "2026-11-23T05:59", "2026-11-23T06:00"), ("week", 1, "2026-11-23T06:00", "2026-11-30T06:00"),
    ("week", 1, "2026-10-24T12:00", "2026-10-26T06:00"), ("week", 1, "2026-03-28T12:00", "2026-03-30T05:00"),
    ("week", 7, "2026-10-24T12:00", "2026-10-25T06:00"), ("week", 7, "2026-03-28T12:00", "2026-03-29T05:00"),
    ("week", 7, "2026-03-29T04:59", "2026-03-29T05:00"), ("week", 7, "2026-03-29T05:00", "2026-04-05T05:00"),
    ("month", 1, "2026-12-31T23:00", "2027-01-01T06:00"), ("month", 1, "2026-03-01T06:00", "2026-04-01T05:00"),
    ("month", 31, "2027-01-31T06:00", "2027-02-28T06:00"), ("month", 30, "2028-02-01T00:00", "2028-02-29T06:00"),
    ("month", 31, "2027-02-28T06:00", "2027-03-31T05:00"), ("month", 29, "2027-02-28T05:00", "2027-02-28T06:00"),
])  # fmt: skip
def test_T53_a_scheduled_report_comes_at_seven_in_the_academys_zone(every: Any, on_day: int, now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    day = first_day(every, on_day, moment, "Europe/Amsterdam")
    assert due_on(day, "Europe/Amsterdam") == datetime.fromisoformat(due).replace(tzinfo=UTC)


RHYTHMS = st.one_of(st.tuples(st.just("week"), st.integers(1, 7)), st.tuples(st.just("month"), st.integers(1, 31)))
ZONES = st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC", "Asia/Kathmandu"])


@given(RHYTHMS, st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), ZONES)
def test_T53_days_follow_each_other_at_seven_on_the_wall(rhythm: Any, naive: datetime, zone: str) -> None:
    now = naive.replace(tzinfo=UTC)
    day = first_day(*rhythm, now, zone)
    assert timedelta() < due_on(day, zone) - now <= timedelta(days=32)
    for _ in range(14):
        later = next_day(*rhythm, day)
        assert due_on(later, zone).astimezone(ZoneInfo(zone)).time() == time(7)
        if rhythm[0] == "week":
            assert (later - day).days == 7 and later.isoweekday() == rhythm[1]
        else:
            assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == 1
            assert later.day == rhythm[1] or (later.day < rhythm[1] and (later + timedelta(days=1)).day == 1)
        day = later


def test_of_the_days_that_were_missed_only_the_newest_counts() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert newest_day("week", 1, date(2026, 11, 2), now, "Europe/Amsterdam") == date(2026, 11, 23)
    assert newest_day("month", 31, date(2026, 8, 31), now, "Europe/Amsterdam") == date(2026, 10, 31)
    assert newest_day("week", 1, date(2026, 11, 30), now, "Europe/Amsterdam") == date(2026, 11, 30)
    assert first_day("week", 1, now, "Europe/Amsterdam", date(2026, 11, 30)) == date(2026, 12, 7), "not twice on one day"


@given(st.dictionaries(st.sampled_from(["course", "show", "by", "from", "to", "name", "sort", "why"]), st.text(max_size=40)))
def test_any_address_is_read_and_written_back_the_same(values: dict[str, str]) -> None:
    asked: Any = asked_of(values)
    assert asked_of(asked.values()).values() == asked.values()
