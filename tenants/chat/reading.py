"""Messages as pages show them: a stretch of a room, with who said them, signs, whom they name and what they answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from core.db import db
from core.errors import NotFound
from tenants.chat.attachment_models import Attachment
from tenants.chat.attachments import files_of
from tenants.chat.models import Mention, Message, Reaction, Room
from tenants.people.models import Member

PAGE = 50


@dataclass(frozen=True)
class Seen:
    """A message as a page shows it: who said it (None: somebody who left), signs with who put them, whom it names, what it
    answers, its files."""

    message: Message
    sender: Member | None
    signs: dict[str, list[UUID]] = field(default_factory=dict)
    answered: Message | None = None
    answered_by: Member | None = None
    named: tuple[Member, ...] = ()
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """Messages of a room in their order, and whether there are earlier and later ones."""

    rows: list[Seen]
    has_older: bool = False
    has_newer: bool = False

    @property
    def first(self) -> int:
        """Return the number of the first message here, 0 if there is none."""
        return self.rows[0].message.number if self.rows else 0

    @property
    def last(self) -> int:
        """Return the number of the last message here, 0 if there is none."""
        return self.rows[-1].message.number if self.rows else 0


def messages_of(room: Room, before: int | None = None, after: int | None = None) -> list[Seen]:
    """Return messages of the room in its order: the last PAGE, those before a number, or those after one."""
    if after is not None:
        return seen(_later(room, after, PAGE))
    return seen(_earlier(room, before, PAGE))


def stretch_of(room: Room, before: int | None = None, after: int | None = None, around: int | None = None) -> Stretch:
    """Return a page of the room: its end, before a number, after one, or with one in the middle."""
    if after is not None:
        rows = _later(room, after, PAGE + 1)
        return Stretch(seen(rows[:PAGE]), bool(_earlier(room, after + 1, 1)), len(rows) > PAGE)
    if around is not None:
        later = _later(room, around - 1, PAGE // 2 + 1)
        earlier = _earlier(room, around, PAGE // 2 + 1)
        rows = earlier[-(PAGE // 2) :] + later[: PAGE // 2]
        return Stretch(seen(rows), len(earlier) > PAGE // 2, len(later) > PAGE // 2)
    rows = _earlier(room, before, PAGE + 1)
    return Stretch(seen(rows[-PAGE:]), len(rows) > PAGE, before is not None and before <= room.last_number)


def _earlier(room: Room, before: int | None, most: int) -> list[Message]:
    wanted = sa.select(Message).where(Message.room_id == room.id)
    if before is not None:
        wanted = wanted.where(Message.number < before)
    return list(db.session.scalars(wanted.order_by(Message.number.desc()).limit(most)))[::-1]


def _later(room: Room, after: int, most: int) -> list[Message]:
    wanted = sa.select(Message).where(Message.room_id == room.id, Message.number > after)
    return list(db.session.scalars(wanted.order_by(Message.number).limit(most)))


def message_in(room: Room, message_id: UUID, lock: bool = False) -> Message:
    """Return a message of the room. Raises NotFound."""
    wanted = sa.select(Message).where(Message.id == message_id, Message.room_id == room.id).options(joinedload(Message.room))
    if lock:
        wanted = wanted.with_for_update(of=Message).execution_options(populate_existing=True)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("no such message")
    return found


def seen(rows: Sequence[Message]) -> list[Seen]:
    """Return messages with who said them, their signs, whom they name, what they answer and their files. One statement for
    messages that are new, name nobody and carry nothing, five at most."""
    here = {row.id: row for row in rows}
    answered = _by_id({row.reply_to for row in rows if row.reply_to} - set(here)) | here
    names = _named([row.id for row in rows if "@" in (row.body or "")])
    people = _people({one.sender_id for one in answered.values() if one.sender_id} | {one for found in names.values() for one in found})
    signs, files = _signs([row.id for row in rows if row.version > 1]), files_of(rows)  # a sign is a change
    return [
        _seen(row, people, signs[row.id], answered.get(row.reply_to) if row.reply_to else None, names[row.id], files[row.id])
        for row in rows
    ]


def _seen(
    row: Message, people: dict[UUID, Member], signs: dict[str, list[UUID]], other: Message | None, names: list[UUID],
    files: tuple[Attachment, ...],
) -> Seen:
    sender = people.get(row.sender_id) if row.sender_id else None
    by = people.get(other.sender_id) if other and other.sender_id else None
    return Seen(row, sender, signs, other, by, tuple(people[one] for one in names if one in people), files)


def _by_id(wanted: Iterable[UUID]) -> dict[UUID, Message]:
    keys = list(wanted)
    return {row.id: row for row in db.session.scalars(sa.select(Message).where(Message.id.in_(keys)))} if keys else {}


def _people(wanted: Iterable[UUID]) -> dict[UUID, Member]:
    people = sa.select(Member).where(Member.id.in_(list(wanted))).options(lazyload(Member.role_rows))
    return {one.id: one for one in db.session.scalars(people)}


def _named(messages: list[UUID]) -> defaultdict[UUID, list[UUID]]:
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    wanted = sa.select(Mention.message_id, Mention.member_id).where(Mention.message_id.in_(messages))
    for message_id, member_id in db.session.execute(wanted) if messages else ():
        found[message_id].append(member_id)
    return found


def _signs(messages: list[UUID]) -> defaultdict[UUID, dict[str, list[UUID]]]:
    found: defaultdict[UUID, dict[str, list[UUID]]] = defaultdict(dict)
    wanted: Any = sa.select(Reaction.message_id, Reaction.sign, Reaction.member_id).where(Reaction.message_id.in_(messages))
    for message_id, sign, member_id in db.session.execute(wanted.order_by(Reaction.made_at)) if messages else ():
        found[message_id].setdefault(sign, []).append(member_id)
    return found
