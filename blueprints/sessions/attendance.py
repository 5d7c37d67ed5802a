"""The trainer's list: who came, in one form for everybody."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.me import me
from blueprints.sessions import sessions
from core.access import roles
from tenants.sessions import queries, seats
from tenants.sessions.models import ATTENDANCE
from tenants.sessions.queries import Shown, Sitter
from tenants.sessions.seats import Mark

Answer = str | Response | tuple[str, int]
MOST_MINUTES = 24 * 60


@sessions.get("/sessions/<uuid:session_id>/attendance")
@roles("trainer", "manager", "owner")
def attendance(session_id: UUID) -> str:
    """Show the list of who has a seat, to record who came."""
    return attendance_page(queries.session_to_change(me(), session_id))


def attendance_page(shown: Shown, errors: dict[str, str] | None = None) -> str:
    """Return the list; after a refusal with what was filled in, and sentences by seat."""
    people = [one for one in queries.people_of(me(), shown.session) if one.seat.state == "seated"]
    return render_template("sessions/attendance.html", shown=shown, people=people, errors=errors or {},
                           typed=request.form if errors else None)  # fmt: skip


@sessions.post("/sessions/<uuid:session_id>/attendance")
@roles("trainer", "manager", "owner")
def record(session_id: UUID) -> Answer:
    """Record the whole list; the button "everyone else present" fills in who has nothing yet."""
    shown = queries.session_to_change(me(), session_id, lock=True)
    people = [one for one in queries.people_of(me(), shown.session) if one.seat.state == "seated"]
    marks, errors = marks_sent(people, "present" if request.form.get("do") == "rest" else "")
    if errors:
        return attendance_page(shown, errors), 422
    number = seats.record_attendance(shown.session, marks, me())
    flash(ngettext("Recorded for %(num)d person", "Recorded for %(num)d people", number))
    return redirect(url_for(".attendance", session_id=session_id))


def marks_sent(people: list[Sitter], rest: str) -> tuple[dict[UUID, Mark], dict[str, str]]:
    """Return what the form says of each person, and sentences about minutes that are none."""
    marks, errors = {}, {}
    for one in people:
        key = str(one.seat.id)
        attended, minutes = request.form.get(f"came-{key}", rest) or rest, request.form.get(f"minutes-{key}", "").strip()
        if minutes and not (minutes.isascii() and minutes.isdigit() and int(minutes[:5]) <= MOST_MINUTES):
            errors[key] = _("Give minutes from 0 to 1440, or leave it empty.")
        elif attended in ATTENDANCE:
            marks[one.seat.id] = Mark(attended, int(minutes) if minutes else None)
    return marks, errors
