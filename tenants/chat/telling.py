"""Who is told of a message that they have not seen: of those in the room now, who did not write it, read it, mute it or block."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.chat import sight
from tenants.chat.models import MemberBlock, Mention, Message, Room, Stand
from tenants.notifications.actions import notify
from tenants.people.models import Member


def tell_people(message_id: UUID) -> None:
    """Tell people of this message and of what was said after it in the room. In the room of a course only who is named is
    told, and everybody of an announcement: what hundreds say there waits behind the number of the messages."""
    message = db.session.get(Message, message_id)
    if message is None:
        return
    room = db.session.get_one(Room, message.room_id)
    rows = db.session.scalars(
        sa.select(Message).where(Message.room_id == room.id, Message.number >= message.number, Message.removed_at.is_(None)).order_by(Message.number)
    ).all()
    named = _named(row.id for row in rows)
    for row in rows:
        people = set(to_tell(room, row))
        mentioned = people & named.get(row.id, set())
        others = people - mentioned if room.kind != "course" or row.kind == "notice" else set()
        for kind, ids in (("mention", mentioned), ("message", others)):
            notify(kind, ids, subject_id=row.id, thread_id=room.id, link=f"/messages/{room.id}?around={row.number}")


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


def _named(messages: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    rows = db.session.execute(sa.select(Mention.message_id, Mention.member_id).where(Mention.message_id.in_(list(messages))))
    for message_id, member_id in rows:
        found.setdefault(message_id, set()).add(member_id)
    return found
