"""What somebody has not read: by room, in all, and up to where it was counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.chat import sight
from tenants.chat.models import Message, Room, Stand
from tenants.people.models import Member

# What was said longer ago in a room that somebody never opened is no news to them.
NEWS = timedelta(days=30)


def unread_of(member: Member, room: Room | None = None) -> dict[UUID, int]:
    """Return how many messages of others the member has not read, by room; rooms without any are left out."""
    rows = db.session.execute(_unread(member, sa.true() if room is None else Room.id == room.id))
    return {row[0]: row[1] for row in rows}


def unread_figure(member: Member) -> sa.ScalarSelect[Any]:
    """Return the number of messages that wait for the member, to be asked for with others."""
    waiting = _unread(member, sa.not_(sa.func.coalesce(Stand.is_muted, False))).subquery()
    return sa.select(sa.func.coalesce(sa.func.sum(waiting.c.count), 0)).scalar_subquery()


def unread_and_last(member: Member) -> dict[UUID, tuple[int, int]]:
    """Return how many messages wait for the member in each room, and up to which number they were counted."""
    rows = db.session.execute(_unread(member, sa.true()).add_columns(sa.func.max(Message.number)))
    return {room_id: (count, upto) for room_id, count, upto in rows}


def _unread(member: Member, where: sa.ColumnElement[bool]) -> sa.Select[UUID, int]:
    own = sa.and_(Stand.room_id == Room.id, Stand.member_id == member.id)
    fresh = sa.or_(Stand.room_id.is_not(None), Message.made_at > clock.now() - NEWS)
    return (
        sa.select(Message.room_id, sa.func.count().label("count")).join(Room, Room.id == Message.room_id).outerjoin(Stand, own)
        .where(sight.readable(member), where, Room.last_number > sa.func.coalesce(Stand.read_number, 0))
        .where(Message.number > sa.func.coalesce(Stand.read_number, 0), fresh, Message.removed_at.is_(None))
        .where(Message.sender_id != member.id, Message.sender_id.not_in(sight.blocked_by(member.id)))
        .group_by(Message.room_id)
    )  # fmt: skip
