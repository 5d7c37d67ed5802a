"""How long messages are kept, and what holds them: clearing by night, a dry run that says what would go, holds with a reason.

A hold keeps everything of one room, whatever the academy chose; its reason stands in the room. A reported message is kept
until somebody has decided about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.actions import record
from tenants.chat import queries
from tenants.chat.models import KINDS, Message, MessageReport, Room
from tenants.chat.queries import Named
from tenants.chat.rules import KEEP_MONTHS, MAX_REASON, Manners
from tenants.groups.models import Group
from tenants.groups.sight import seen_by
from tenants.people.models import Member

AT_ONCE = 1_000
# Rooms are locked meanwhile: who wants to say something waits.
MOST = 10_000
# What belongs to messages and has something outside the database goes first: features put an act(message ids) here.
before_clearing: list[Callable[[list[UUID]], None]] = []


@dataclass(frozen=True)
class Goes:
    """What would go of one room: how many messages, from when to when."""

    room: Named
    messages: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True)
class Plan:
    """What the next clearing takes: by room for courses and groups, and together for talks that managers do not see into."""

    rooms: list[Goes]
    others: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many messages go."""
        return sum(one.messages for one in self.rooms) + sum(self.others.values())


def months_of(manners: Manners) -> sa.ColumnElement[int]:
    """Return for how many months a room's messages are kept, 0 for ever, over `Room`."""
    by_kind = sa.case(*((Room.kind == kind, manners.keep.get(kind, 0)) for kind in KINDS), else_=0)
    return sa.func.coalesce(Room.keep_months, by_kind)


def _due(manners: Manners) -> tuple[sa.ColumnElement[bool], ...]:
    months = months_of(manners)
    ends = sa.cast(clock.now(), sa.DateTime(timezone=True)) - sa.func.make_interval(0, months, type_=sa.Interval)
    is_reported = sa.exists().where(MessageReport.message_id == Message.id, MessageReport.state == "open")
    return months > 0, Room.held_at.is_(None), Message.made_at < ends, sa.not_(is_reported)


def plan(viewer: Member) -> Plan:
    """Return what the next clearing takes; talks between two people and questions are counted, not named."""
    counted: Any = (
        sa.select(Room.id, Room.kind, sa.func.count(), sa.func.min(Message.made_at), sa.func.max(Message.made_at))
        .join(Message, Message.room_id == Room.id).where(*_due(queries.manners())).group_by(Room.id, Room.kind).order_by(sa.func.min(Message.made_at))
    )  # fmt: skip
    rooms, others = [], dict.fromkeys(("direct", "lesson"), 0)
    for room_id, kind, number, oldest, newest in db.session.execute(counted).all():
        if kind in others:
            others[kind] += number
        else:
            rooms.append(Goes(queries.named_for(viewer, db.session.get_one(Room, room_id)), number, oldest, newest))
    return Plan(rooms, {kind: number for kind, number in others.items() if number})


def clear() -> int:
    """Delete what is kept no longer, at most MOST; return how many messages that were. Running it twice does nothing more.

    Messages and their rooms are locked, so that a hold and a report come before or after; what is locked waits for the next
    night. Whether they are due is asked once more behind the lock: a hold may have come between.
    """
    due = sa.select(Message.id).join(Room, Room.id == Message.room_id).where(*_due(queries.manners())).order_by(Message.id)
    wanted = due.limit(AT_ONCE).with_for_update(of=[Room, Message], key_share=True, skip_locked=True)
    gone = 0
    while gone < MOST and (locked := list(db.session.scalars(wanted))):
        ids = list(db.session.scalars(due.where(Message.id.in_(locked))))
        for act in before_clearing:
            act(ids)
        db.session.execute(sa.delete(Message).where(Message.id.in_(ids)).execution_options(synchronize_session=False))
        gone += len(ids)
    if gone:
        record("chat.cleared", messages=gone)
    return gone


def channel_for(viewer: Member, room_id: UUID) -> Named:
    """Return the room of a course or group, as managers choose for it. Raises NotFound."""
    room = db.session.scalar(sa.select(Room).where(Room.id == room_id, Room.kind.in_(("course", "group")), *_channels(viewer)))
    if room is None:
        raise NotFound("no such room")
    return queries.named_for(viewer, room)


def channels(viewer: Member) -> list[Named]:
    """Return the rooms of courses and groups, by title, and those talks that are held."""
    rooms = db.session.scalars(sa.select(Room).where(Room.kind.in_(("course", "group")), *_channels(viewer))).all()
    return sorted((queries.named_for(viewer, room) for room in rooms), key=lambda one: (one.title.casefold(), one.room.id))


def _channels(viewer: Member) -> tuple[sa.ColumnElement[bool], ...]:
    """A manager who sees only chosen groups looks after the rooms of these."""
    return (Room.group_id.in_(sa.select(Group.id).where(seen_by(viewer))),) if viewer.is_limited else ()


def keep(room: Room, months: int | None, by: Member) -> None:
    """Keep the room's messages for so many months, 0 for ever, None as the academy does. Raises Refused."""
    if months is not None and months not in KEEP_MONTHS:
        raise Refused("keep months")
    room.keep_months = months
    db.session.flush()
    record("chat.keep_room", actor_id=by.id, room=str(room.id), months=months)


def hold(room: Room, reason: str, by: Member) -> None:
    """Let nothing of the room be cleared, for a reason that its people read. Raises Refused."""
    words = " ".join(reason.replace("\x00", "").split())
    if not words or len(words) > MAX_REASON:
        raise Refused("hold reason")
    room.held_at, room.held_by, room.hold_reason = room.held_at or clock.now(), by.id, words
    db.session.flush()
    record("chat.hold", actor_id=by.id, room=str(room.id))


def release(room: Room, by: Member) -> None:
    """End the hold: the room is cleared as it would have been."""
    room.held_at = room.held_by = room.hold_reason = None
    db.session.flush()
    record("chat.release", actor_id=by.id, room=str(room.id))


def held_talks() -> list[Room]:
    """Return the held talks between two people and at lessons, oldest hold first; managers know them by their reason."""
    wanted = sa.select(Room).where(Room.held_at.is_not(None), Room.kind.in_(("direct", "lesson")))
    return list(db.session.scalars(wanted.order_by(Room.held_at)))


def held_talk(room_id: UUID) -> Room:
    """Return a talk that is held. Raises NotFound."""
    found = db.session.scalar(sa.select(Room).where(Room.id == room_id, Room.held_at.is_not(None)))
    if found is None:
        raise NotFound("no such hold")
    return found
