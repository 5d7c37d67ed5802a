"""Verbs of chat: open rooms, post, edit, remove, react, read. They flush; the edge commits.

Whoever posts has the room's row locked, so that numbers have no gaps and their order is the order of the commits. What
happened is told to open pages after the commit (`core/live.py`): ids and numbers, never words.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from core import clock, ids, live
from core.db import db
from core.errors import Forbidden, NotFound, Refused
from core.sealed import columns_for
from tenants.chat import queries, rules
from tenants.chat.models import Mention, Message, Reaction, Room, Stand
from tenants.chat.queries import Seen
from tenants.chat.rules import MAX_BODY, SIGNS, clean_body
from tenants.learning.queries import Taken
from tenants.people.models import Member


class NothingSaid(Refused):
    """The message is empty."""


def open_direct(member: Member, other: Member) -> Room:
    """Return the room of these two, made if they never talked. Raises NotFound when they may not talk by themselves."""
    if not rules.may_begin(member, other, queries.manners(), queries.are_together(member, other)):
        raise NotFound("may not talk")
    one, two = sorted((member.id, other.id))
    return _room("direct", {"one_id": one, "other_id": two}, sa.and_(Room.one_id == one, Room.other_id == two))


def open_lesson(taken: Taken, lesson_id: UUID) -> Room:
    """Return the room in which a participant asks about a lesson of a course that they take."""
    asker = taken.enrolment.member_id
    facts = {"course_id": taken.course.id, "lesson_id": lesson_id, "asker_id": asker}
    return _room("lesson", facts, sa.and_(Room.asker_id == asker, Room.lesson_id == lesson_id))


def open_course(course_id: UUID) -> Room:
    """Return the room of everybody in a course."""
    return _room("course", {"course_id": course_id}, Room.course_id == course_id)


def open_group(group_id: UUID) -> Room:
    """Return the room of a group."""
    return _room("group", {"group_id": group_id}, Room.group_id == group_id)


def _room(kind: str, facts: dict[str, UUID], same: sa.ColumnElement[bool]) -> Room:
    wanted = sa.select(Room).where(Room.kind == kind, same)
    found = db.session.scalar(wanted)
    if found is None:
        made = insert(Room).values(id=ids.uuid7(), kind=kind, last_at=clock.now(), made_at=clock.now(), last_number=0, **facts)
        db.session.execute(made.on_conflict_do_nothing())
        found = db.session.scalars(wanted).one()
    return found


def post_message(member: Member, room_id: UUID, body: str, client_id: UUID, reply_to: UUID | None = None) -> Seen:
    """Return the message, with its place in the room; what is sent again under its `client_id` is said once.

    Raises NotFound (not in the room), Forbidden (may read only), NothingSaid, Refused (too long). Two statements, one more
    when somebody is named.
    """
    words = clean_body(body)
    if not words:
        raise NothingSaid("write something first")
    if len(words) > MAX_BODY:
        raise Refused("message too long")
    room, earlier, manners = queries.room_to_post(member, room_id, client_id)
    if earlier is not None:
        return Seen(earlier, member)
    if not rules.may_post(member, room, manners):
        raise Forbidden("may not write here")
    named = queries.people_named(room, words) if "@" in words else []
    message = _write(member, room, words, client_id, reply_to, named)
    _tell(room, message, "said")
    return Seen(message, member)


def _write(member: Member, room: Room, words: str, client_id: UUID, reply_to: UUID | None, named: Collection[UUID]) -> Message:
    """Write message, room and the sender's stand in one statement."""
    now, row_id, number = clock.now(), ids.uuid7(), room.last_number + 1
    answered = sa.select(Message.id).where(Message.id == reply_to, Message.room_id == room.id).scalar_subquery()
    made = (
        sa.insert(Message).values(
            id=row_id, room_id=room.id, number=number, sender_id=member.id, client_id=client_id, kind="text", version=1,
            reply_to=answered if reply_to else None, made_at=now, **columns_for(Message, row_id, body=words),
        ).returning(*Message.__table__.c).cte("made")
    )  # fmt: skip
    moved = sa.update(Room).where(Room.id == room.id).values(last_number=number, last_at=now).returning(Room.id).cte("moved")
    stood = _read_up_to(room.id, member.id, number).returning(Stand.room_id).cte("stood")
    wanted = sa.select(aliased(Message, made)).add_cte(moved, stood)
    if named:
        rows = sa.insert(Mention).values([{"message_id": row_id, "member_id": one} for one in named])
        wanted = wanted.add_cte(rows.returning(Mention.member_id).cte("named"))
    message: Message = db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    return message


