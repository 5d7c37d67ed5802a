"""Search in all rooms that somebody is in now. Bodies are encrypted: they are opened and looked in, newest first."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.sealed import stored, unseal_rows
from tenants.chat import queries, sight
from tenants.chat.models import Message, Room
from tenants.chat.queries import Named
from tenants.chat.reading import Seen, seen
from tenants.people.models import Member
from tenants.people.names import folded, folded_places

MOST_FOUND = 50
SHORTEST = 2
AT_ONCE = 5_000
AROUND = 90
PARTED = frozenset("'`-")


@dataclass(frozen=True)
class Hit:
    """A message that holds the words: its room, and the words around them as (before, found, after)."""

    room: Named
    seen: Seen
    around: tuple[str, str, str]


def search(member: Member, words: str, room: Room | None = None) -> list[Hit]:
    """Return the newest MOST_FOUND messages that hold the words, in rooms that the member is in now (or in one of them)."""
    sought = folded(words)
    if len(sought) < SHORTEST:
        return []
    rows = db.session.scalars(sa.select(Message).where(Message.id.in_(_found(member, sought, room))).order_by(Message.id.desc())).all()
    rooms = queries.named(member, list({row.room_id for row in rows}))
    return [Hit(rooms[one.message.room_id], one, around(one.message.body or "", sought)) for one in seen(rows) if one.message.room_id in rooms]


def _found(member: Member, sought: str, room: Room | None) -> list[UUID]:
    """Return the ids of what fits, newest first; no more is opened than needed."""
    found: list[UUID] = []
    for part in _parts(member, room):
        bodies = unseal_rows(Message, "body", part)
        found += [row_id for (row_id, _), body in zip(part, bodies, strict=True) if holds(body or "", sought)]
        if len(found) >= MOST_FOUND:
            break
    return found[:MOST_FOUND]


def holds(body: str, sought: str) -> bool:
    """Return whether the words stand in the body, as `folded` compares them; plain letters need no folding of the whole."""
    if body.isascii() and " " not in sought and not any(sign in body for sign in PARTED):
        return sought in body.lower()
    return sought in folded(body)


def _parts(member: Member, room: Room | None) -> Iterator[list[tuple[UUID, bytes | None]]]:
    """Yield (id, sealed words) of what the member may read, newest first, in parts: what is not reached is not fetched."""
    rooms = list(db.session.scalars(sa.select(Room.id).where(sight.readable(member), *([Room.id == room.id] if room else []))))
    wanted = sa.select(Message.id, stored(Message, "body")).where(Message.room_id.in_(rooms), Message.removed_at.is_(None))
    last: UUID | None = None
    while True:
        page = wanted if last is None else wanted.where(Message.id < last)
        rows = [(row_id, blob) for row_id, blob in db.session.execute(page.order_by(Message.id.desc()).limit(AT_ONCE))]
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def around(body: str, sought: str) -> tuple[str, str, str]:
    """Return the words before, at and after the first place where `sought` stands; ("", start, "") when no place shows it."""
    plain = " ".join(body.split())
    letters, places = folded_places(plain)
    at = letters.find(sought)
    if at < 0:
        return "", plain[: 2 * AROUND], ""
    start, end = places[at], places[at + len(sought) - 1] + 1
    while end < len(plain) and unicodedata.combining(plain[end]):
        end += 1
    before, after = plain[max(0, start - AROUND) : start], plain[end : end + AROUND]
    return ("…" if start > AROUND else "") + before, plain[start:end], after + ("…" if end + AROUND < len(plain) else "")
