"""What one chooses for oneself: mute, pin or archive a room, block somebody, and what others see of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.chat.blueprint import chat
from blueprints.me import me
from core.access import signed_in
from core.errors import NotFound
from tenants.chat import queries, standing
from tenants.chat.rules import other_of
from tenants.people.queries import member

CHOICES: dict[str, dict[str, Any]] = {
    "mute": {"is_muted": True}, "unmute": {"is_muted": False}, "pin": {"is_pinned": True}, "unpin": {"is_pinned": False},
    "unarchive": {"archived_number": None},
}  # fmt: skip


@chat.post("/messages/<uuid:room_id>/stand")
@signed_in
def stand(room_id: UUID) -> Response:
    """Mute, pin or archive a room, for the person alone."""
    room, wish = queries.room_for(me(), room_id), request.form.get("do", "")
    if wish == "archive":
        standing.set_stand(me(), room, archived_number=room.last_number)
        flash(_("Archived. It comes back when somebody writes."))
        return redirect(url_for(".index"), 303)
    if wish in CHOICES:
        standing.set_stand(me(), room, **CHOICES[wish])
    return redirect(url_for(".room", room_id=room_id, _anchor="end"), 303)


@chat.post("/messages/<uuid:room_id>/block")
@signed_in
def block(room_id: UUID) -> Response:
    """Block the other of a direct talk, or somebody whose message stands in the room; or unblock them."""
    room = queries.room_for(me(), room_id)
    who = request.form.get("member", type=UUID) or (other_of(room, me().id) if room.kind == "direct" else None)
    if who is None:
        raise NotFound("nobody to block")
    if request.form.get("do") == "unblock":
        standing.unblock(me(), who)
        flash(_("Unblocked. Messages can be sent again."))
    else:
        if not queries.is_in(who, room):
            raise NotFound("not in the room")
        standing.block(me(), member(who))
        flash(_("Blocked. You get no messages from this person; elsewhere their words are folded."))
    return redirect(url_for(".room", room_id=room_id, _anchor="end"), 303)


@chat.route("/messages/own", methods=["GET", "POST"])
@signed_in
def own() -> str | Response:
    """Show and change what others see of the person, and whom they blocked."""
    if request.method == "POST":
        unblocked = request.form.get("unblock", type=UUID)
        if unblocked:
            standing.unblock(me(), unblocked)
        else:
            standing.show(me(), *(request.form.get(name) == "y" for name in ("presence", "typing", "read")))
        flash(_("Saved"))
        return redirect(url_for(".own"), 303)
    return render_template("chat/own.html", manners=queries.manners(), blocked=queries.blocked(me()))
