"""What open pages are sent: one feed per academy and process reads each event once and hands it to who may know of it.

Each event costs two statements however many people listen. Who may read is asked anew each time, so that who has left a
room hears nothing more, from the very next event on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from core import clock, live
from core.db import Scope, db
from core.live import Event
from tenants.chat import reading, sight
from tenants.chat.models import Message, Room
from tenants.chat.reading import Seen
from tenants.people.models import Member

FULL: Final = 500
Draw = Callable[[Room, list[Seen]], list[dict[str, Any]]]


@dataclass(eq=False)
class Line:
    """One open page: whose it is, and what waits to be sent to it. None: it fell behind, or the feed ended; come again."""

    member_id: UUID
    waiting: queue.Queue[Event | None] = field(default_factory=lambda: queue.Queue(FULL))
    is_lost: bool = False

    def put(self, event: Event) -> None:
        """Let the page have the event; one that fell far behind is let go, and asks anew for what it missed."""
        try:
            self.waiting.put_nowait(event)
        except queue.Full:
            self.is_lost = True


class Feed:
    """The open pages of one academy in this process. `draw` makes messages ready for sending."""

    def __init__(self, scope: Scope, draw: Draw) -> None:
        self._scope, self._draw = scope, draw
        self._lines: set[Line] = set()
        self._known: dict[UUID, int] = {}
        self._end = live.ear.listen(scope.holder, self.heard)

    def join(self, line: Line) -> None:
        """Begin to send to a page."""
        self._lines = {*self._lines, line}

    def leave(self, line: Line) -> bool:
        """Send no longer; return whether nobody listens any more."""
        self._lines = self._lines - {line}
        return not self._lines

    def end(self) -> None:
        """Hear no longer."""
        self._end()

    def heard(self, event: Event) -> None:
        """Hand an event on to the pages of who may know of it."""
        if not self._lines:
            return
        with db.scope(self._scope):
            if event["event"] == "look":
                self._look()
            elif event["event"] == "read":
                self._send(UUID(event["room"]), [event])
            else:
                self._messages(UUID(event["room"]), event["event"], Message.id == UUID(event["message"]))

    def _messages(self, room_id: UUID, name: str, wanted: sa.ColumnElement[bool]) -> None:
        rows: Any = db.session.execute(
            sa.select(Room, Message).join(Message, Message.room_id == Room.id).where(Room.id == room_id, wanted).order_by(Message.number)
        ).all()
        if not rows:
            return
        room, drawn = rows[0][0], self._draw(rows[0][0], reading.seen([message for _, message in rows]))
        self._known[room_id] = max(self._known.get(room_id, 0), room.last_number)
        self._send(room_id, [{"event": name, "room": str(room_id), **one} for one in drawn], room)

    def _look(self) -> None:
        """Find what was said while nothing was heard. What was edited or read meanwhile shows when a page is opened anew."""
        since = clock.now() - live.LOOK_BACK
        for room_id, last in db.session.execute(sa.select(Room.id, Room.last_number).where(Room.last_at > since)).all():
            known = self._known.get(room_id)
            if known is not None and last > known:
                self._messages(room_id, "said", Message.number > known)
            elif known is None:
                self._messages(room_id, "said", Message.number == last)

    def _send(self, room_id: UUID, events: list[Event], room: Room | None = None) -> None:
        room = room or db.session.get(Room, room_id)
        if room is None:
            return
        here = {line.member_id for line in self._lines}
        may = set(db.session.scalars(sa.select(Member.id).where(Member.id.in_(here), sight.people_of(room))))
        for line in self._lines:
            if line.member_id in may:
                for event in events:
                    line.put(event)


class Feeds:
    """The feeds of this process, one for each academy of which a page is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._feeds: dict[str, Feed] = {}

    @contextmanager
    def line(self, scope: Scope, member_id: UUID, draw: Draw) -> Iterator[Line]:
        """Yield a line for an open page, for as long as it is open."""
        line = Line(member_id)
        with self._lock:
            feed = self._feeds.get(scope.holder) or self._feeds.setdefault(scope.holder, Feed(scope, draw))
            feed.join(line)
        try:
            yield line
        finally:
            with self._lock:
                if feed.leave(line) and self._feeds.get(scope.holder) is feed:
                    del self._feeds[scope.holder]
                    feed.end()


feeds = Feeds()
