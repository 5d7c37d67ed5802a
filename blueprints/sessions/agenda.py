"""A person's agenda, the page of a session, and their seat in it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.me import me
from blueprints.sessions import sessions
from blueprints.sessions.words import page_number, pages_of
from core.access import signed_in
from core.errors import NotFound
from tenants.sessions import queries, seats
from tenants.sessions.rules import may_plan


@sessions.get("/agenda")
@signed_in
def agenda() -> str:
    """Show what comes, or what was."""
    past = request.args.get("show") == "past"
    listed = queries.agenda_of(me(), past, page_number())
    next_link = next((shown for shown in listed.sessions if shown.link), None)
    return render_template("sessions/agenda.html", listed=listed, past=past, next_link=next_link,
                           plans=may_plan(me().roles), **pages_of(".agenda", listed))  # fmt: skip


@sessions.get("/agenda/<uuid:session_id>")
@signed_in
def show(session_id: UUID) -> str:
    """Show one session: when, where, who leads it, and the person's seat."""
    shown = queries.session_for(me(), session_id)
    line = queries.place_in_line(shown) if shown.state == "waiting" else None
    may_come = bool(shown.state) or queries.may_take_seat(me(), shown.session)
    return render_template("sessions/show.html", shown=shown, line=line, may_come=may_come, plans=may_plan(me().roles))


@sessions.post("/agenda/<uuid:session_id>/seat")
@signed_in
def take_seat(session_id: UUID) -> Response:
    """Take a seat, or a place on the waiting list."""
    shown = queries.session_for(me(), session_id, lock=True)
    if not queries.may_take_seat(me(), shown.session):
        raise NotFound("not for them")
    seat = seats.take_seat(shown.session, me())
    flash(_("You have a seat") if seat.state == "seated" else _("You are on the waiting list"))
    return redirect(url_for(".show", session_id=session_id))


@sessions.post("/agenda/<uuid:session_id>/seat/cancellation")
@signed_in
def leave_seat(session_id: UUID) -> Response:
    """Give the seat, or the place on the waiting list, up."""
    shown = queries.session_for(me(), session_id, lock=True)
    if shown.seat is None:
        raise NotFound("no seat")
    seats.leave_seat(shown.session, shown.seat)
    flash(_("You gave your place up"))
    return redirect(url_for(".show", session_id=session_id))
