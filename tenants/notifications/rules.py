"""The one registry of what people are told: kinds, whom they concern, how they are told unless somebody chooses otherwise;
and the clock: quiet hours, the morning, the week. No database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo, available_timezones

Mail = Literal["at_once", "morning", "weekly", "off"]
MORNING: Final = time(7, 30)
MONDAY: Final = 1
QUIET_FROM, QUIET_UNTIL = 22 * 60, 7 * 60
STAFF: Final = frozenset({"trainer", "author", "manager", "owner"})
REVIEWERS: Final = frozenset({"trainer", "manager", "owner"})
LONGEST_PAUSE: Final = timedelta(days=366)


@dataclass(frozen=True)
class Choice:
    """How somebody is told of one kind: behind the bell, by mail, by their browsers."""

    app: bool = True
    mail: Mail = "at_once"
    push: bool = False


@dataclass(frozen=True)
class Kind:
    """One event of the registry.

    `roles`: whom it concerns (empty: everybody). `usual`: how people are told; `staff`: how trainers, authors, managers and
    owners are, where that differs. `patience`: how long a mail at once waits, so that what follows comes along and what was
    read meanwhile is not mailed. `together`: where a line of several leads. `hushes`: while a thread was mailed and not read,
    it is not mailed at once again.
    """

    name: str
    roles: frozenset[str] = frozenset()
    usual: Choice = Choice()
    staff: Choice | None = None
    patience: timedelta = timedelta()
    together: str | None = None
    hushes: bool = False

    def default_for(self, roles: Collection[str]) -> Choice:
        """Return how somebody with these roles is told unless they choose otherwise."""
        return self.staff if self.staff is not None and not STAFF.isdisjoint(roles) else self.usual

    def concerns(self, roles: Collection[str]) -> bool:
        """Return whether this ever happens to somebody with these roles."""
        return not self.roles or not self.roles.isdisjoint(roles)


KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (
    Kind("message", usual=Choice(push=True), patience=timedelta(minutes=5), hushes=True),
    Kind("mention", usual=Choice(push=True), patience=timedelta(minutes=5)),
    Kind("feedback", usual=Choice(push=True)),
    Kind("answer", usual=Choice(push=True)),
    Kind("hand_in", REVIEWERS, Choice(mail="morning"), patience=timedelta(minutes=10), together="/review"),
    Kind("question", REVIEWERS, Choice(mail="at_once"), patience=timedelta(minutes=10)),
    Kind("invitation"),
    Kind("decision", usual=Choice(push=True)),
    Kind("deadline", usual=Choice(push=True)),
    Kind("session", usual=Choice(push=True)),
    Kind("certificate", usual=Choice(push=True)),
    Kind("course", usual=Choice(mail="weekly")),
    Kind("peer", usual=Choice(mail="morning")),
    Kind("request", frozenset({"manager", "owner"}), Choice(mail="morning"), together="/requests"),
    Kind("report", REVIEWERS),
)}  # fmt: skip


def kinds_for(roles: Collection[str]) -> list[Kind]:
    """Return the kinds that concern somebody with these roles, in the order of the page."""
    return [kind for kind in KINDS.values() if kind.concerns(roles)]


@dataclass(frozen=True)
class Times:
    """When somebody wants to be left alone, by the clock in `zone`."""

    zone: str
    is_quiet: bool = True
    quiet_from: int = QUIET_FROM
    quiet_until: int = QUIET_UNTIL
    paused_until: datetime | None = None


def mail_moment(how: Mail, now: datetime, times: Times) -> datetime | None:
    """Return when a mail of this kind is due that became known `now`; None for never."""
    if how == "off":
        return None
    begin = max(now, times.paused_until or now)
    if how == "at_once" and begin == now:
        return after_quiet(now, times)
    return after_quiet(next_morning(begin, times.zone, MONDAY if how == "weekly" else None), times)


def push_moment(now: datetime, times: Times) -> datetime:
    """Return when browsers are told: now, or when quiet hours and pause have ended."""
    return after_quiet(max(now, times.paused_until or now), times)


def next_morning(after: datetime, zone: str, weekday: int | None = None) -> datetime:
    """Return the first half past seven that is later, by the clock in `zone`, on that day of the week if one is given."""
    day = after.astimezone(ZoneInfo(zone)).date()
    while True:
        found = wall(day, MORNING.hour * 60 + MORNING.minute, zone)
        if found > after and weekday in (None, day.isoweekday()):
            return found
        day += timedelta(days=1)


def after_quiet(moment: datetime, times: Times) -> datetime:
    """Return the moment, or when the quiet hours end that it lies in.

    The hours are by the clock on the wall: on the night on which it is set back, an hour that comes twice counts once.
    """
    if not times.is_quiet or times.quiet_from == times.quiet_until:
        return moment
    today = moment.astimezone(ZoneInfo(times.zone)).date()
    for day in (today - timedelta(days=1), today):
        begins = wall(day, times.quiet_from, times.zone)
        last = day if times.quiet_from < times.quiet_until else day + timedelta(days=1)
        ends = wall(last, times.quiet_until, times.zone)
        if begins <= moment < ends:
            return ends
    return moment


def wall(day: date, minutes: int, zone: str) -> datetime:
    """Return the moment at which the clock in `zone` shows so many minutes after midnight on the day. A time that is skipped
    counts as the moment after the jump; of one that comes twice, the first."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(zone)).astimezone(UTC)


def is_zone(name: str) -> bool:
    """Return whether there is such a zone."""
    return name in available_timezones() and not name.startswith(("Etc/GMT", "SystemV"))


def clock_minutes(text: str) -> int | None:
    """Return `22:30` as minutes after midnight, or None for what is no time."""
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(hours) <= 2 and len(minutes) == 2):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if int(hours) < 24 and int(minutes) < 60 else None


def clock_words(minutes: int) -> str:
    """Return minutes after midnight as `22:30`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
