"""Verbs of chat: open rooms, post, edit, remove, react. They flush; the edge commits.

Whoever posts has the room's row locked, so that numbers have no gaps and their order is the order of the commits. What
happened is told to open pages after the commit (`core/live.py`): ids and numbers, never words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from core import clock, ids, live, queue
from core.db import db
from core.errors import Forbidden, NotFound, Refused, TooMany
from core.sealed import columns_for, stored
from tenants.chat import attachments, queries, rules
from tenants.chat.attachments import Prepared
from tenants.chat.carrying import DrawEach, tell_said
from tenants.chat.models import Mention, Message, MessageReport, Reaction, Room, Stand
from tenants.chat.queries import ToPost
from tenants.chat.reading import Seen
from tenants.chat.rules import FLOOD_S, MAX_BODY, SIGNS, clean_body
from tenants.chat.standing import reading
from tenants.learning.queries import Taken
from tenants.people.models import Member

# Who is looking at the room reads a message within this time and need not be told of it.
PATIENCE: Final = timedelta(seconds=5)


class NothingSaid(Refused):
    """The message is empty."""


class Kept(Refused):
    """The words may be needed as they are: somebody is asked to look at them, or the room is held. The word says which."""


class Silent(Forbidden):
    """The member may read here and not write; the word says why (`rules.why_silent`)."""


def open_direct(member: Member, other: Member) -> Room:
    """Return the room of these two, made if they never talked. Raises NotFound when they may not talk by themselves."""
    if not queries.may_reach(member, other):
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


def post_message(
    member: Member, room_id: UUID, body: str, client_id: UUID, reply_to: UUID | None = None, files: Sequence[Prepared] = (),
    draw: DrawEach | None = None,
) -> Seen:
    """Return the message, with its place in the room; what is sent again under its `client_id` is said once. With `draw` its
    event carries it to open pages.

    Raises NotFound (not in the room), Silent (may read only), NothingSaid, Refused (too long), TooMany. Two statements, one
    more when somebody is named; with files some more.
    """
    words = checked(body, bool(files))
    to_post = queries.room_to_post(member, room_id, client_id, reply_to)
    room, earlier = to_post.room, to_post.earlier
    if earlier is not None:
        if earlier.room_id != room.id:
            raise Refused("sent already")
        return Seen(earlier, member, answered=to_post.answered, answered_by=to_post.answered_by, files=attachments.files_of([earlier])[earlier.id])
    why = rules.why_silent(member, room, to_post.manners, to_post.reach)
    if why is not None:
        raise Silent(why)
    if to_post.is_flood:
        raise TooMany(FLOOD_S)
    attachments.check_files(member, files)
    named = queries.people_named(room, words) if "@" in words else []
    message = write(member, to_post, words, client_id, named, carries=files[0].kind if files else None)
    kept = attachments.keep(message, member, files) if files else ()
    said = Seen(message, member, {}, to_post.answered, to_post.answered_by, tuple(named), kept)
    tell_said(room, said, draw)
    return said


def check_may_say(member: Member, room: Room) -> None:
    """Raise Silent or TooMany where the member may say nothing in the room now."""
    why = rules.why_silent(member, room, queries.manners(), queries.reach_in(member, room))
    if why is not None:
        raise Silent(why)
    if queries.is_flood(member, room):
        raise TooMany(FLOOD_S)


def checked(body: str, has_files: bool = False) -> str:
    """Return the words as they are stored. Raises NothingSaid, Refused."""
    words = clean_body(body)
    if not words and not has_files:
        raise NothingSaid("empty message")
    if len(words) > MAX_BODY:
        raise Refused("message too long")
    return words


def write(member: Member, to_post: ToPost, words: str, client_id: UUID, named: Sequence[Member] = (), kind: str = "text",
          carries: str | None = None) -> Message:
    """Return the message, written with the room, the sender's stand and the work of telling people, in one statement; whoever
    writes tells open pages of it (`tell_said`)."""
    room, answered = to_post.room, to_post.answered
    now, row_id, number = clock.now(), ids.uuid7(), room.last_number + 1
    wanted = _writing()
    if named:
        rows = sa.insert(Mention).values([{"message_id": row_id, "member_id": one.id} for one in named])
        wanted = wanted.add_cte(rows.returning(Mention.member_id).cte("named"))
    told = {
        "message": row_id, "room": room.id, "place": number, "who": member.id, "client": client_id, "what": kind, "carried": carries,
        "answered": answered.id if answered else None, "now": now, "body": columns_for(Message, row_id, body=words)[stored(Message, "body").key],
        **queue.told("chat.notify", due=now + PATIENCE, once=f"chat-{room.id}", message_id=row_id),
    }  # fmt: skip
    message, put_in = db.session.execute(wanted, told).one()
    if put_in is None:
        raise Refused("too much work")
    return message


@cache
def _writing() -> sa.Select[Any]:
    """Return the statement that writes a message, with all that goes with it; making it took more than asking it."""
    uuid = {name: sa.bindparam(name, type_=sa.Uuid()) for name in ("message", "room", "who", "client", "answered")}
    place, now = sa.bindparam("place", type_=sa.BigInteger()), sa.bindparam("now", type_=sa.DateTime(timezone=True))
    said = {name: sa.bindparam(name, type_=sa.Text()) for name in ("what", "carried")}
    made = (
        sa.insert(Message).values(
            id=uuid["message"], room_id=uuid["room"], number=place, sender_id=uuid["who"], client_id=uuid["client"], kind=said["what"], version=1,
            carries=said["carried"], reply_to=uuid["answered"], made_at=now, changed_at=now, **{stored(Message, "body").key: sa.bindparam("body", type_=sa.LargeBinary())},
        ).returning(*Message.__table__.c).cte("made")
    )  # fmt: skip
    moved = sa.update(Room).where(Room.id == uuid["room"]).values(last_number=place, last_at=now).returning(Room.id).cte("moved")
    stood = reading(uuid["room"], uuid["who"], place, now).returning(Stand.room_id).cte("stood")
    wanted = sa.select(aliased(Message, made), queue.piece()).add_cte(moved, stood)
    return wanted.execution_options(populate_existing=True)


def edit_message(member: Member, message: Message, body: str) -> None:
    """Change the words; that they were changed, and when, is shown. Raises Forbidden, Silent, NothingSaid, Kept, Refused."""
    if not rules.may_edit(member, message):
        raise Forbidden("not yours")
    why = rules.why_silent(member, message.room, queries.manners(), queries.reach_in(member, message.room))
    if why is not None:
        raise Silent(why)
    words = checked(body, message.carries is not None)
    if words == message.body:
        return
    _check_free(message)
    message.body, message.edited_at = words, clock.now()
    db.session.execute(sa.delete(Mention).where(Mention.message_id == message.id))
    named = queries.people_named(message.room, words) if "@" in words else []
    db.session.add_all([Mention(message_id=message.id, member_id=one.id) for one in named])
    changed(message)
    _answers_changed(message)


def remove_message(member: Member, message: Message) -> None:
    """Take one's own words away; that something was said here stays. Raises Forbidden, Kept."""
    if message.removed_at is not None:
        return
    if not rules.may_edit(member, message):
        raise Forbidden("not yours")
    _check_free(message)
    empty(message, member)


