"""What tests of the live chat share: a room of a group, somebody who says something, a page that listens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from core.db import db
from tenants.chat import actions
from tenants.chat.feed import CHECK, Draw
from tenants.chat.feeds import feeds
from tenants.chat.lines import Line
from tenants.chat.models import Room
from tenants.chat.reading import Seen
from tenants.groups import actions as groups
from tenants.people.models import MemberSession
from tests.cast import Cast
from tests.courses.writing import member

TALKING = ("trainer", "participant", "second")


def make_room(cast: Cast, people: tuple[str, ...] = TALKING) -> tuple[UUID, UUID]:
    """Return the ids of a room and of the group that talks in it."""
    with db.scope(cast.academy.scope, commit=True):
        group = groups.make_group("Bakers", member(cast, "manager"))
        groups.add_people(group, [member(cast, who) for who in people], member(cast, "manager"))
        return actions.open_group(group.id).id, group.id


def say(cast: Cast, who: str, room: UUID, words: str, client: UUID | None = None) -> UUID:
    """Let somebody say something; return the id of the message."""
    with db.scope(cast.academy.scope, commit=True):
        return actions.post_message(member(cast, who), room, words, client or uuid4()).message.id


def plainly(room: Room, seen: list[Seen], language: str) -> list[dict[str, Any]]:
    """Return messages as short as a feed can send them."""
    return [{"id": str(one.message.id), "number": one.message.number, "sender": str(one.message.sender_id),
             "version": one.message.version, "html": f"{language}:{one.message.body}"} for one in seen]  # fmt: skip


@dataclass
class Page:
    """A page that listens; `heard` is what came, in its order."""

    line: Line
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def listen(self, enough: Callable[[], bool], seconds: float = 10) -> bool:
        """Listen until it is enough; return whether it was in time."""
        until = time.monotonic() + seconds
        while not enough():
            if time.monotonic() > until:
                return False
            part = self.line.take(0.05)
            if part is None:
                break
            self.heard += parsed(part)
        return enough()

    def said(self) -> list[str]:
        """Return the words that came."""
        return [data["html"].partition(":")[2] for name, data in self.heard if name == "message"]

    def hears(self, *words: str, seconds: float = 10) -> bool:
        """Listen until these words, and no others, came in this order."""
        return self.listen(lambda: self.said() == list(words), seconds)

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the events of one name."""
        return [data for event, data in self.heard if event == name]


def parsed(part: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and data of each event."""
    for block in part.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in lines:
            yield lines["event"], json.loads(lines["data"])


@contextmanager
def page_of(cast: Cast, who: str, language: str = "en", draw: Draw = plainly) -> Iterator[Page]:
    """Open a page of somebody, without the web."""
    with db.scope(cast.academy.scope):
        session = db.session.query(MemberSession).filter_by(member_id=cast.ids[who]).one().token_hash
    line = Line(cast.ids[who], bytes(session), language)
    leave = feeds.join(cast.academy.scope, line, draw, lambda: True)
    assert leave is not None
    try:
        yield Page(line)
    finally:
        leave()


def end_feeds(seconds: float = 10) -> None:
    """Let the feeds of an earlier test end."""
    until = time.monotonic() + seconds
    while feeds._feeds:
        assert time.monotonic() < until, "a feed goes on without pages"
        for feed in list(feeds._feeds.values()):
            feed._due = time.monotonic()
            feed.heard(CHECK)
        time.sleep(0.02)
