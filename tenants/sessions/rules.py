"""What a time on the wall means, who may come, and what happens to a seat. No database, no Flask.

An author who plans 09:30 means 09:30 on the wall, in winter and in summer. In the night of March one hour
does not exist: such a time is refused. In the night of October one hour comes twice: a start in it means the
first time; an end means the first of the two that lies after the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STAFF = frozenset({"trainer", "manager", "owner"})
DAY = 24 * 60
AHEADS = (0, 60, 120, DAY, 2 * DAY, 3 * DAY, 7 * DAY)
LONGEST = timedelta(hours=12)
DOORS_OPEN = timedelta(minutes=30)
CAME = ("present", "late")


class NoSuchTime(ValueError):
    """The wall clock skips this time: it stands in the hour that summer time takes."""


class NoSuchSpan(ValueError):
    """The end is not after the start, or more than 12 hours later."""


def may_plan(roles: Iterable[str]) -> bool:
    """Return whether a member with these roles plans sessions and records attendance."""
    return bool(STAFF.intersection(roles))


def moments_of(wall: datetime, zone: str) -> list[datetime]:
    """Return the moments (UTC) at which the wall clock in `zone` shows `wall`: one, or two in October's night.

    Raises NoSuchTime when there is none.
    """
    local = [wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    found = {one.astimezone(UTC) for one in local}
    real = sorted(one for one in found if one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall)
    if not real:
        raise NoSuchTime(wall.isoformat())
    return real


def span_of(day: date, begins: time, ends: time, zone: str) -> tuple[datetime, datetime, datetime, datetime]:
    """Return (start on the wall, end on the wall, start, end); an end before the start is on the next day.

    Raises NoSuchTime, NoSuchSpan.
    """
    starts_wall = datetime.combine(day, begins)
    starts_at = moments_of(starts_wall, zone)[0]
    for ends_wall in (datetime.combine(day, ends), datetime.combine(day + timedelta(days=1), ends)):
        later = [one for one in _moments(ends_wall, zone) if timedelta() < one - starts_at <= LONGEST]
        if later:
            return starts_wall, ends_wall, starts_at, later[0]
    moments_of(datetime.combine(day, ends), zone)
    raise NoSuchSpan(f"{begins}-{ends}")


def _moments(wall: datetime, zone: str) -> list[datetime]:
    try:
        return moments_of(wall, zone)
    except NoSuchTime:
        return []


def ahead_of(starts_wall: datetime, starts_at: datetime, zone: str, minutes: int) -> datetime:
    """Return the moment so many minutes before the start; whole days count by the wall clock."""
    days, rest = divmod(minutes, DAY)
    if rest or not days:
        return starts_at - timedelta(minutes=minutes)
    wall = starts_wall - timedelta(days=days)
    return next(iter(_moments(wall, zone)), starts_at - timedelta(minutes=minutes))


def may_leave(state: str, leave_until: datetime, starts_at: datetime, now: datetime) -> bool:
    """Return whether a participant may give this seat up; who waits may leave until the start."""
    return now < (starts_at if state == "waiting" else leave_until)


def has_room(places: int | None, seated: int) -> bool:
    """Return whether one more person fits in."""
    return places is None or seated < places


def doors_open(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Return whether it is at most 30 minutes before the start and not over: now the link is shown."""
    return starts_at - DOORS_OPEN <= now < ends_at


def can_record(starts_at: datetime, now: datetime) -> bool:
    """Return whether attendance may be recorded: from 30 minutes before the start on."""
    return now >= starts_at - DOORS_OPEN


def minutes_for(attendance: str, study_minutes: int) -> int:
    """Return the study minutes that count unless somebody writes others."""
    return study_minutes if attendance in CAME else 0
