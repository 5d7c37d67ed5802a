"""Reads of chat, each through the person: the academy's manners, their rooms, what is new, who is in a room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, lazyload

from core import clock
from core.db import db
from core.errors import NotFound
from tenants.chat import sight
from tenants.chat.models import MemberBlock, Message, Room, Stand
from tenants.chat.rules import FLOOD, FLOOD_S, STAFF, Manners, Reach, is_staff, named_in
from tenants.chat.unread import unread_of
from tenants.courses.models import Course, Publication
from tenants.groups.models import Group
from tenants.people.models import Member
from tenants.settings.models import Setting

SETTING = "chat"

@dataclass(frozen=True)
class Named:
    """A room as somebody knows it: its title, who the other is (None: nobody, or somebody who left), where it belongs."""

    room: Room
    title: str
    other: Member | None
    course: str | None = None


@dataclass(frozen=True)
class Listed(Named):
    """A room in somebody's list: the last message and who said it, how many are unread."""

    stand: Stand | None = None
    last: Message | None = None
    last_by: Member | None = None
    unread: int = 0

    @property
    def is_hidden(self) -> bool:
        """Return whether it was archived and nothing was said since."""
        until = self.stand.archived_number if self.stand else None
        return until is not None and self.room.last_number <= until

    @property
    def is_muted(self) -> bool:
        """Return whether the person wants to hear nothing of it."""
        return self.stand is not None and self.stand.is_muted

    @property
    def is_pinned(self) -> bool:
        """Return whether it stands on top."""
        return self.stand is not None and self.stand.is_pinned


@dataclass(frozen=True)
class ToPost:
    """A room, locked, and all that decides whether something may be said there, and said again."""

    room: Room
    earlier: Message | None
    manners: Manners
    reach: Reach
    answered: Message | None
    answered_by: Member | None
    said_lately: int

    @property
    def is_flood(self) -> bool:
        """Return whether the person says too much at once."""
        return self.said_lately >= FLOOD


def manners() -> Manners:
    """Return how the academy talks, as it works out."""
    return Manners.of(db.session.scalar(_manners()))


def manners_chosen() -> Manners:
    """Return what was chosen for the chat."""
    return Manners.as_chosen(db.session.scalar(_manners()))


def _manners() -> sa.Select[Any]:
    return sa.select(Setting.value).where(Setting.name == SETTING)


def _peers() -> sa.ColumnElement[bool]:
    """Return whether participants talk to one another where nothing else is said, as SQL."""
    chosen = sa.select(sa.cast(Setting.value["peers"].astext, sa.Boolean)).where(Setting.name == SETTING).scalar_subquery()
    return sa.func.coalesce(chosen, sa.true())


def room_for(member: Member, room_id: UUID, lock: bool = False) -> Room:
    """Return a room that the member is in now. Raises NotFound."""
    wanted = sa.select(Room).where(Room.id == room_id, sight.readable(member))
    found = db.session.scalar(wanted.with_for_update(of=Room).execution_options(populate_existing=True) if lock else wanted)
    if found is None:
        raise NotFound("no such room")
    return found


def room_to_post(member: Member, room_id: UUID, client_id: UUID, reply_to: UUID | None = None) -> ToPost:
    """Return the room, locked, with what decides whether the member may write there. One statement. Raises NotFound."""
    wanted = _to_post(member) if member.is_limited else _to_post_at(is_staff(member), int(clock.now().timestamp()))
    asked = {"me": member.id, "room": room_id, "client": client_id, "reply": reply_to}
    row: Any = db.session.execute(wanted, asked).one_or_none()
    if row is None:
        raise NotFound("no such room")
    return ToPost(row[0], row[1], Manners.of(row[2]), _reach_of(row[3:6]), *row[6:9])


@dataclass(frozen=True)
class Anybody:
    """Somebody who is not known yet, for a statement that is kept: who they are is told when it is asked."""

    roles: frozenset[str]
    id: Any = field(default_factory=lambda: sa.bindparam("me", type_=sa.Uuid()))
    is_limited: bool = False


