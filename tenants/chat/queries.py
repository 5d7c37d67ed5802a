"""Reads of chat, each through the person: their rooms, a page of a room, what is new, a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.chat import sight
from tenants.chat.models import Message, Reaction, Room, Stand
from tenants.chat.rules import Manners, named_in
from tenants.courses.models import Course, Publication
from tenants.groups.models import Group, GroupMember
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_open_now
from tenants.people.models import Member
from tenants.people.names import folded
from tenants.settings.models import Setting

PAGE = 50
MOST_FOUND = 50
SETTING = "chat"


@dataclass(frozen=True)
class Listed:
    """A room in somebody's list: its name, who the other is, the last message, how many are unread."""

    room: Room
    title: str
    other: Member | None
    stand: Stand | None
    last: Message | None
    unread: int

    @property
    def is_hidden(self) -> bool:
        """Return whether it was archived and nothing was said since."""
        until = self.stand.archived_number if self.stand else None
        return until is not None and self.room.last_number <= until


@dataclass(frozen=True)
class Seen:
    """A message as a page shows it: who said it (None: somebody who left), signs with who put them, what it answers."""

    message: Message
    sender: Member | None
    signs: dict[str, list[UUID]] = field(default_factory=dict)
    answered: Message | None = None
    answered_by: Member | None = None


def manners() -> Manners:
    """Return how the academy talks."""
    return Manners.of(db.session.scalar(_manners()))


def _manners() -> sa.Select[tuple[Any]]:
    return sa.select(Setting.value).where(Setting.name == SETTING)


def are_together(member: Member, other: Member) -> bool:
    """Return whether two people share a course or a group now."""
    mine, theirs = (sa.select(Enrolment.course_id).where(Enrolment.member_id == one.id, is_open_now()) for one in (member, other))
    ours, others = (sa.select(GroupMember.group_id).where(GroupMember.member_id == one.id) for one in (member, other))
    wanted = sa.select(sa.or_(sa.exists(mine.intersect(theirs).subquery().select()), sa.exists(ours.intersect(others).subquery().select())))
    return bool(db.session.scalar(wanted))


def room_for(member: Member, room_id: UUID) -> Room:
    """Return a room that the member is in now. Raises NotFound."""
    found = db.session.scalar(sa.select(Room).where(Room.id == room_id, sight.readable(member)))
    if found is None:
        raise NotFound("no such room")
    return found


