"""Reads of what just happened: for the feed once per event however many listen, for a page that comes back once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from core import clock
from core.db import db
from tenants.chat import sight
from tenants.chat.models import MemberBlock, Message, Room, Stand
from tenants.chat.sight import Place
from tenants.people.models import Member, MemberSession

# Moments are of whoever wrote, and a row is seen only after its commit: a look goes back this much further.
MARGIN: Final = timedelta(seconds=15)
MOST: Final = 300
# One person's page is answered with so many at once, and asks again or anew for the rest.
MOST_REPLAYED: Final = 100
MOST_CHANGED: Final = 50
Said = tuple[Room, Message]


def messages_by_id(wanted: Iterable[UUID], gaps: Iterable[tuple[UUID, int, int]] = ()) -> list[Said]:
    """Return these messages, and those of each (room, above, below), with their rooms, in the order of their rooms."""
    ways: list[sa.ColumnElement[bool]] = [Message.id == sa.any_(_ids(wanted))]
    ways += [sa.and_(Message.room_id == room, Message.number > above, Message.number < below) for room, above, below in gaps]
    return _said(sa.or_(*ways))


def versions_since(at: datetime, most: int) -> list[tuple[UUID, int]] | None:
    """Return the id and version of what was said or changed since then; None when it is more than `most`."""
    rows = db.session.execute(sa.select(Message.id, Message.version).where(Message.changed_at > at - MARGIN).limit(most + 1))
    found = [(message_id, version) for message_id, version in rows]
    return found if len(found) <= most else None


def changed_for(member: Member, at: datetime) -> list[Said] | None:
    """Return what was said or changed since then in the rooms that the member is in now; None when it is too much to send."""
    found = _said(Message.changed_at > at - MARGIN, sight.readable(member), most=MOST_REPLAYED + 1)
    return found if len(found) <= MOST_REPLAYED else None


def changed_in(room: Room, at: datetime, upto: int) -> tuple[list[Message], datetime | None]:
    """Return the messages of a room, up to a number, that changed since then, the earliest change first; and from when on to ask
    for the rest, None where this is all. What changed in one and the same moment (the words of somebody who left) stays together."""
    wanted = sa.select(Message).where(Message.room_id == room.id, Message.number <= upto, Message.changed_at >= at - MARGIN)
    rows = list(db.session.scalars(wanted.order_by(Message.changed_at, Message.number).limit(MOST + 1)))
    if len(rows) <= MOST_CHANGED:
        return rows, None
    last = rows[MOST_CHANGED - 1].changed_at
    until = last.replace(microsecond=last.microsecond // 1000 * 1000) + timedelta(milliseconds=1)
    return [row for row in rows if row.changed_at < until], until + MARGIN


def _said(*where: sa.ColumnElement[bool], most: int | None = None) -> list[Said]:
    rows: Any = db.session.execute(
        sa.select(Room, Message).join(Message, Message.room_id == Room.id).where(*where).order_by(Room.id, Message.number).limit(most)
    )
    return [(room, message) for room, message in rows]


def places(rooms: Iterable[Room]) -> list[Place]:
    """Return what decides who is in these rooms."""
    return [Place.of(room) for room in rooms]


def listeners(rooms: Iterable[Place], here: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return who of `here` may read each of these rooms now. One statement for each room: a small one that is kept took less
    than making one for all."""
    return {room.id: _listening(room, here) for room in rooms}


def _listening(room: Place, here: Collection[UUID]) -> set[UUID]:
    is_many, moves = room.kind == "course", room.kind in ("course", "lesson")
    asked = {"one": room.one_id, "other": room.other_id, "group": room.group_id, "course": room.course_id, "asker": room.asker_id}
    wanted = _people_at(room.kind, int(clock.now().timestamp()) if moves else 0)
    told = {**asked, "here": list(here)} if is_many else asked
    return {member_id for member_id in db.session.scalars(wanted, told) if member_id in here}