def _read_up_to(room_id: UUID, member_id: UUID, number: int) -> Any:
    made = insert(Stand).values(
        room_id=room_id, member_id=member_id, read_number=number, read_at=clock.now(), is_muted=False, is_pinned=False
    )
    kept = {"read_number": sa.func.greatest(Stand.read_number, made.excluded.read_number), "read_at": made.excluded.read_at}
    return made.on_conflict_do_update(index_elements=["room_id", "member_id"], set_=kept)


def read_up_to(member: Member, room: Room, number: int) -> None:
    """Note that the member has read the room up to this message; it never goes back, nor beyond the last one."""
    db.session.execute(_read_up_to(room.id, member.id, min(number, room.last_number)))
    live.tell({"event": "read", "room": str(room.id), "member": str(member.id), "number": min(number, room.last_number)})


def set_stand(member: Member, room: Room, **changed: Any) -> None:
    """Change how the member stands in the room: is_muted, is_pinned, archived_number."""
    made = insert(Stand).values(
        room_id=room.id, member_id=member.id, **{"read_number": 0, "is_muted": False, "is_pinned": False, **changed}
    )
    db.session.execute(made.on_conflict_do_update(index_elements=["room_id", "member_id"], set_=changed))


def edit_message(member: Member, message: Message, body: str) -> None:
    """Change the words; that they were changed, and when, is shown. Raises Forbidden, NothingSaid, Refused."""
    if not rules.may_edit(member, message):
        raise Forbidden("not yours")
    words = clean_body(body)
    if not words:
        raise NothingSaid("write something first")
    if len(words) > MAX_BODY:
        raise Refused("message too long")
    if words != message.body:
        message.body, message.edited_at, message.version = words, clock.now(), message.version + 1
        db.session.flush()
        _tell(message.room, message, "changed")


def remove_message(member: Member, message: Message) -> None:
    """Take the words away; that something was said here stays. Raises Forbidden."""
    if message.removed_at is not None:
        return
    if not rules.may_remove(member, message):
        raise Forbidden("not yours")
    message.body, message.removed_at, message.removed_by = "", clock.now(), member.id
    message.version += 1
    db.session.execute(sa.delete(Reaction).where(Reaction.message_id == message.id))
    db.session.flush()
    _tell(message.room, message, "changed")


def react(member: Member, message: Message, sign: str) -> None:
    """Put a sign under the message, or take one's own away again. Raises Refused for another sign than SIGNS."""
    if sign not in SIGNS or message.removed_at is not None:
        raise Refused("no such sign")
    mine = (Reaction.message_id == message.id, Reaction.member_id == member.id, Reaction.sign == sign)
    gone = db.session.execute(sa.delete(Reaction).where(*mine).returning(Reaction.sign)).all()
    if not gone:
        db.session.execute(insert(Reaction).values(message_id=message.id, member_id=member.id, sign=sign, made_at=clock.now())
                           .on_conflict_do_nothing())  # fmt: skip
    message.version += 1
    db.session.flush()
    _tell(message.room, message, "changed")


def _tell(room: Room, message: Message, event: str) -> None:
    live.tell({"event": event, "room": str(room.id), "message": str(message.id), "number": message.number})
