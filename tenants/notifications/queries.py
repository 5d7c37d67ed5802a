"""Reads of what somebody is told: the number behind the bell, and the page, several of a kind and thread as one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.db import db
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, described
from tenants.people.models import Member
from tenants.people.queries import rides_along

PER_PAGE = 50
LOOKED_AT = 300


@rides_along("notices")
def unread() -> sa.ScalarSelect[int]:
    """Return how many lines wait behind the bell of the member whose session is asked for: part of that statement."""
    lines = sa.func.count(sa.distinct(sa.tuple_(Notice.kind, Notice.thread_id)))
    mine = sa.select(lines).where(Notice.member_id == Member.id, Notice.read_at.is_(None), Notice.is_shown)
    return mine.correlate(Member).scalar_subquery()


@dataclass(frozen=True)
class Line:
    """What one line says: notices of one kind and thread, the newest first, and what they are about."""

    kind: str
    notices: tuple[Notice, ...]
    said: tuple[Said, ...]

    @property
    def newest(self) -> Notice:
        """Return the latest; the line's link is its."""
        return self.notices[0]

    @property
    def is_new(self) -> bool:
        """Return whether it waits to be read."""
        return self.newest.read_at is None


def lines_of(notices: Sequence[Notice], reader: Member, zone: str | None = None) -> list[Line]:
    """Return the notices as lines, in their order; those that the reader may no longer see are left out.

    With a zone, what was read is one line a day.
    """
    said = described(reader, notices)
    found: dict[tuple[object, ...], list[Notice]] = {}
    for one in notices:
        if one.id in said:
            day = None if zone is None or one.read_at is None else day_of(one.made_at, zone)
            found.setdefault((one.kind, one.thread_id, one.read_at is None, day), []).append(one)
    return [Line(group[0].kind, tuple(group), tuple(said[one.id] for one in group)) for group in found.values()]


def day_of(moment: datetime, zone: str) -> date:
    """Return the day of the moment in the zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True)
class Shown:
    """One page of lines by day, the newest first; `older`: before which notice the next page begins."""

    days: list[tuple[date, list[Line]]]
    older: UUID | None


def shown_to(member: Member, zone: str, before: UUID | None = None) -> Shown:
    """Return a page of what the member was told. What they may no longer see is forgotten here."""
    wanted = sa.select(Notice).where(Notice.member_id == member.id, Notice.is_shown).order_by(Notice.id.desc()).limit(LOOKED_AT)
    notices = db.session.scalars(wanted if before is None else wanted.where(Notice.id < before)).all()
    lines = lines_of(notices, member, zone)
    _forget(notices, lines)
    shown = lines[:PER_PAGE]
    days: dict[date, list[Line]] = {}
    for line in shown:
        days.setdefault(day_of(line.newest.made_at, zone), []).append(line)
    is_more = len(lines) > PER_PAGE or len(notices) == LOOKED_AT
    last = min((one.id for line in shown for one in line.notices), default=None)
    return Shown(list(days.items()), last if is_more else None)


def _forget(notices: Iterable[Notice], lines: Iterable[Line]) -> None:
    """Delete what nobody may see any more, so that the bell does not count it."""
    kept = {one.id for line in lines for one in line.notices}
    gone = [one.id for one in notices if one.id not in kept]
    if gone:
        db.session.execute(sa.delete(Notice).where(Notice.id.in_(gone)))


def all_of(member: Member) -> Sequence[Notice]:
    """Return everything that the member was told, the oldest first."""
    return db.session.scalars(sa.select(Notice).where(Notice.member_id == member.id).order_by(Notice.id)).all()
