"""What open pages are sent: one feed per academy and process reads each event once and hands it to who may know of it.

What waits is taken together, so that a busy room costs fewer statements, not more. Who may read is asked anew each time, so
that who has left a room hears nothing more, from the very next event on. A message that was just said comes drawn with its
event (carrying.py); any other is read, drawn and encoded once per language.
While Redis is away the feed looks at what changed, once per process and not once per page.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from core import clock, live
from core.db import Scope, db
from core.live import LOOK, Event
from tenants.chat import news, presence, queries, reading
from tenants.chat.carrying import Carried, carried, sent_form
from tenants.chat.lines import Line, event_bytes
from tenants.chat.models import Room
from tenants.chat.news import Said
from tenants.chat.reading import Seen

CHECK_S: Final = 20.0
SOON_S: Final = 1.0
MOST_TOGETHER: Final = 50
MOST_REMEMBERED: Final = 4_000
# Where more is missing than this, pages ask for it themselves, each for the room that it shows.
MOST_MISSED: Final = 50
# Others see how far somebody has read where few talk; in a group or course it would be said to everybody for everybody.
SHOWS_READING: Final = ("direct", "lesson")
CHECK: Final[Event] = {"event": "check"}
log = structlog.get_logger("kweek.live")
Draw = Callable[[Room, list[Seen], str], list[dict[str, Any]]]


class Feed:
    """The open pages of one academy in this process. `draw` makes messages ready for sending; `is_open` says whether the
    academy still answers."""

    def __init__(self, scope: Scope, draw: Draw, is_open: Callable[[], bool], over: Callable[[Feed], bool]) -> None:
        self._scope, self._over = scope, over
        self._draw, self._is_open = draw, is_open
        self.holder = scope.holder
        self.lines: dict[UUID, list[Line]] = {}
        self._waiting: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._known: dict[UUID, int] = {}
        self._sent: OrderedDict[UUID, int] = OrderedDict()
        self._looked_at: datetime = clock.now()
        self._due = time.monotonic() + SOON_S
        self._is_behind = False
        self._end = live.ear.listen(scope.holder, self.heard)
        threading.Thread(target=self._run, name=f"kweek-feed-{scope.holder}", daemon=True).start()

    def heard(self, event: Event) -> None:
        """Take an event; it is handed on soon."""
        self._waiting.put(event)

    def join(self, line: Line, draw: Draw, is_open: Callable[[], bool]) -> None:
        """Begin to send to a page. What it brings is from now on used for all: an academy's address may have changed."""
        self._draw, self._is_open = draw, is_open
        self.lines = {**self.lines, line.member_id: [*self.lines.get(line.member_id, ()), line]}
        self._due = min(self._due, time.monotonic() + SOON_S)
        self.heard(CHECK)

    def leave(self, line: Line) -> None:
        """Send no longer to a page."""
        left = [one for one in self.lines.get(line.member_id, ()) if one is not line]
        self.lines = {**{key: value for key, value in self.lines.items() if key != line.member_id}, **({line.member_id: left} if left else {})}

    def all_lines(self) -> list[Line]:
        """Return every open page."""
        return [line for lines in self.lines.values() for line in lines]

    def count(self) -> int:
        """Return how many pages are open."""
        return sum(len(lines) for lines in self.lines.values())

    def _run(self) -> None:
        """Hand on what is heard, until nobody listens for a while."""
        while self.lines or time.monotonic() < self._due or not self._over(self):
            events = self._together()
            if not self.lines:
                continue
            try:
                with db.scope(self._scope):
                    self._hand_on(events)
                    if time.monotonic() >= self._due:
                        self._check()
                self._is_behind = False
            except Exception as error:  # Postgres may be away: what this should have told is looked for later
                log.warning("a feed failed, it looks again", error=type(error).__name__)
                self._is_behind = True
                self._end_if_closed()
                time.sleep(SOON_S)
                self.heard(LOOK)
        self._end()

    def _end_if_closed(self) -> None:
        """End every page of an academy that answers no longer: its tables are out of reach, so nothing else would."""
        with contextlib.suppress(DBAPIError):
            if not self._is_open():
                for line in self.all_lines():
                    line.end()

    def _together(self) -> list[Event]:
        """Return what was heard, as much as waits; nothing once it is time to check."""
        events: list[Event] = []
        try:
            events.append(self._waiting.get(timeout=max(0.01, self._due - time.monotonic())))
            while len(events) < MOST_TOGETHER:
                events.append(self._waiting.get_nowait())
        except queue.Empty:
            pass
        return events

    def _hand_on(self, events: list[Event]) -> None:
        by_name: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            by_name[event["event"]].append(event)
        if self._is_behind or by_name["look"]:
            self._look()
        if by_name["said"] or by_name["changed"]:
            self._tell_messages([*by_name["said"], *by_name["changed"]])
        if by_name["read"] or by_name["typing"]:
            self._tell_signs(by_name["read"], by_name["typing"])
        if by_name["gone"]:
            self._due = time.monotonic()

    def _tell_messages(self, events: list[Event]) -> None:
        whole, others = self._parted(events)
        if whole:
            self._send_carried(whole)
        if others:
            self._read_and_send(others)

    def _parted(self, events: list[Event]) -> tuple[list[Carried], list[Event]]:
        """Return the messages that came with their events, and the events of rooms where something has to be read: a change, a
        message that did not come along, or a hole before one."""
        whole: list[Carried] = []
        others: list[Event] = []
        by_room: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            by_room[event["room"]].append(event)
        for told in by_room.values():
            came = [one for event in told if (one := carried(self.holder, event)) is not None]
            came.sort(key=lambda one: one.number)
            if len(came) == len(told) and not self._has_hole(came):
                whole += came
            else:
                others += told
        return whole, others

    def _has_hole(self, came: list[Carried]) -> bool:
        known = self._known.get(came[0].place.id, came[0].number)
        return any(later.number > earlier + 1 for earlier, later in zip([known, *(one.number for one in came)], came, strict=False))

    def _send_carried(self, came: list[Carried]) -> None:
        """Send these messages as they came, each to the pages of who may read it now."""
        fresh = [one for one in came if self._sent.get(one.message_id, 0) < one.version]
        may = news.listeners({one.place.id: one.place for one in fresh}.values(), self.lines)
        for one in fresh:
            for line in self._of(may[one.place.id]):
                line.put(one.parts[line.language])
            self._remember(one.place.id, one.message_id, one.number, one.version)

    def _read_and_send(self, events: list[Event]) -> None:
        wanted, gaps, lost = [], [], set()
        for event in events:
            room, number = UUID(event["room"]), int(event["number"])
            known = self._known.get(room)
            if known is not None and number > known + 1:  # the process that said the one before has not told yet
                if number - known > MOST_MISSED:  # nobody here listened for long
                    lost.add(room)
                    self._known[room] = number
                else:
                    gaps.append((room, known, number))
            wanted.append(UUID(event["message"]))
        self._send(news.messages_by_id(wanted, gaps))
        if lost:
            may = news.listeners(news.places(news.rooms_by_id(lost).values()), self.lines)
            self._put(self._of(set().union(*may.values())), event_bytes("lost", {}))

    def _look(self) -> None:
        """Tell what was said or changed while nothing was heard."""
        began = clock.now()
        found = news.versions_since(self._looked_at, MOST_REMEMBERED)
        self._looked_at = began
        missed = None if found is None else [one for one, version in found if self._sent.get(one, 0) < version]
        if missed is None or len(missed) > news.MOST:
            self._put(self.all_lines(), event_bytes("lost", {}))
        elif missed:
            self._send(news.messages_by_id(missed))

    def _send(self, found: list[Said]) -> None:
        """Send these messages, each once in each version, to the pages of who may read them now."""
        fresh = [(room, message) for room, message in found if self._sent.get(message.id, 0) < message.version]
        if not fresh:
            return
        rooms = {room.id: room for room, _ in fresh}
        may = news.listeners(news.places(rooms.values()), self.lines)
        for room, message in fresh:
            if not may[room.id]:
                self._remember(room.id, message.id, message.number, message.version)
        fresh = [(room, message) for room, message in fresh if may[room.id]]
        by_room: dict[UUID, list[Seen]] = defaultdict(list)
        for seen in reading.seen([message for _, message in fresh]) if fresh else ():
            by_room[seen.message.room_id].append(seen)
        for room_id, said in by_room.items():
            self._send_room(rooms[room_id], said, self._of(may[room_id]))

    def _send_room(self, room: Room, said: list[Seen], lines: list[Line]) -> None:
        for language in {line.language for line in lines}:
            drawn = zip(said, self._draw(room, said, language), strict=True)
            parts = [event_bytes("message", sent_form(room.id, seen, one), seen.message.changed_at) for seen, one in drawn]
            self._put([line for line in lines if line.language == language], b"".join(parts))
        for seen in said:
            self._remember(room.id, seen.message.id, seen.message.number, seen.message.version)

    def _remember(self, room_id: UUID, message_id: UUID, number: int, version: int) -> None:
        """Remember what was told to whoever listens; who comes later asks for what they lack."""
        self._known[room_id] = max(self._known.get(room_id, 0), number)
        self._sent[message_id] = version
        self._sent.move_to_end(message_id)
        while len(self._sent) > MOST_REMEMBERED:
            self._sent.popitem(last=False)

    def _tell_signs(self, reads: list[Event], typing: list[Event]) -> None:
        """Tell who has read how far and who types, where the academy shows it."""
        manners = queries.manners()
        rooms = news.rooms_by_id({UUID(event["room"]) for event in (*reads, *typing)})
        may = news.listeners(news.places(rooms.values()), self.lines)
        apart = news.apart({UUID(event["member"]) for event in (*reads, *typing)})
        latest = {(event["room"], event["member"]): event for event in reads}
        for event in latest.values():
            room = rooms.get(UUID(event["room"]))
            if room is not None:
                reader, all_may = UUID(event["member"]), may[room.id]
                is_shown = manners.receipts and event["shown"] and room.kind in SHOWS_READING
                self._put(self._of(all_may - apart[reader] if is_shown else all_may & {reader}), event_bytes("read", event))
        names = news.first_names({UUID(event["member"]) for event in typing}) if typing and manners.typing else {}
        for event in {(event["room"], event["member"]): event for event in typing}.values():
            room_id, typist = UUID(event["room"]), UUID(event["member"])
            if typist in names and room_id in rooms:
                told = may[room_id] - {typist} - apart[typist]
                self._put(self._of(told), event_bytes("typing", {**event, "name": names[typist]}))

    def _of(self, members: Iterable[UUID]) -> list[Line]:
        return [line for member_id in members for line in self.lines.get(member_id, ())]

    @staticmethod
    def _put(lines: Iterable[Line], part: bytes) -> None:
        for line in lines:
            line.put(part)

    def _check(self) -> None:
        """End the pages whose session ended or whose academy closed; say who is here; look whether anything was missed."""
        self._due = time.monotonic() + CHECK_S
        lines = self.all_lines()
        living = news.living({line.session for line in lines}) if self._is_open() else {}
        for line in lines:
            if line.session not in living:
                line.end()
        self._look()
        if queries.manners().presence:
            shown = {line.member_id for line in lines if living.get(line.session)}
            presence.note(self._scope.holder, shown)
            self._tell_presence([line for line in lines if not line.is_over])

    def _tell_presence(self, lines: list[Line]) -> None:
        known = news.partners({line.member_id for line in lines})
        here = presence.here_of(self._scope.holder, {one for some in known.values() for one in some})
        for line in lines:
            now = frozenset(known.get(line.member_id, set()) & here)
            for changed in now ^ line.present:
                line.put(event_bytes("here", {"member": str(changed), "here": changed in now}))
            line.present = now
