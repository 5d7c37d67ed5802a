"""Which study time counts, once: a course when it is done, its sessions inside it, what came from elsewhere as it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tenants.study import rules
from tenants.study.rules import Certified, Finished, Source, Studied, Sums, counted

SANNE, YUSUF = UUID(int=1), UUID(int=2)
COURSE, OTHER = UUID(int=11), UUID(int=12)
DAY = date(2026, 3, 1)
ATTEMPT = (UUID(int=21), "2026-03-01")
DONE = Finished(UUID(int=21), SANNE, COURSE, ATTEMPT, DAY, 600, "Course")
EARNED = Certified(UUID(int=31), SANNE, COURSE, ATTEMPT, DAY, 750, "earned", "valid", "Course")
MET = Studied(SANNE, DAY, "session", 90, UUID(int=41), COURSE)


def minutes(*rows: Studied) -> int:
    return rules.sums_of(rows).total


def test_a_finished_course_counts_once_with_the_hours_on_its_certificate() -> None:
    assert minutes(*counted([], [DONE], [], [])) == 600
    assert minutes(*counted([EARNED], [DONE], [], [])) == 750, "what stands on the certificate"
    assert minutes(*counted([replace(EARNED, minutes=None)], [DONE], [], [])) == 600, "hours that were set later"
    assert minutes(*counted([EARNED, replace(EARNED, id=UUID(int=32), state="replaced")], [DONE], [], [])) == 750


def test_a_revoked_certificate_takes_its_course_along() -> None:
    assert counted([replace(EARNED, state="revoked")], [DONE], [], []) == []


def test_an_attempt_set_aside_counts_while_its_certificate_stands() -> None:
    before = replace(EARNED, id=UUID(int=33), attempt=(UUID(int=22), "2024"), day=date(2024, 5, 1))
    assert minutes(*counted([before], [DONE], [], [])) == 750 + 600
    assert minutes(*counted([replace(before, state="revoked")], [DONE], [], [])) == 600
    assert minutes(*counted([replace(before, course_id=None)], [], [], [])) == 750, "a course that is gone was studied all the same"


def test_a_renewal_counts_nothing_and_a_gift_only_for_what_was_not_finished_here() -> None:
    given_one = replace(EARNED, id=UUID(int=34), origin="given", attempt=(None, "x"))
    assert counted([replace(given_one, origin="renewed")], [], [], []) == []
    assert minutes(*counted([given_one], [], [], [])) == 750
    assert minutes(*counted([given_one, replace(given_one, id=UUID(int=35), day=date(2026, 9, 1))], [], [], [])) == 750
    assert minutes(*counted([given_one], [DONE], [], [])) == 600
    assert minutes(*counted([given_one], [replace(DONE, minutes=None)], [], [])) == 750
    assert minutes(*counted([given_one, replace(EARNED, state="revoked")], [DONE], [], [])) == 750, "given after all"


def test_sessions_are_inside_the_hours_of_their_course() -> None:
    assert minutes(*counted([], [DONE], [MET], [])) == 600
    assert minutes(*counted([], [replace(DONE, minutes=None)], [MET], [])) == 90, "a course without hours holds no session"
    assert minutes(*counted([], [], [MET], [])) == 90, "not finished yet"
    assert minutes(*counted([], [DONE], [replace(MET, course_id=OTHER), replace(MET, course_id=None)], [])) == 780
    assert minutes(*counted([], [DONE], [replace(MET, member_id=YUSUF)], [])) == 690, "somebody else has not finished it"
    assert minutes(*counted([replace(EARNED, state="revoked")], [DONE], [MET], [])) == 90, "who was there was there"


def test_what_came_from_elsewhere_counts_as_it_says() -> None:
    past = Studied(SANNE, DAY, "past", 360, UUID(int=51), COURSE)
    rows = counted([], [DONE], [], [past, replace(past, minutes=0, row_id=UUID(int=52))])
    assert rules.sums_of(rows) == Sums(600, 0, 360) and len(rows) == 3


DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
ROWS = st.lists(st.builds(
    Studied, st.sampled_from([SANNE, YUSUF]), DAYS, st.sampled_from(["course", "session", "past"]), st.integers(0, 3_000), st.uuids(version=4),
    st.sampled_from([None, COURSE, OTHER]),
), max_size=40)  # fmt: skip


@given(ROWS, st.lists(DAYS, max_size=6))
def test_periods_that_follow_each_other_add_up_to_the_whole(rows: list[Studied], cuts: list[date]) -> None:
    edges: list[date | None] = [None, *sorted(set(cuts)), None]
    parts = [
        rules.within(rows, since, until - timedelta(days=1) if until else None) for since, until in zip(edges, edges[1:], strict=False)
    ]
    assert sum(minutes(*part) for part in parts) == minutes(*rows)
    assert sorted(one.row_id for part in parts for one in part) == sorted(one.row_id for one in rows)


@given(ROWS)
def test_people_years_and_bars_add_up_to_the_same(rows: list[Studied]) -> None:
    total = rules.sums_of(rows)
    assert sum(one.total for one in rules.by_person(rows).values()) == total.total
    years = rules.by_year(rows)
    assert sum(one.total for _, one in years) == total.total and [year for year, _ in years] == sorted({r.day.year for r in rows}, reverse=True)
    assert sum(bar.minutes for bar in rules.bars_of(rows)) == total.total
    for source in rules.SOURCES:
        assert getattr(total, source) == sum(one.minutes for one in rows if one.source == source)


@given(ROWS, DAYS, st.integers(0, 1_200))
def test_bars_of_a_period_are_whole_without_gaps(rows: list[Studied], since: date, length: int) -> None:
    until = since + timedelta(days=length)
    inside = rules.within(rows, since, until)
    bars = rules.bars_of(inside, since, until)
    assert sum(bar.minutes for bar in bars) == minutes(*inside)
    places = [bar.year * 12 + bar.month for bar in bars] if bars and bars[0].month else [bar.year for bar in bars]
    assert places == list(range(places[0], places[0] + len(places))) if places else not minutes(*inside)
    assert all(bar.month for bar in bars) or not any(bar.month for bar in bars)


KEYS = st.tuples(st.sampled_from([SANNE, YUSUF]), st.sampled_from([COURSE, OTHER]))
ORIGIN, STATE = st.sampled_from(["earned", "given", "renewed"]), st.sampled_from(["valid", "revoked", "replaced"])


@given(st.dictionaries(KEYS, st.tuples(DAYS, st.none() | st.integers(30, 900)), max_size=4),
       st.lists(st.tuples(KEYS, ORIGIN, STATE, st.none() | st.integers(30, 900), DAYS), max_size=6),
       st.lists(st.tuples(KEYS, st.integers(0, 300), DAYS), max_size=6))  # fmt: skip
def test_no_minute_counts_twice(finished, certificates, sessions) -> None:  # type: ignore[no-untyped-def]
    """Where a finished course counts with hours, none of its sessions does; each attempt and each session counts at most once."""
    done = [Finished(UUID(int=100 + n), who, what, (UUID(int=100 + n), "at"), day, length, "") for n, ((who, what), (day, length)) in enumerate(finished.items())]
    by_key = {(one.member_id, one.course_id): one for one in done}
    papers = []
    for n, ((who, what), origin, state, length, day) in enumerate(certificates):
        own = by_key.get((who, what))
        first = origin == "earned" and own is not None and not any(one.attempt == own.attempt and one.state != "replaced" for one in papers)
        attempt = own.attempt if first and own else (UUID(int=200 + n), "before")
        papers.append(Certified(UUID(int=300 + n), who, what, attempt, day, length, origin, state))
    met = [Studied(who, day, "session", length, UUID(int=400 + n), what) for n, ((who, what), length, day) in enumerate(sessions)]
    rows = counted(papers, done, met, [])
    assert len({one.row_id for one in rows}) == len(rows)
    hours = {(one.member_id, one.course_id) for one in rows if one.source == "course" and one.minutes}
    assert not [one for one in rows if one.source == "session" and (one.member_id, one.course_id) in hours]
    for one in done:
        mine = [row for row in rows if row.row_id == one.id]
        papered = [paper for paper in papers if paper.attempt == one.attempt and paper.origin == "earned" and paper.state != "replaced"]
        assert len(mine) == (0 if papered else 1)
    assert all(row.row_id not in {paper.id for paper in papers if paper.state != "valid" or paper.origin == "renewed"} for row in rows)
    sources: set[Source] = {row.source for row in rows}
    assert sources <= {"course", "session"}


@given(st.integers(0, 10**6))
def test_hours_in_files_are_minutes_to_two_decimals(minutes_: int) -> None:
    assert abs(float(rules.hours(minutes_)) * 60 - minutes_) <= 0.3 + 1e-6