@lru_cache(maxsize=16)
def _people_at(kind: str, second: int) -> sa.Select[UUID]:
    """Return the statement of who is in a room of this kind, made once a second where the present moment stands in it. Of a
    course, where thousands may be, it asks only about who listens."""
    ids = {f"{name}_id": sa.bindparam(name, type_=sa.Uuid()) for name in ("one", "other", "group", "course", "asker")}
    anywhere: Any = SimpleNamespace(kind=kind, **ids)
    wanted = sa.select(Member.id).where(sight.people_of(anywhere))
    return wanted.where(Member.id == sa.any_(sa.bindparam("here", type_=ARRAY(sa.Uuid)))) if kind == "course" else wanted


def rooms_by_id(wanted: Iterable[UUID]) -> dict[UUID, Room]:
    """Return rooms by their ids."""
    return {room.id: room for room in db.session.scalars(sa.select(Room).where(Room.id == sa.any_(_ids(wanted))))}


def first_names(wanted: Iterable[UUID]) -> dict[UUID, str]:
    """Return by what these people are called."""
    rows = db.session.scalars(sa.select(Member).where(Member.id == sa.any_(_ids(wanted)))).unique()
    return {one.id: one.first_name or "" for one in rows}


def living(tokens: Iterable[bytes]) -> dict[bytes, bool]:
    """Return which of these sessions go on, and whether whose they are wants to be seen as here."""
    asked = sa.cast(list(tokens), ARRAY(sa.LargeBinary))
    rows = db.session.execute(
        sa.select(MemberSession.token_hash, Member.shows_presence)
        .join(Member, Member.id == MemberSession.member_id)
        .where(MemberSession.token_hash == sa.any_(asked), MemberSession.expires_at > clock.now(), Member.state == "active")
    )
    return {bytes(token): shows for token, shows in rows}


def muted_of(member: Member) -> set[UUID]:
    """Return which rooms tell the member of nothing."""
    return set(db.session.scalars(sa.select(Stand.room_id).where(Stand.member_id == member.id, Stand.is_muted)))


def apart(wanted: Iterable[UUID]) -> defaultdict[UUID, set[UUID]]:
    """Return from whom each of these people is kept apart: one of the two has blocked the other."""
    asked, found = _ids(wanted), defaultdict[UUID, set[UUID]](set)
    either = sa.or_(MemberBlock.member_id == sa.any_(asked), MemberBlock.blocked_id == sa.any_(asked))
    for one, other in db.session.execute(sa.select(MemberBlock.member_id, MemberBlock.blocked_id).where(either)):
        found[one].add(other)
        found[other].add(one)
    return found


def partners(here: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return with whom each of these people talks by themselves; not of two of whom one has blocked the other, or may not know
    of the other any more."""
    asked, found = set(here), defaultdict[UUID, set[UUID]](set)
    ids, between = _ids(asked), apart(asked)
    rows = db.session.execute(
        sa.select(Room.one_id, Room.other_id)
        .where(Room.kind == "direct", sa.or_(Room.one_id == sa.any_(ids), Room.other_id == sa.any_(ids)))
        .where(_knows(Room.one_id, Room.other_id), _knows(Room.other_id, Room.one_id))
    )
    for one, other in rows:
        for mine, theirs in ((one, other), (other, one)):
            if mine in asked and theirs is not None and theirs not in between[mine]:
                found[mine].add(theirs)
    return found


def _knows(one: Any, other: Any) -> sa.ColumnElement[bool]:
    """Return the condition that one of a room is active and may know of the other."""
    return sa.exists().where(Member.id == one, Member.state == "active", sight.sees(other)).correlate(Room)


def _ids(wanted: Iterable[UUID]) -> sa.ColumnElement[Any]:
    """Return ids as one array: hundreds of single values cost more than the question itself."""
    return sa.cast(list(wanted), ARRAY(sa.Uuid))
