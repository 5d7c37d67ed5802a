"""How somebody stands in their rooms: read up to where, silent, on top, out of sight; and whom they block."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, live
from core.db import db
from core.errors import Refused
from tenants.chat.models import MemberBlock, Room, Stand
from tenants.notifications.actions import mark_read
from tenants.people.models import Member


def reading(room_id: Any, member_id: Any, number: Any, at: Any = None) -> Any:
    """Return the statement by which somebody has read a room up to a message; it never goes back. The values may be parameters
    of a statement that is kept."""
    made = insert(Stand).values(
        room_id=room_id, member_id=member_id, read_number=number, read_at=clock.now() if at is None else at, is_muted=False, is_pinned=False
    )
    kept = {"read_number": sa.func.greatest(Stand.read_number, made.excluded.read_number), "read_at": made.excluded.read_at}
    return made.on_conflict_do_update(index_elements=["room_id", "member_id"], set_=kept)


def read_up_to(member: Member, room: Room, number: int) -> None:
    """Note that the member has read the room up to this message, never beyond the last. Their own open pages are told, those
    of others when they may know."""
    last = max(0, min(number, room.last_number))
    db.session.execute(reading(room.id, member.id, last))
    mark_read(member.id, ("message", "mention"), room.id)
    live.tell({"event": "read", "room": str(room.id), "member": str(member.id), "number": last, "shown": member.shows_read})


def set_stand(member: Member, room: Room, **changed: Any) -> None:
    """Change how the member stands in the room: is_muted, is_pinned, archived_number."""
    made = insert(Stand).values(
        room_id=room.id, member_id=member.id, **{"read_number": 0, "is_muted": False, "is_pinned": False, **changed}
    )
    db.session.execute(made.on_conflict_do_update(index_elements=["room_id", "member_id"], set_=changed))
    db.session.expire_all()


def block(member: Member, other: Member) -> None:
    """Hear no more of somebody: no direct messages either way, and their words in shared rooms are folded."""
    if member.id == other.id:
        raise Refused("block oneself")
    row = insert(MemberBlock).values(member_id=member.id, blocked_id=other.id, made_at=clock.now())
    db.session.execute(row.on_conflict_do_nothing())


def unblock(member: Member, other_id: UUID) -> None:
    """Hear of somebody again."""
    db.session.execute(sa.delete(MemberBlock).where(MemberBlock.member_id == member.id, MemberBlock.blocked_id == other_id))


def show(member: Member, presence: bool, typing: bool, read: bool) -> None:
    """Choose what others in the chat see of the member."""
    member.shows_presence, member.shows_typing, member.shows_read = presence, typing, read
    db.session.flush()