@lru_cache(maxsize=4)
def _to_post_at(staff: bool, second: int) -> sa.Select[Any]:
    """Return the statement of who sees everybody, made once a second: making it took more than asking it, and the present
    moment stands in it."""
    return _to_post(cast(Member, Anybody(STAFF if staff else frozenset())))


def _to_post(member: Member) -> sa.Select[Any]:
    room_id, client_id, reply_to = (sa.bindparam(name, type_=sa.Uuid()) for name in ("room", "client", "reply"))
    earlier, answered, speaker = aliased(Message), aliased(Message), aliased(Member)
    return (
        sa.select(Room, earlier, _manners().scalar_subquery(), *_reach(member), answered, speaker, _said_lately(member)).select_from(Room)
        .outerjoin(earlier, sa.and_(earlier.sender_id == member.id, earlier.client_id == client_id))
        .outerjoin(answered, sa.and_(answered.id == reply_to, answered.room_id == Room.id))
        .outerjoin(speaker, speaker.id == answered.sender_id)
        .where(Room.id == room_id, sight.readable(member)).options(lazyload(speaker.role_rows))
        .with_for_update(of=Room).execution_options(populate_existing=True)
    )  # fmt: skip


def _reach(member: Member) -> tuple[Any, ...]:
    other = sight.other_than(member.id)
    allowed = sa.exists().where(Member.id == other, sight.reached(member, _peers())).correlate(Room)
    has_blocked = sa.exists().where(MemberBlock.member_id == member.id, MemberBlock.blocked_id == other).correlate(Room)
    is_blocked = sa.exists().where(MemberBlock.member_id == other, MemberBlock.blocked_id == member.id).correlate(Room)
    return tuple(sa.and_(Room.kind == "direct", one) for one in (allowed, has_blocked, is_blocked))


def _reach_of(row: Sequence[bool | None]) -> Reach:
    return Reach(*(bool(one) for one in row))


def _said_lately(member: Member) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count()).select_from(Message)
        .where(Message.room_id == Room.id, Message.number > Room.last_number - FLOOD, Message.sender_id == member.id)
        .where(Message.made_at > clock.now() - timedelta(seconds=FLOOD_S)).correlate(Room).scalar_subquery()
    )  # fmt: skip


def is_flood(member: Member, room: Room) -> bool:
    """Return whether the member says too much at once in the room."""
    return (db.session.scalar(sa.select(_said_lately(member)).select_from(Room).where(Room.id == room.id)) or 0) >= FLOOD


def reach_in(member: Member, room: Room) -> Reach:
    """Return what keeps the member from writing in a room of two."""
    if room.kind != "direct":
        return Reach()
    return _reach_of(db.session.execute(sa.select(*_reach(member)).where(Room.id == room.id)).one())


def may_reach(member: Member, other: Member) -> bool:
    """Return whether the member may begin to write to this person."""
    talks = manners()
    allowed = sa.select(Member.id).where(Member.id == other.id, sight.reached(member, talks.peers))
    return talks.direct and db.session.scalar(allowed) is not None


def people_in(room: Room) -> list[Member]:
    """Return who is in the room now."""
    return list(db.session.scalars(sa.select(Member).where(sight.people_of(room))).unique())


def is_in(member_id: UUID, room: Room) -> bool:
    """Return whether this member is in the room now."""
    return db.session.scalar(sa.select(Member.id).where(Member.id == member_id, sight.people_of(room))) is not None


def people_named(room: Room, words: str) -> list[Member]:
    """Return who in the room is named in the words as @Name."""
    names: dict[str, Member] = {}
    for one in people_in(room):
        names.setdefault((one.first_name or "").casefold(), one)
        names[one.name.casefold()] = one
    return named_in(words, names)


