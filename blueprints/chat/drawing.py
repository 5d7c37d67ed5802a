"""Messages drawn: by one template, the same for every viewer, for pages, answers and the feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import get_template_attribute

from core.i18n import LANGUAGES, speaking, zone
from tenants.chat.models import Room
from tenants.chat.reading import Seen, Stretch
from tenants.people.models import Member

TOGETHER = timedelta(minutes=5)


@dataclass(frozen=True)
class Line:
    """One line of a room: a day, the mark before what is new, or a message with how it stands there."""

    kind: str
    day: Any = None
    seen: Seen | None = None
    classes: str = ""


def draw(room: Room | None, seen: Iterable[Seen], language: str) -> list[dict[str, Any]]:
    """Return the messages as {id, number, sender, version, html}, in one language; nothing in them depends on the viewer.
    `room` need not be known: each message says where it stands."""
    message = get_template_attribute("chat/_message.html", "message")
    with speaking(language):
        return [{**facts(one), "html": str(message(one))} for one in seen]


class Drawn:
    """A message that was just said, drawn once in each language: for its event, and for the answer to who said it."""

    def __init__(self) -> None:
        self._each: dict[str, dict[str, Any]] = {}

    def __call__(self, said: Seen) -> dict[str, dict[str, Any]]:
        """Draw it; return it by language."""
        self._each = {language: draw(None, [said], language)[0] for language in LANGUAGES}
        return self._each

    def told_in(self, language: str, said: Seen) -> dict[str, Any]:
        """Return it in one language; what had been said before is drawn now."""
        return self._each.get(language) or draw(None, [said], language)[0]


def facts(one: Seen) -> dict[str, Any]:
    """Return what scripts know of a message."""
    row = one.message
    sender = str(row.sender_id) if row.sender_id else ""
    return {"id": str(row.id), "number": row.number, "sender": sender, "version": row.version}


def lines_of(stretch: Stretch, viewer: Member, read: int | None, blocked: Sequence[UUID]) -> list[Line]:
    """Return the lines of a page of a room: days, the mark of what is new (after message `read`; None: no mark), messages."""
    found: list[Line] = []
    before: Seen | None = None
    is_marked = read is None
    for one in stretch.rows:
        day = one.message.made_at.astimezone(ZoneInfo(zone())).date()
        is_new_day = before is None or before.message.made_at.astimezone(ZoneInfo(zone())).date() != day
        if is_new_day:
            found.append(Line("day", day=day))
        is_news = not is_marked and one.message.number > (read or 0) and one.message.sender_id != viewer.id
        if is_news:
            found.append(Line("unread"))
            is_marked = True
        goes_on = before is not None and not is_new_day and not is_news and _goes_on(before, one)
        found.append(Line("message", seen=one, classes=_classes(one, viewer, goes_on, blocked)))
        before = one
    return found


def _goes_on(before: Seen, one: Seen) -> bool:
    same = one.message.sender_id is not None and before.message.sender_id == one.message.sender_id
    return same and one.message.kind == before.message.kind and one.message.made_at - before.message.made_at < TOGETHER


def _classes(one: Seen, viewer: Member, goes_on: bool, blocked: Sequence[UUID]) -> str:
    said = {"own": one.message.sender_id == viewer.id, "grouped": goes_on, "folded": one.message.sender_id in blocked}
    return " ".join(name for name, holds in said.items() if holds)