def room_to_post(member: Member, room_id: UUID, client_id: UUID) -> tuple[Room, Message | None, Manners]:
    """Return the room, locked, the message that was sent under this id already, and the academy's manners. One statement."""
    same = sa.and_(Message.sender_id == member.id, Message.client_id == client_id)
    row: Any = db.session.execute(
        sa.select(Room, Message, _manners().scalar_subquery())
        .outerjoin(Message, sa.and_(Message.room_id == Room.id, same))
        .where(Room.id == room_id, sight.readable(member))
        .with_for_update(of=Room).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("no such room")
    return row[0], row[1], Manners.of(row[2])


def people_in(room: Room) -> list[Member]:
    """Return who is in the room now."""
    return list(db.session.scalars(sa.select(Member).where(sight.people_of(room))).unique())


def people_named(room: Room, words: str) -> list[UUID]:
    """Return who in the room is named in the words as @Name."""
    names: dict[str, UUID] = {}
    for one in people_in(room):
        names.setdefault((one.first_name or "").casefold(), one.id)
        names[one.name.casefold()] = one.id
    return named_in(words, names)


def rooms_of(member: Member) -> list[Listed]:
    """Return the rooms that the member is in, pinned ones first, then by last message. Three statements."""
    own = sa.and_(Stand.room_id == Room.id, Stand.member_id == member.id)
    other = sa.case((Room.one_id == member.id, Room.other_id), else_=Room.one_id)
    who = sa.case((Room.kind == "direct", other), (Room.kind == "lesson", Room.asker_id))
    rows: Any = db.session.execute(
        sa.select(Room, Stand, Member, Group.name, Publication.outline["title"].astext, lesson_title(), Message)
        .outerjoin(Stand, own).outerjoin(Member, Member.id == who).outerjoin(Group, Group.id == Room.group_id)
        .outerjoin(Course, Course.id == Room.course_id).outerjoin(Publication, Publication.id == Course.publication_id)
        .outerjoin(Message, sa.and_(Message.room_id == Room.id, Message.number == Room.last_number))
        .where(sight.readable(member))
        .order_by(sa.func.coalesce(Stand.is_pinned, False).desc(), Room.last_at.desc(), Room.id)
    ).unique().all()
    unread = unread_of(member)
    return [
        Listed(room, _title(room, member, person, group, course, lesson), person, stand, last, unread.get(room.id, 0))
        for room, stand, person, group, course, lesson, last in rows
    ]


def lesson_title() -> sa.ColumnElement[str]:
    """Return the title of a room's lesson, as published."""
    path = sa.cast("$.modules[*].lessons[*] ? (@.id == $id).title", sa.Text).op("::")(sa.text("jsonpath"))
    return sa.func.jsonb_path_query_first(Publication.outline, path, sa.func.jsonb_build_object("id", sa.cast(Room.lesson_id, sa.Text))).op("#>>")(sa.text("'{}'"))


def _title(room: Room, member: Member, person: Member | None, group: str | None, course: str | None, lesson: str | None) -> str:
    if room.kind == "direct":
        return person.name if person else ""
    if room.kind == "group":
        return group or ""
    if room.kind == "course":
        return course or ""
    about = lesson or course or ""
    return about if room.asker_id == member.id or person is None else f"{person.name}: {about}"


def unread_of(member: Member) -> dict[UUID, int]:
    """Return how many messages of others the member has not read, by room; rooms without any are left out."""
    own = sa.and_(Stand.room_id == Room.id, Stand.member_id == member.id)
    rows = db.session.execute(
        sa.select(Message.room_id, sa.func.count()).join(Room, Room.id == Message.room_id).outerjoin(Stand, own)
        .where(sight.readable(member), Message.number > sa.func.coalesce(Stand.read_number, 0), Message.sender_id != member.id)
        .where(Message.removed_at.is_(None)).group_by(Message.room_id)
    )
    return {room_id: count for room_id, count in rows}


def messages_of(room: Room, before: int | None = None, after: int | None = None) -> list[Seen]:
    """Return a page of the room in its order: the last PAGE messages, those before a number, or those after one."""
    wanted = sa.select(Message).where(Message.room_id == room.id)
    if after is not None:
        rows = db.session.scalars(wanted.where(Message.number > after).order_by(Message.number).limit(4 * PAGE)).all()
    else:
        if before is not None:
            wanted = wanted.where(Message.number < before)
        rows = db.session.scalars(wanted.order_by(Message.number.desc()).limit(PAGE)).all()[::-1]
    return seen(rows)


def message_in(room: Room, message_id: UUID, lock: bool = False) -> Message:
    """Return a message of the room. Raises NotFound."""
    wanted = sa.select(Message).where(Message.id == message_id, Message.room_id == room.id)
    found = db.session.scalar(wanted.options(sa.orm.joinedload(Message.room)).with_for_update(of=Message) if lock else wanted)
    if found is None:
        raise NotFound("no such message")
    return found


def seen(rows: Sequence[Message]) -> list[Seen]:
    """Return messages with who said them, their signs and what they answer. Three statements at most."""
    answered = _by_id({row.reply_to for row in rows if row.reply_to} - {row.id for row in rows}) | {row.id: row for row in rows}
    people = _people({row.sender_id for row in answered.values()})
    signs = _signs([row.id for row in rows])
    found = []
    for row in rows:
        other = answered.get(row.reply_to) if row.reply_to else None
        found.append(Seen(row, people.get(row.sender_id), signs[row.id], other, people.get(other.sender_id) if other else None))
    return found


def _by_id(wanted: Iterable[UUID]) -> dict[UUID, Message]:
    keys = list(wanted)
    return {row.id: row for row in db.session.scalars(sa.select(Message).where(Message.id.in_(keys)))} if keys else {}


def _people(wanted: Iterable[UUID]) -> dict[UUID, Member]:
    return {one.id: one for one in db.session.scalars(sa.select(Member).where(Member.id.in_(list(wanted)))).unique()}


def _signs(messages: Sequence[UUID]) -> defaultdict[UUID, dict[str, list[UUID]]]:
    found: defaultdict[UUID, dict[str, list[UUID]]] = defaultdict(dict)
    rows = db.session.execute(
        sa.select(Reaction.message_id, Reaction.sign, Reaction.member_id).where(Reaction.message_id.in_(messages)).order_by(Reaction.made_at)
    )
    for message_id, sign, member_id in rows:
        found[message_id].setdefault(sign, []).append(member_id)
    return found


def search(member: Member, words: str) -> list[tuple[Room, Message]]:
    """Return the newest messages that hold the words, in rooms that the member is in now. Bodies are encrypted, so they are
    opened and looked in, newest first, until MOST_FOUND are found."""
    sought, found = folded(words), []
    if len(sought) < 2:
        return []
    rows = db.session.execute(
        sa.select(Message.id, stored(Message, "body")).join(Room, Room.id == Message.room_id)
        .where(sight.readable(member), Message.removed_at.is_(None)).order_by(Message.id.desc())
    ).all()
    for at in range(0, len(rows), 2_000):
        part = [(row[0], row[1]) for row in rows[at : at + 2_000]]
        bodies = unseal_rows(Message, "body", part)
        found += [key for (key, _), body in zip(part, bodies, strict=True) if sought in folded(body or "")]
        if len(found) >= MOST_FOUND:
            break
    hits = db.session.execute(sa.select(Room, Message).join(Message, Message.room_id == Room.id)
                              .where(Message.id.in_(found[:MOST_FOUND])).order_by(Message.id.desc()))  # fmt: skip
    return [(room, message) for room, message in hits]
