"""Writing in a room: send, change, remove, react, and how far one has read. Forms are answered by pages, scripts by JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.chat import pacing
from blueprints.chat.blueprint import chat
from blueprints.chat.drawing import Drawn, draw
from blueprints.chat.files import not_taken_words, uploads
from blueprints.chat.pages import room_page
from blueprints.chat.words import refusal
from blueprints.me import me, sent_id
from core.access import signed_in, takes_files
from core.errors import Forbidden, KweekError, Refused, TooMany
from core.i18n import language
from tenants.chat import actions, queries, reading, standing
from tenants.chat.attachments import MOST_BYTES, NotTaken
from tenants.chat.models import Message, Room

Answer = str | Response | tuple[Any, int]


def wants_json() -> bool:
    """Return whether a script asks, which takes JSON."""
    return request.accept_mimetypes.best == "application/json"


@chat.post("/messages/<uuid:room_id>")
@signed_in
@takes_files(MOST_BYTES)
def post(room_id: UUID) -> Answer:
    """Say something in a room."""
    client_id, reply, drawn = sent_id(), request.form.get("reply_to", type=UUID), Drawn()
    try:
        pacing.writes()
        seen = actions.post_message(me(), room_id, request.form.get("body", ""), client_id, reply, uploads(room_id), drawn)
    except NotTaken as error:
        return not_taken(room_id, error, reply)
    except (Refused, Forbidden, TooMany) as error:
        return refused(room_id, error, reply=reply)
    if wants_json():
        return jsonify({**drawn.told_in(language(), seen), "client": str(client_id)})
    return to_message(room_id, seen.message.number)


def not_taken(room_id: UUID, error: NotTaken, reply: UUID | None) -> Answer:
    """Say which file cannot be sent and why; a page keeps the words, and says that browsers forget files."""
    if wants_json():
        return jsonify({"error": not_taken_words(error)}), error.status
    words = not_taken_words(error) + " " + _("Nothing was sent yet: choose the files again.")
    return room_page(queries.room_for(me(), room_id), words, request.form.get("body", ""), reply), error.status


def refused(room_id: UUID, error: KweekError, reply: UUID | None = None, edit: UUID | None = None) -> Answer:
    """Say what is wrong; a page keeps the words."""
    if wants_json():
        return jsonify({"error": refusal(error)}), error.status
    page = room_page(queries.room_for(me(), room_id), refusal(error), request.form.get("body", ""), reply, edit)
    return page, error.status


def to_message(room_id: UUID, number: int) -> Response:
    """Lead back to the room, to one of its messages."""
    return redirect(url_for(".room", room_id=room_id, _anchor=f"m-{number}"), 303)


def locked(room_id: UUID, message_id: UUID, whole: bool = False) -> tuple[Room, Message]:
    """Return a room that the person is in (locked if `whole`) and one of its messages, to be changed. Raises NotFound."""
    room = queries.room_for(me(), room_id, lock=whole)
    return room, reading.message_in(room, message_id, lock=True)


def done(room: Room, message: Message) -> Answer:
    """Answer with the message as it is now, or lead back to it."""
    if wants_json():
        return jsonify(draw(room, reading.seen([message]), language())[0])
    return redirect(url_for(".room", room_id=room.id, around=message.number, _anchor=f"m-{message.number}"), 303)


@chat.post("/messages/<uuid:room_id>/<uuid:message_id>/edit")
@signed_in
def edit(room_id: UUID, message_id: UUID) -> Answer:
    """Change one's own words."""
    try:
        pacing.writes()
        room, message = locked(room_id, message_id, whole=True)
        actions.edit_message(me(), message, request.form.get("body", ""))
    except (Refused, TooMany) as error:
        return refused(room_id, error, edit=message_id)
    except actions.Silent as error:
        return refused(room_id, error)
    return done(room, message)


@chat.post("/messages/<uuid:room_id>/<uuid:message_id>/remove")
@signed_in
def remove(room_id: UUID, message_id: UUID) -> Answer:
    """Take one's own words away."""
    pacing.writes()
    room, message = locked(room_id, message_id, whole=True)
    try:
        actions.remove_message(me(), message)
    except Refused as error:
        return refused(room_id, error)
    if not wants_json():
        flash(_("Removed. Others see that something stood here."))
    return done(room, message)


@chat.post("/messages/<uuid:room_id>/<uuid:message_id>/react")
@signed_in
def react(room_id: UUID, message_id: UUID) -> Answer:
    """Put a sign under a message, or take one's own away."""
    try:
        pacing.writes()
        room, message = locked(room_id, message_id)
        actions.react(me(), message, request.form.get("sign", ""))
    except (Refused, TooMany, actions.Silent) as error:
        return refused(room_id, error)
    return done(room, message)


@chat.post("/messages/<uuid:room_id>/read")
@signed_in
def read(room_id: UUID) -> Response | tuple[str, int]:
    """Note up to which message the person has read."""
    pacing.reads()
    room = queries.room_for(me(), room_id)
    number = request.form.get("number", type=int)
    standing.read_up_to(me(), room, room.last_number if number is None else number)
    return ("", 204) if number is not None else redirect(url_for(".index"), 303)
