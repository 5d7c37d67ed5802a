"""The list of rooms, one room, and the search in all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import render_template, request

from blueprints.chat.blueprint import chat
from blueprints.chat.drawing import lines_of
from blueprints.me import me
from core import limits
from core.access import signed_in
from core.errors import NotFound
from core.headers import allow_microphone
from core.limits import Limit
from tenants.chat import moderating, people, queries, reading, rules, searching, standing
from tenants.chat.models import Message, Room
from tenants.chat.queries import Listed
from tenants.chat.reading import Stretch
from tenants.chat.unread import unread_of
from tenants.people.models import Member

SEARCHES = 30
LIST: dict[str, Callable[[Listed], bool]] = {
    "all": lambda one: not one.is_hidden, "unread": lambda one: one.unread > 0, "archived": lambda one: one.is_hidden,
}  # fmt: skip


@chat.get("/messages")
@signed_in
def index() -> str:
    """List the person's rooms: all, those with something new, or those that were archived."""
    show = request.args.get("show", "all")
    rooms = queries.rooms_of(me())
    return render_template("chat/index.html", rooms=[one for one in rooms if LIST.get(show, LIST["all"])(one)], show=show,
                           hidden=sum(one.is_hidden for one in rooms), warnings=moderating.warnings_of(me()),
                           may_write=queries.manners().direct, places=people.to_open(me()) if show == "all" else [])  # fmt: skip


@chat.get("/messages/<uuid:room_id>")
@signed_in
def room(room_id: UUID) -> str:
    """Show a room: its end, or another stretch of it. Who sees the end has read it."""
    found = queries.room_for(me(), room_id)
    return room_page(found, reply=request.args.get("reply", type=UUID), edit=request.args.get("edit", type=UUID))


def room_page(room: Room, error: str = "", body: str | None = None, reply: UUID | None = None, edit: UUID | None = None) -> str:
    """Return the page of a room, with what was being written."""
    allow_microphone()
    places = {name: request.args.get(name, type=int) for name in ("before", "after", "around")}
    stretch = reading.stretch_of(room, **places)
    stand = queries.stand_of(me(), room)
    # An older stretch is read in peace: the mark of what is new stands at the end only.
    read = stand.read_number if stand is not None and places["before"] is None else None
    page = render_template("chat/room.html", **around_room(room, stretch, read), stand=stand, error=error, **writing(room, body, reply, edit))
    if not stretch.has_newer and not error and (stand is None or stand.read_number < stretch.last):
        standing.read_up_to(me(), room, stretch.last)
    return page


def around_room(room: Room, stretch: Stretch, read: int | None) -> dict[str, Any]:
    """Return what the page of a room shows beside the words that are being written."""
    manners, blocked = queries.manners(), queries.blocked(me())
    why = rules.why_silent(me(), room, manners, queries.reach_in(me(), room))
    inside = queries.people_in(room)
    return {
        "named": queries.named_for(me(), room), "stretch": stretch, "read": read, "manners": manners, "why": why, "people": inside,
        "blocked": [one.id for one in blocked], "lines": lines_of(stretch, me(), read, [one.id for one in blocked]),
        "rooms": [one for one in queries.rooms_of(me()) if not one.is_hidden],
        "readers": read_by(stretch, inside) if manners.receipts and me().shows_read else [],
        "months": rules.months_kept(room, manners), "unread": unread_of(me(), room).get(room.id, 0),
    }  # fmt: skip


def read_by(stretch: Stretch, inside: list[Member]) -> list[Member]:
    """Return who has read the last message of the stretch, when it is the viewer's own."""
    if not stretch.rows or stretch.rows[-1].message.sender_id != me().id:
        return []
    read = queries.readers_of(stretch.rows[-1].message.room_id, inside, me())
    return [one for one in inside if read.get(one.id, 0) >= stretch.last]


def writing(room: Room, body: str | None, reply: UUID | None, edit: UUID | None) -> dict[str, Any]:
    """Return what the form holds: words that came back, the message that is answered or changed."""
    answered = _message(room, reply)
    changed = _message(room, edit)
    if changed is not None and not rules.may_edit(me(), changed):
        changed = None
    words = body if body is not None else (changed.body if changed else "")
    return {"body": words or "", "answered": reading.seen([answered])[0] if answered else None, "changed": changed}


def _message(room: Room, message_id: UUID | None) -> Message | None:
    try:
        return reading.message_in(room, message_id) if message_id else None
    except NotFound:
        return None


@chat.get("/messages/search")
@signed_in
def search() -> str:
    """Search in every room that the person is in now, or in one of them: at most 30 times a minute, since it opens them all."""
    words, only = request.args.get("q", "").strip()[:200], request.args.get("room", type=UUID)
    within = queries.room_for(me(), only) if only else None
    if words:
        limits.spend([Limit("chat search", (str(me().id),), SEARCHES, 60)])
    hits = searching.search(me(), words, within)
    return render_template("chat/search.html", hits=hits, words=words, most=searching.MOST_FOUND,
                           within=queries.named_for(me(), within) if within else None)  # fmt: skip


