"""The stream of what happens in a person's rooms (server-sent events), and what a page asks that cannot hold one open."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

import gevent
from flask import Flask, Response, current_app, g, request

from blueprints.chat import pacing
from blueprints.chat.blueprint import chat
from blueprints.chat.drawing import draw
from blueprints.me import me
from core import clock, live
from core.access import signed_in
from core.db import db
from core.errors import KweekError
from core.i18n import language, speaking
from core.sessions import token_of
from core.tokens import hash_of
from tenants.chat import news, queries, reading, rules
from tenants.chat.carrying import sent_form
from tenants.chat.feed import Draw
from tenants.chat.feeds import feeds
from tenants.chat.lines import Line, event_bytes, moment_of, stamp_of
from tenants.chat.models import Room
from tenants.chat.reading import Seen
from tenants.chat.unread import unread_and_last
from tenants.resolve import Place, resolver

BEAT_S: Final = 20.0
SEND_WITHIN_S: Final = 30.0
BEAT: Final = b": beat\nevent: beat\ndata: 1\n\n"
FULL: Final = {"Retry-After": "60"}
HEADERS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


class Open:
    """A stream as the web server reads it: first what is known already, then what comes, with a beat in between."""

    def __init__(self, line: Line, first: bytes, leave: Callable[[], None]) -> None:
        self._line, self._first, self._leave = line, first, leave

    def __iter__(self) -> Iterator[bytes]:
        """Return itself."""
        return self

    def __next__(self) -> bytes:
        """Return what is to be sent next."""
        if self._first:
            first, self._first = self._first, b""
            return first
        part = self._line.take(BEAT_S)
        if part is None:
            raise StopIteration
        return part or BEAT

    def close(self) -> None:
        """Send nothing more: the page is gone."""
        self._leave()


@chat.get("/messages/stream")
@signed_in
def stream() -> Response:
    """Send what happens in the person's rooms for as long as the page is open; the request's connection to the database is
    given back before the first byte."""
    token = token_of(request) or ""
    if "text/event-stream" not in request.headers.get("Accept", ""):
        return _events([b": for a page that listens\n\n"])
    pacing.opens()
    line = Line(me().id, hash_of(token), language())
    leave = feeds.join(db.current(), line, drawer(current_app._get_current_object(), g.place), still_open(g.place))  # type: ignore[attr-defined]
    if leave is None:
        return Response(status=503, headers=FULL)
    try:
        first = _greeting(request.headers.get("Last-Event-ID") or request.args.get("last"))
    except BaseException:
        leave()
        raise
    _bound_sending()
    return _events(Open(line, first, leave))


def _events(parts: Any) -> Response:
    return Response(parts, mimetype="text/event-stream", headers=HEADERS)


def _greeting(last: str | None) -> bytes:
    """Return the first words of a stream, and all that happened since the last one was heard."""
    now, since = clock.now(), moment_of(last)
    found = news.changed_for(me(), since) if since is not None else None
    hello = event_bytes("hello", {"replayed": True} if found is not None else {"replayed": False, **unread()}, now)
    return b"retry: 2000\n\n" + b"".join(_replayed(found or [])) + hello


def _replayed(found: list[news.Said]) -> Iterator[bytes]:
    by_room: dict[UUID, tuple[Room, list[Seen]]] = {}
    rooms = {room.id: room for room, _ in found}
    for seen in reading.seen([message for _, message in found]) if found else ():
        by_room.setdefault(seen.message.room_id, (rooms[seen.message.room_id], []))[1].append(seen)
    for room, said in by_room.values():
        yield from (event_bytes("message", one) for one in sent(room, said, language()))


def sent(room: Room, seen: list[Seen], spoken: str) -> list[dict[str, Any]]:
    """Return messages of a room as open pages know them."""
    return [sent_form(room.id, one, drawn) for one, drawn in zip(seen, draw(room, seen, spoken), strict=True)]


def _bound_sending() -> None:
    """Let a page that takes nothing in go after a while, instead of holding a greenlet for ever."""
    socket = request.environ.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(SEND_WITHIN_S)


@chat.get("/messages/since")
@signed_in
def since() -> dict[str, Any]:
    """Return what was said in a room after a number, and what changed since, a part of it where it is much (`more`); without a
    room, what is unread where."""
    pacing.asks()
    room_id = request.args.get("room", type=UUID)
    if room_id is None:
        return unread()
    room = queries.room_for(me(), room_id)
    after, at = request.args.get("after", 0, type=int), moment_of(request.args.get("at"))
    now = clock.now()
    said = reading.messages_of(room, after=max(after, 0))
    changed, further = news.changed_in(room, at, after) if at is not None else ([], None)
    found = [*reading.seen(changed), *said]
    return {
        "messages": sent(room, found, language()),
        "last": room.last_number, "at": str(stamp_of(further or now)), "more": further is not None,
    }  # fmt: skip


def unread() -> dict[str, Any]:
    """Return how many messages are unread, by room with the number of the last that is counted, and together where the person
    wants to be told."""
    counts, silent = unread_and_last(me()), news.muted_of(me())
    return {
        "rooms": {str(room_id): [count, upto] for room_id, (count, upto) in counts.items()}, "silent": [str(one) for one in sorted(silent)],
        "unread": sum(count for room_id, (count, _) in counts.items() if room_id not in silent),
    }  # fmt: skip


@chat.post("/messages/<uuid:room_id>/typing")
@signed_in
def typing(room_id: UUID) -> tuple[str, int]:
    """Tell who has the room open that the person types; nothing of it is stored. Who says it too often is not heard."""
    if not pacing.may_type():
        return "", 204
    room, manners = queries.room_for(me(), room_id), queries.manners()
    is_shown = manners.typing and me().shows_typing
    if is_shown and rules.why_silent(me(), room, manners, queries.reach_in(me(), room)) is None:
        live.tell_now({"event": "typing", "room": str(room.id), "member": str(me().id)})
    return "", 204


def drawer(app: Flask, place: Place) -> Draw:
    """Return what draws messages outside of any request, as the academy at `place` speaks now."""

    def drawn(room: Room, seen: list[Seen], spoken: str) -> list[dict[str, Any]]:
        academy = resolver.academy(place)
        with app.test_request_context(base_url=f"http://{place.custom_host or f'{place.slug}.{place.domain}'}"):
            g.place, g.academy, g.side = place, academy, "academy"
            with speaking(spoken, academy.wording):
                return draw(room, seen, spoken)

    return drawn


def still_open(place: Place) -> Callable[[], bool]:
    """Return what says whether the academy at `place` answers."""

    def answers() -> bool:
        try:
            academy = resolver.academy(place)
        except KweekError:
            return False
        return not academy.is_gone and academy.state != "suspended"

    return answers


def end_streams_in_order() -> None:
    """Let a web process that is told to end (SIGTERM) end its streams first: gunicorn would wait for them."""
    before = signal.getsignal(signal.SIGTERM)

    def end(sign: int, frame: Any) -> None:
        gevent.spawn(feeds.end_all)
        if callable(before):
            before(sign, frame)

    signal.signal(signal.SIGTERM, end)
