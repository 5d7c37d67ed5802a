"""What somebody said belongs to their own work, and the answers to what they asked at lessons."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.db import db
from tenants.chat.models import Message, Room
from tenants.chat.reading import Seen, seen
from tenants.learning.own_work import adds_own, stamp
from tenants.people.models import Member


@adds_own
def messages_of(member: Member) -> dict[str, Any]:
    """Return {messages: [...]}: all that the member said, in rooms that they left too, and whole their questions at lessons."""
    rows = db.session.execute(
        sa.select(Room.kind, Message).join(Message, Message.room_id == Room.id)
        .where(sa.or_(Message.sender_id == member.id, Room.asker_id == member.id), Message.removed_at.is_(None)).order_by(Message.id)
    ).all()  # fmt: skip
    kinds = {message.id: kind for kind, message in rows}
    found = [_message(one, kinds[one.message.id]) for one in seen([message for _, message in rows])]
    return {"messages": found} if found else {}


def _message(one: Seen, kind: str) -> dict[str, Any]:
    row = one.message
    return {"where": kind, "by": one.sender.name if one.sender else None, "text": row.body or "", "at": stamp(row.made_at)}
