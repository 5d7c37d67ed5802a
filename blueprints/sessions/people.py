"""Staff: one session with its people; add somebody, take somebody off the list."""

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
from tenants.sessions.queries import Shown

MAX_AT_ONCE = 500
Answer = str | Response | tuple[str, int]


@sessions.get("/sessions/<uuid:session_id>")
@roles("trainer", "manager", "owner")
def manage(session_id: UUID) -> str:
    """Show a session with everybody on its list."""
    return manage_page(queries.session_to_change(me(), session_id))


def manage_page(shown: Shown, error: str | None = None) -> str:
    """Return the page of a session for staff."""
    others = [] if shown.session.is_cancelled or shown.is_over else queries.addable(me(), shown.session)
    return render_template("sessions/manage.html", shown=shown, people=queries.people_of(me(), shown.session), others=others,
                           error=error)  # fmt: skip


@sessions.post("/sessions/<uuid:session_id>/seats")
@roles("trainer", "manager", "owner")
def add_people(session_id: UUID) -> Answer:
    """Put the ticked people on the list, in the order of their names."""
    shown = queries.session_to_change(me(), session_id, lock=True)
    ticked = request.form.getlist("member", type=UUID)[:MAX_AT_ONCE]
    if not ticked:
        return manage_page(shown, _("Choose at least one person.")), 422
    for member in queries.members_named(me(), shown.session, ticked):
        seats.take_seat(shown.session, member, by=me())
    flash(ngettext("%(num)d person added", "%(num)d people added", len(ticked)))
    return redirect(url_for(".manage", session_id=session_id))


@sessions.post("/sessions/<uuid:session_id>/seats/<uuid:seat_id>/removal")
@roles("trainer", "manager", "owner")
def remove_person(session_id: UUID, seat_id: UUID) -> Response:
    """Take somebody off the list; their seat goes to who waits longest."""
    shown = queries.session_to_change(me(), session_id, lock=True)
    seats.leave_seat(shown.session, queries.seat_in(me(), shown.session, seat_id), by=me())
    flash(_("Taken off the list"))
    return redirect(url_for(".manage", session_id=session_id))