def _check_free(message: Message) -> None:
    """Raise Kept while somebody may need the words as they are."""
    if message.room.held_at is not None:
        raise Kept("room held")
    waiting = sa.select(MessageReport.id).where(MessageReport.message_id == message.id, MessageReport.state == "open")
    if db.session.scalar(waiting.limit(1)) is not None:
        raise Kept("report open")


def empty(message: Message, by: Member) -> None:
    """Take the words of a message away, with its files, signs and names in it."""
    if message.carries:
        attachments.take_away(sa.select(Message.id).where(Message.id == message.id))
        message.carries = None
    message.body, message.removed_at, message.removed_by = "", clock.now(), by.id
    for of in (Reaction, Mention):
        db.session.execute(sa.delete(of).where(of.message_id == message.id))
    changed(message)
    _answers_changed(message)


def react(member: Member, message: Message, sign: str) -> None:
    """Put a sign under the message, or take one's own away again. Raises Refused for another sign than SIGNS, Silent."""
    if sign not in SIGNS or message.removed_at is not None:
        raise Refused("no such sign")
    why = rules.why_silent(member, message.room, queries.manners(), queries.reach_in(member, message.room))
    if why is not None:
        raise Silent(why)
    mine = (Reaction.message_id == message.id, Reaction.member_id == member.id, Reaction.sign == sign)
    gone = db.session.execute(sa.delete(Reaction).where(*mine).returning(Reaction.sign)).all()
    if not gone:
        row = insert(Reaction).values(message_id=message.id, member_id=member.id, sign=sign, made_at=clock.now())
        db.session.execute(row.on_conflict_do_nothing())
    changed(message)


def changed(message: Message) -> None:
    """Number the change, and let open pages know of it."""
    message.version += 1
    message.changed_at = clock.now()
    db.session.flush()
    _tell_changed(message.room_id, message.id, message.number)


def _answers_changed(message: Message) -> None:
    """Let open pages draw anew what quotes the message."""
    answers = sa.update(Message).where(Message.reply_to == message.id).values(version=Message.version + 1, changed_at=message.changed_at)
    quoting = answers.returning(Message.id, Message.number).execution_options(synchronize_session=False)
    for row_id, number in db.session.execute(quoting).all():
        _tell_changed(message.room_id, row_id, number)


def _tell_changed(room_id: UUID, message_id: UUID, number: int) -> None:
    live.tell({"event": "changed", "room": str(room_id), "message": str(message_id), "number": number})
