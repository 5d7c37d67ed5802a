"""Who is to be told of a message that they have not seen: of those in the room now, who did not write it, read it, mute it or block."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.chat import sight
from tenants.chat.models import MemberBlock, Message, Room, Stand
from tenants.people.models import Member


def tell_people(message_id: UUID) -> dict[UUID, list[UUID]]:
    """Tell people of this message and what was said after it in the room; return message ids by who is told.

    The lead joins `tenants.notifications` here: the kinds are "mention" for who is named and "message" for the others.
    """
    message = db.session.get(Message, message_id)
    if message is None:
        return {}
    room = db.session.get_one(Room, message.room_id)
    rows = db.session.scalars(
        sa.select(Message).where(Message.room_id == room.id, Message.number >= message.number, Message.removed_at.is_(None)).order_by(Message.number)
    ).all()
    found: dict[UUID, list[UUID]] = {}
    for row in rows:
        for member_id in to_tell(room, row):
            found.setdefault(member_id, []).append(row.id)
    return found


def to_tell(room: Room, message: Message) -> list[UUID]:
    """Return who is to be told of one message."""
    own = sa.and_(Stand.room_id == room.id, Stand.member_id == Member.id)
    has_blocked = sa.exists().where(MemberBlock.member_id == Member.id, MemberBlock.blocked_id == message.sender_id)
    wanted = (
        sa.select(Member.id).outerjoin(Stand, own)
        .where(sight.people_of(room), Member.id != message.sender_id, sa.not_(has_blocked))
        .where(sa.func.coalesce(Stand.read_number, 0) < message.number, sa.not_(sa.func.coalesce(Stand.is_muted, False)))
    )  # fmt: skip
    return list(db.session.scalars(wanted))
