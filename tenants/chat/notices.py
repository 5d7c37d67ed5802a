"""What notices of messages say: where, who, and the words, in names of today. Who left the room, muted it or blocked the
sender is told nothing, also of what was said before that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.chat import queries, sight
from tenants.chat.models import Message, Stand
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, describes
from tenants.people.models import Member


@describes("message", "mention")
def of_messages(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say of messages in which room, by whom, with what words; `is_open` until they were read there."""
    rooms = queries.named(reader, list({one.thread_id for one in notices}))
    own = sa.and_(Stand.room_id == Message.room_id, Stand.member_id == reader.id)
    rows = db.session.execute(
        sa.select(Message, Member, sa.func.coalesce(Stand.read_number, 0)).join(Member, Member.id == Message.sender_id).outerjoin(Stand, own)
        .where(Message.id.in_([one.subject_id for one in notices]), Message.room_id.in_(list(rooms)), Message.removed_at.is_(None))
        .where(sa.not_(sa.func.coalesce(Stand.is_muted, False)), Message.sender_id.not_in(sight.blocked_by(reader.id)))
    ).unique()  # fmt: skip
    found = {}
    for message, sender, read_number in rows:
        room = rooms[message.room_id]
        title = "" if room.room.kind == "direct" else room.title
        found[message.id] = Said(title, sender.name, message.body or "", is_open=read_number < message.number)
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}
