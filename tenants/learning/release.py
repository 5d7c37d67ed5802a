"""When a lesson opens and by when it is to be done: decisions without a database.

An author's rule, as stored in `lessons.rules` and published in the outline:

release {on: "2026-12-01", days: 7, after: "previous" or a lesson's id, percent: "70", groups: [id]}, each part optional,
all of them to be met; `on` and `days` (after enrolment) open with that day; `percent` is the least result of a test.
deadline {on: day} or {days: n} after enrolment: until that day is over. Days are days in the academy's own zone, so that
a change of the clocks moves no day (T53).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

MAX_DAYS = 3_660
FIRST_YEAR, LAST_YEAR = 2020, 2100
PREVIOUS = "previous"


class Passed(Protocol):
    """A lesson on the way, as far as a rule of another lesson asks about it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def percent(self) -> Decimal | None: ...


@dataclass(frozen=True)
class Here:
    """Who asks, and when: since when they take the course, now, the academy's zone, the ids of their groups."""

    since: datetime
    now: datetime
    zone: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lock:
    """Why a lesson is closed: it waits for a moment, for a lesson, for a result there, or is for other groups."""

    why: Literal["moment", "lesson", "percent", "group"]
    opens_at: datetime | None = None
    lesson: str = ""
    percent: str = ""


def begin_of(day: date, zone: str) -> datetime:
    """Return the first moment of the day in the zone; where clocks jump over midnight, the first that exists."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def end_of(day: date, zone: str) -> datetime:
    """Return the first moment after the day in the zone."""
    return begin_of(day + timedelta(days=1), zone)


def day_of(rule: Mapping[str, Any], since: datetime, zone: str) -> date | None:
    """Return the later of the days that the rule names: a date, or days after the day of `since`; None without."""
    found = [date.fromisoformat(rule["on"])] if rule.get("on") else []
    if rule.get("days") is not None:
        found.append(since.astimezone(ZoneInfo(zone)).date() + timedelta(days=int(rule["days"])))
    return max(found, default=None)


def due_at(deadline: Mapping[str, Any], here: Here) -> datetime | None:
    """Return when the time is over, or None without a deadline."""
    day = day_of(deadline, here.since, here.zone)
    return end_of(day, here.zone) if day else None


def locks_of(rule: Mapping[str, Any], before: Sequence[Passed], here: Here) -> tuple[Lock, ...]:
    """Return what still keeps a lesson closed, given the lessons before it; empty when it is open.

    A rule about a lesson that is not among those (removed, or moved behind) asks nothing.
    """
    found = []
    groups = rule.get("groups") or ()
    if groups and not here.groups.intersection(groups):
        found.append(Lock("group"))
    earlier = _named(rule.get("after"), before)
    if earlier is not None:
        found.extend(_owed(earlier, str(rule.get("percent") or "")))
    day = day_of(rule, here.since, here.zone)
    if day is not None and here.now < (opens_at := begin_of(day, here.zone)):
        found.append(Lock("moment", opens_at))
    return tuple(found)


def _named(after: str | None, before: Sequence[Passed]) -> Passed | None:
    if after == PREVIOUS:
        return before[-1] if before else None
    return next((one for one in before if one.id == after), None)


def _owed(earlier: Passed, percent: str) -> list[Lock]:
    if percent:
        reached = earlier.percent is not None and earlier.percent >= Decimal(percent)
        return [] if reached else [Lock("percent", lesson=earlier.title, percent=percent)]
    return [] if earlier.is_done else [Lock("lesson", lesson=earlier.title)]


class BadRule(ValueError):
    """Something typed into the rules of a lesson cannot be; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def release_of(on: str, days: str, after: str, percent: str, groups: Sequence[str] = ()) -> dict[str, Any]:
    """Return the release rule of what was typed, parts that ask nothing left out. Raises BadRule."""
    rule = _days_of(on, days, "release")
    if after:
        rule["after"] = after
    if after and percent.strip():
        rule["percent"] = _percent(percent)
    return {**rule, "groups": sorted(set(groups))} if groups else rule


def deadline_of(on: str, days: str) -> dict[str, Any]:
    """Return the deadline of what was typed: a day, or days after enrolment. Raises BadRule."""
    return _days_of(on, days, "deadline")


def _days_of(on: str, days: str, what: str) -> dict[str, Any]:
    rule: dict[str, Any] = {}
    if on.strip():
        rule["on"] = _day(on.strip(), f"{what}_on")
    if days.strip():
        rule["days"] = _number(days.strip(), f"{what}_days")
    return rule


def _day(text: str, field: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRule(field) from None
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise BadRule(field)
    return day.isoformat()


def _number(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= MAX_DAYS and len(text) <= len(str(MAX_DAYS))):
        raise BadRule(field)
    return int(text)


def _percent(text: str) -> str:
    try:
        value = Decimal(text.strip().rstrip("%").replace(",", "."))
    except InvalidOperation:
        raise BadRule("release_percent") from None
    if not value.is_finite() or not 0 < value <= 100:
        raise BadRule("release_percent")
    return f"{value.normalize():f}"
