"""A message that travels with its event: drawn once, where it was said, and sealed with the academy's key.

Each process hands it on without reading it from the database; it only asks who may read the room now. What is carried is
ciphertext of the academy, so Redis and its disk see nothing of it, and whoever writes to Redis can make no words up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from core import clock, live
from core.live import Event
from tenants.chat.lines import event_bytes, stamp_of
from tenants.chat.models import Room
from tenants.chat.reading import Seen
from tenants.chat.sight import Place

FRESH_MS: Final = 60_000
DrawEach = Callable[[Seen], Mapping[str, dict[str, Any]]]


@dataclass(frozen=True)
class Carried:
    """A message as it came with its event; `parts` are the bytes for open pages, by language."""

    place: Place
    message_id: UUID
    number: int
    version: int
    parts: dict[str, bytes]


def sent_form(room_id: UUID, one: Seen, drawn: dict[str, Any]) -> dict[str, Any]:
    """Return a message as open pages know it: as drawn, with the room, and the id that the sender's page made."""
    return {"room": str(room_id), "client": str(one.message.client_id), **drawn}


def tell_said(room: Room, said: Seen, draw: DrawEach | None = None) -> None:
    """Let open pages know of a new message, after the commit; with `draw` its event carries it, drawn in each language."""
    message = said.message
    event: Event = {"event": "said", "room": str(room.id), "message": str(message.id), "number": message.number}
    if draw is not None:
        live.carry(event, message.id, _content(room, said, draw(said)))
    live.tell(event)


def _content(room: Room, said: Seen, drawn: Mapping[str, dict[str, Any]]) -> str:
    parts = {
        language: event_bytes("message", sent_form(room.id, said, one), said.message.changed_at).decode() for language, one in drawn.items()
    }
    place = {name: str(value) for name, value in asdict(Place.of(room)).items() if value is not None}
    told = {"place": place, "number": said.message.number, "version": said.message.version, "at": stamp_of(clock.now()), "parts": parts}
    return json.dumps(told, ensure_ascii=False)


def carried(holder: str, event: Event) -> Carried | None:
    """Return the message that an event of `holder` carries; None where it carries none, none that can be opened, or one that was
    said a while ago: sent again by whoever writes to Redis, it may meanwhile have been changed or removed."""
    row_id = UUID(event["message"])
    content = live.content_of(holder, event, row_id)
    if content is None:
        return None
    found = json.loads(content)
    if stamp_of(clock.now()) - found["at"] > FRESH_MS:
        return None
    names = ("id", "one_id", "other_id", "group_id", "course_id", "asker_id")
    ids = {name: UUID(found["place"][name]) if name in found["place"] else None for name in names}
    parts = {language: part.encode() for language, part in found["parts"].items()}
    return Carried(Place(kind=found["place"]["kind"], **ids), row_id, found["number"], found["version"], parts)  # type: ignore[arg-type]
