"""Which study time counts, once: decided here, without database or Flask.

- A course counts when it is finished, on that day, with its study hours: those on the certificate that was earned for it,
  else those that the course has now. A revoked certificate counts for nothing, and neither does its course.
- An attempt that was set aside counts only while its certificate stands. A renewal is no new study. A certificate given by
  hand counts where no finished course with hours counts.
- Course hours hold the course's sessions, so a session counts by itself only where no finished course holds it.
- What came from elsewhere counts as its file says, unless its past certificate was revoked. Time at a screen never counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

Source = Literal["course", "session", "past"]
SOURCES: tuple[Source, ...] = ("course", "session", "past")
MOST_MONTHS = 24


@dataclass(frozen=True)
class Studied:
    """What a person did, on which day (of the academy's zone), and the minutes that it counts for: 0 if nobody said."""

    member_id: UUID
    day: date
    source: Source
    minutes: int
    row_id: UUID
    course_id: UUID | None = None
    title: str = ""


@dataclass(frozen=True)
class Certified:
    """A certificate, as far as it tells of study."""

    id: UUID
    member_id: UUID
    course_id: UUID | None
    attempt: tuple[UUID | None, object]
    day: date
    minutes: int | None
    origin: str
    state: str
    title: str = ""


@dataclass(frozen=True)
class Finished:
    """A course that a person has finished, in an attempt that was not set aside; `minutes` as the course says now."""

    id: UUID
    member_id: UUID
    course_id: UUID
    attempt: tuple[UUID | None, object]
    day: date
    minutes: int | None
    title: str = ""


def counted(
    certificates: Iterable[Certified], finished: Iterable[Finished], sessions: Iterable[Studied], past: Iterable[Studied]
) -> list[Studied]:
    """Return what counts, each thing once, the newest first."""
    certificates = [one for one in certificates if one.state != "replaced"]
    now = {(one.member_id, one.course_id): one for one in finished}
    found = [_of_certificate(one, now.get((one.member_id, one.course_id))) for one in certificates if _is_earned(one)]  # type: ignore[arg-type]
    told = {(one.member_id, one.attempt) for one in certificates if one.origin == "earned"}
    found += [_of_course(one) for one in now.values() if (one.member_id, one.attempt) not in told]
    found += _given(certificates, {(one.member_id, one.course_id) for one in found if one.minutes})
    holding = {(one.member_id, one.course_id) for one in found if one.course_id and one.minutes}
    found += [one for one in sessions if one.minutes and (one.member_id, one.course_id) not in holding]
    return sorted([*found, *past], key=lambda one: (one.day, str(one.row_id)), reverse=True)


def _is_earned(one: Certified) -> bool:
    return one.origin == "earned" and one.state == "valid"


def _of_certificate(one: Certified, now: Finished | None) -> Studied:
    minutes = one.minutes if one.minutes is not None else now.minutes if now else None
    return Studied(one.member_id, one.day, "course", minutes or 0, one.id, one.course_id, one.title)


def _of_course(one: Finished) -> Studied:
    return Studied(one.member_id, one.day, "course", one.minutes or 0, one.id, one.course_id, one.title)


def _given(certificates: Iterable[Certified], held: Collection[tuple[UUID, UUID | None]]) -> list[Studied]:
    """Return the valid certificates given by hand for what has no hours yet; one for each course, the earliest."""
    found: dict[object, Certified] = {}
    for one in sorted(certificates, key=lambda one: (one.day, str(one.id))):
        if one.origin == "given" and one.state == "valid" and (one.member_id, one.course_id) not in held:
            found.setdefault((one.member_id, one.course_id) if one.course_id else one.id, one)
    return [_of_certificate(one, None) for one in found.values()]


def within(rows: Iterable[Studied], since: date | None, until: date | None) -> list[Studied]:
    """Return what lies in a period of days, its ends included."""
    return [one for one in rows if (since or date.min) <= one.day <= (until or date.max)]


@dataclass(frozen=True)
class Sums:
    """Minutes by source."""

    course: int = 0
    session: int = 0
    past: int = 0

    @property
    def total(self) -> int:
        """Return all of them."""
        return self.course + self.session + self.past

    def plus(self, one: Studied) -> Sums:
        """Return the sums with one thing more."""
        return Sums(*(getattr(self, name) + (one.minutes if one.source == name else 0) for name in SOURCES))


def sums_of(rows: Iterable[Studied]) -> Sums:
    """Return the minutes of all these by source."""
    total = dict.fromkeys(SOURCES, 0)
    for one in rows:
        total[one.source] += one.minutes
    return Sums(**total)


def by_person(rows: Iterable[Studied]) -> dict[UUID, Sums]:
    """Return the sums of each person."""
    return {who: sums_of(own) for who, own in _grouped(rows, lambda one: one.member_id).items()}  # type: ignore[misc]


def by_year(rows: Iterable[Studied]) -> list[tuple[int, Sums]]:
    """Return the sums of each year that has something, the newest first."""
    years = _grouped(rows, lambda one: one.day.year)
    return [(year, sums_of(years[year])) for year in sorted(years, reverse=True)]  # type: ignore[type-var,misc]


def _grouped(rows: Iterable[Studied], by: Callable[[Studied], object]) -> dict[object, list[Studied]]:
    found: dict[object, list[Studied]] = {}
    for one in rows:
        found.setdefault(by(one), []).append(one)
    return found


@dataclass(frozen=True)
class Bar:
    """A month (or a year, month 0) of a drawing, with its minutes."""

    year: int
    month: int
    minutes: int


def bars_of(rows: Iterable[Studied], since: date | None = None, until: date | None = None) -> list[Bar]:
    """Return a bar for each month from the first day to the last, empty ones too; for each year if that is more than 24."""
    rows = [one for one in rows if one.minutes]
    if not rows:
        return []
    first, last = since or min(one.day for one in rows), until or max(one.day for one in rows)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    by_month = months <= MOST_MONTHS
    minutes: dict[tuple[int, int], int] = {}
    for one in rows:
        key = (one.day.year, one.day.month if by_month else 0)
        minutes[key] = minutes.get(key, 0) + one.minutes
    if by_month:
        places = [divmod(first.year * 12 + first.month - 1 + step, 12) for step in range(months)]
        return [Bar(year, month + 1, minutes.get((year, month + 1), 0)) for year, month in places]
    return [Bar(year, 0, minutes.get((year, 0), 0)) for year in range(min(one.day.year for one in rows), max(one.day.year for one in rows) + 1)]


def hours(minutes: int) -> Decimal:
    """Return the hours with two decimals, for files; pages say hours and minutes."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def year_of(year: int) -> tuple[date, date]:
    """Return the first and the last day of a year."""
    return date(year, 1, 1), date(year + 1, 1, 1) - timedelta(days=1)
