"""What somebody said and did in messages belongs to their own work, and the answers to what they asked at lessons."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from core.db import db
from tenants.chat.models import MemberBlock, Mention, Message, MessageReport, Reaction, Room, Stand
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
    return {"id": str(row.id), "where": kind, "by": one.sender.name if one.sender else None, "text": row.body or "", "at": stamp(row.made_at)}


@adds_own
def done_in_messages(member: Member) -> dict[str, Any]:
    """Return what the member did beside talking: signs, reports, whom they blocked, how far they read; and where they are named."""
    parts = {"message_signs": _signs(member), "message_reports": _reports(member), "messages_naming_me": _namings(member),
             "blocked_people": _blocks(member), "message_rooms": _stands(member)}  # fmt: skip
    return {name: rows for name, rows in parts.items() if rows}


def _signs(member: Member) -> list[dict[str, Any]]:
    rows = db.session.execute(_about(Reaction, Reaction.message_id).where(Reaction.member_id == member.id).order_by(Reaction.made_at))
    return [{"where": kind, "message": str(one.message_id), "sign": one.sign, "at": stamp(one.made_at)} for kind, _, one in rows]


def _reports(member: Member) -> list[dict[str, Any]]:
    rows = db.session.execute(_about(MessageReport, MessageReport.message_id).where(MessageReport.reporter_id == member.id).order_by(MessageReport.made_at))
    return [{"where": kind, "message": str(one.message_id), "reason": one.reason or "", "at": stamp(one.made_at)} for kind, _, one in rows]


def _namings(member: Member) -> list[dict[str, Any]]:
    rows = db.session.execute(_about(Mention, Mention.message_id).where(Mention.member_id == member.id).order_by(Message.id))
    return [{"where": kind, "message": str(one.message_id), "at": stamp(at)} for kind, at, one in rows]


def _about(model: Any, message_id: Any) -> sa.Select[Any]:
    """Return the statement of (kind of room, when it was said, row) for rows about messages."""
    said = sa.select(Room.kind, Message.made_at, model).select_from(model).join(Message, Message.id == message_id)
    return said.join(Room, Room.id == Message.room_id)


def _blocks(member: Member) -> list[dict[str, Any]]:
    rows = db.session.execute(
        sa.select(MemberBlock.made_at, Member).join(Member, Member.id == MemberBlock.blocked_id)
        .where(MemberBlock.member_id == member.id).options(lazyload(Member.role_rows)).order_by(MemberBlock.made_at)
    )  # fmt: skip
    return [{"name": other.name, "at": stamp(at)} for at, other in rows]


def _stands(member: Member) -> list[dict[str, Any]]:
    rows = db.session.execute(
        sa.select(Room.kind, Stand).join(Room, Room.id == Stand.room_id).where(Stand.member_id == member.id).order_by(Room.made_at, Room.id)
    )
    return [
        {"where": kind, "read_up_to": one.read_number, "read_at": stamp(one.read_at), "is_muted": one.is_muted, "is_pinned": one.is_pinned,
         "is_archived": one.archived_number is not None} for kind, one in rows
    ]  # fmt: skip
