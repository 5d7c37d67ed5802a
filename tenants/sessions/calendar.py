"""iCalendar (RFC 5545, 5546) of sessions: the feed of one person, and an invitation or its withdrawal. No database.

The same session always has the same UID. SEQUENCE is the number of changes of the session plus those of the
person's seat, so it never falls. Times carry the zone of the wall clock and its VTIMEZONE; an end in the second
of October's doubled hours is given in UTC, because a local time means the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

PRODUCT = "-//Kweek//Sessions//EN"
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One session in somebody's calendar."""

    session_id: UUID
    title: str
    zone: str
    starts_wall: datetime
    ends_wall: datetime
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    sequence: int
    location: str
    text: str
    url: str
    is_cancelled: bool = False
    is_waiting: bool = False


@dataclass(frozen=True)
class Organiser:
    """Who invites: the academy's name, the platform's address for mail, and the domain that UIDs end in."""

    name: str
    address: str
    domain: str


@dataclass(frozen=True)
class Guest:
    """Who is invited; without an address the calendar names nobody."""

    name: str
    address: str


def feed(entries: Sequence[Entry], by: Organiser, now: datetime) -> bytes:
    """Return the calendar that a program subscribes to."""
    calendar = _calendar("PUBLISH", entries)
    calendar.add("x-wr-calname", by.name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, by, now))
    return bytes(calendar.to_ical())


def invitation(entry: Entry, by: Organiser, to: Guest, now: datetime, withdraw: bool = False) -> bytes:
    """Return the calendar entry to send to one person: METHOD REQUEST, or CANCEL to take it back."""
    calendar = _calendar("CANCEL" if withdraw else "REQUEST", [entry])
    event = _event(entry, by, now)
    if withdraw:
        event["STATUS"] = vText("CANCELLED")
    if to.address:
        guest = vCalAddress(f"mailto:{to.address}")
        guest.params.update({"CN": vText(to.name), "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
        event.add("attendee", guest, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(method: str, entries: Iterable[Entry]) -> Any:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    by_zone: dict[str, list[int]] = {}
    for entry in entries:
        by_zone.setdefault(entry.zone, []).append(entry.starts_wall.year)
    for zone, years in sorted(by_zone.items()):
        calendar.add_component(_timezone(zone, min(years), max(years)))
    return calendar


def _timezone(zone: str, first: int, last: int) -> Any:
    """Return the VTIMEZONE with the changes from the year before the first entry to the one after the last."""
    made = Timezone.from_tzinfo(ZoneInfo(zone), first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1))
    made.pop("COMMENT", None)
    return made


def _event(entry: Entry, by: Organiser, now: datetime) -> Any:
    event = Event()
    event.add("uid", f"{entry.session_id}@{by.domain}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", _local(entry.starts_wall, entry.starts_at, entry.zone))
    event.add("dtend", _local(entry.ends_wall, entry.ends_at, entry.zone))
    event.add("summary", entry.title)
    event.add("url", entry.url)
    if entry.location:
        event.add("location", entry.location)
    if entry.text:
        event.add("description", entry.text)
    status = "CANCELLED" if entry.is_cancelled else "TENTATIVE" if entry.is_waiting else "CONFIRMED"
    event.add("status", status)
    event.add("transp", "TRANSPARENT" if entry.is_cancelled or entry.is_waiting else "OPAQUE")
    organiser = vCalAddress(f"mailto:{by.address}")
    organiser.params["CN"] = vText(by.name)
    event.add("organizer", organiser, encode=False)
    return event


def _local(wall: datetime, moment: datetime, zone: str) -> datetime:
    """Return the wall time with its zone; UTC where the wall time would mean another moment."""
    local = wall.replace(tzinfo=ZoneInfo(zone))
    return local if local.astimezone(UTC) == moment.astimezone(UTC) else moment.astimezone(UTC)