def rooms_of(member: Member) -> list[Listed]:
    """Return the rooms that the member is in, pinned ones first, then by last message. Two statements."""
    own = sa.and_(Stand.room_id == Room.id, Stand.member_id == member.id)
    speaker = aliased(Member)
    rows: Any = db.session.execute(
        _named(member).add_columns(Stand, Message, speaker)
        .outerjoin(Stand, own).outerjoin(Message, sa.and_(Message.room_id == Room.id, Message.number == Room.last_number))
        .outerjoin(speaker, speaker.id == Message.sender_id)
        .where(sight.readable(member)).options(lazyload(speaker.role_rows))
        .order_by(sa.func.coalesce(Stand.is_pinned, False).desc(), Room.last_at.desc(), Room.id)
    ).all()  # fmt: skip
    unread = unread_of(member)
    return [
        Listed(room, _title(room, member, *known), known[0], known[2], stand, last, speaker, unread.get(room.id, 0))
        for room, *known, stand, last, speaker in rows
        if room.last_number
    ]


def named(member: Member, rooms: Sequence[UUID]) -> dict[UUID, Named]:
    """Return these rooms as the member knows them, by id; those that they are not in are left out."""
    rows: Any = db.session.execute(_named(member).where(Room.id.in_(rooms), sight.readable(member)))
    return {room.id: Named(room, _title(room, member, *known), known[0], known[2]) for room, *known in rows}


def named_for(member: Member, room: Room) -> Named:
    """Return a room as the member knows it, without asking whether they are in it."""
    room, *known = db.session.execute(_named(member).where(Room.id == room.id)).one()
    return Named(room, _title(room, member, *known), known[0], known[2])


def _named(member: Member) -> sa.Select[Any]:
    who = sa.case((Room.kind == "direct", sight.other_than(member.id)), (Room.kind == "lesson", Room.asker_id))
    return (
        sa.select(Room, Member, Group.name, Publication.outline["title"].astext, lesson_title()).select_from(Room)
        .outerjoin(Member, Member.id == who).outerjoin(Group, Group.id == Room.group_id)
        .outerjoin(Course, Course.id == Room.course_id).outerjoin(Publication, Publication.id == Course.publication_id)
        .options(lazyload(Member.role_rows))
    )  # fmt: skip


def lesson_title() -> sa.ColumnElement[str]:
    """Return the title of a room's lesson, as published."""
    path = sa.cast("$.modules[*].lessons[*] ? (@.id == $id).title", sa.Text).op("::")(sa.text("jsonpath"))
    found = sa.func.jsonb_path_query_first(Publication.outline, path, sa.func.jsonb_build_object("id", sa.cast(Room.lesson_id, sa.Text)))
    return found.op("#>>")(sa.text("'{}'"))


def _title(room: Room, member: Member, person: Member | None, group: str | None, course: str | None, lesson: str | None) -> str:
    if room.kind == "direct":
        return person.name if person else ""
    if room.kind == "group":
        return group or ""
    if room.kind == "course":
        return course or ""
    about = lesson or course or ""
    return about if room.asker_id == member.id or person is None else f"{person.name}: {about}"


def stand_of(member: Member, room: Room) -> Stand | None:
    """Return how the member stands in the room, or None when they never opened it."""
    return db.session.get(Stand, (room.id, member.id))


def readers_of(room_id: UUID, inside: Sequence[Member], viewer: Member) -> dict[UUID, int]:
    """Return up to which number the others in a room have read, of those who show it; not who blocked the viewer or is blocked."""
    shown = [one.id for one in inside if one.shows_read and one.id != viewer.id]
    blocks = sa.select(MemberBlock.member_id).where(MemberBlock.blocked_id == viewer.id).union_all(sight.blocked_by(viewer.id))
    wanted = sa.select(Stand.member_id, Stand.read_number).where(Stand.room_id == room_id, Stand.member_id.in_(shown))
    rows = db.session.execute(wanted.where(Stand.member_id.not_in(blocks)))
    return {member_id: number for member_id, number in rows}


def blocked(member: Member) -> list[Member]:
    """Return whom the member has blocked."""
    return list(db.session.scalars(sa.select(Member).where(Member.id.in_(sight.blocked_by(member.id)))).unique())


def who(member_id: UUID | None) -> Member | None:
    """Return a member, or None for nobody and for somebody who left."""
    return None if member_id is None else db.session.get(Member, member_id)
