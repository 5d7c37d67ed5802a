"""Staff: the list of sessions, plan one, change it, call it off."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.me import me, sent_id
from blueprints.reasons import REASONS
from blueprints.sessions import sessions
from blueprints.sessions.forms import SessionForm, facts_of
from blueprints.sessions.words import page_number, pages_of
from core.access import roles
from core.errors import Refused
from tenants.courses.queries import trainers
from tenants.sessions import actions, queries

Answer = str | Response | tuple[str, int]
FIELDS = {"no such time": "begins", "no such span": "ends", "join link": "join_url", "places": "places",
          "study minutes": "study_minutes", "title": "title"}  # fmt: skip


@sessions.get("/sessions")
@roles("trainer", "manager", "owner")
def index() -> str:
    """Show the sessions of the academy, or of one course."""
    course_id, past = request.args.get("course", type=UUID), request.args.get("show") == "past"
    listed = queries.sessions_to_plan(me(), course_id, past, page_number())
    return render_template("sessions/index.html", listed=listed, past=past, course_id=course_id,
                           courses=queries.courses_to_choose(), **pages_of(".index", listed))  # fmt: skip


@sessions.route("/sessions/new", methods=["GET", "POST"])
@roles("trainer", "manager", "owner")
def new() -> Answer:
    """Plan a session."""
    form = session_form(course_id=request.args.get("course", ""), trainers=[str(me().id)])
    if form.validate_on_submit():
        try:
            session = actions.plan_session_once(sent_id("session_key"), form.draft(g.academy.zone), me())
        except Refused as refusal:
            return refused(form, refusal, "sessions/edit.html", shown=None)
        flash(_("Planned"))
        return redirect(url_for(".manage", session_id=session.id))
    return render_template("sessions/edit.html", form=form, shown=None), 422 if form.errors else 200


@sessions.route("/sessions/<uuid:session_id>/edit", methods=["GET", "POST"])
@roles("trainer", "manager", "owner")
def edit(session_id: UUID) -> Answer:
    """Change a session; who has a seat is told when it moves."""
    shown = queries.session_to_change(me(), session_id, lock=request.method == "POST")
    form = session_form(**facts_of(shown.session))
    if form.validate_on_submit():
        try:
            moved = actions.change_session(shown.session, form.draft(shown.session.zone), me(), form.reason.data or "")
        except Refused as refusal:
            return refused(form, refusal, "sessions/edit.html", shown=shown, unreached=queries.unreached(me(), shown.session))
        flash(_("Moved. Everybody on the list gets a mail.") if moved else _("Saved"))
        return redirect(url_for(".manage", session_id=session_id))
    page = render_template("sessions/edit.html", form=form, shown=shown, unreached=queries.unreached(me(), shown.session))
    return page, 422 if form.errors else 200


def session_form(**facts: object) -> SessionForm:
    """Return the form with the courses and trainers that can be chosen."""
    form = SessionForm(**facts)
    form.course_id.choices = [("", _("Everybody in the academy")), *queries.courses_to_choose()]
    form.trainers.choices = [(str(one.id), one.name) for one in trainers()]
    return form


def refused(form: SessionForm, refusal: Refused, template: str, **values: object) -> Answer:
    """Answer 422 with the form as it was filled in and a sentence at the field that it is about."""
    if isinstance(refusal, actions.NeedsReason):
        form.reason.errors = [_("Write why it is moved: everybody on the list gets it by mail.")]
    elif str(refusal) in FIELDS:
        form[FIELDS[str(refusal)]].errors = [str(REASONS[str(refusal)])]
    else:
        raise refusal
    return render_template(template, form=form, **values), 422


@sessions.route("/sessions/<uuid:session_id>/cancellation", methods=["GET", "POST"])
@roles("trainer", "manager", "owner")
def cancel(session_id: UUID) -> Answer:
    """Call a session off; everybody on the list gets the reason by mail."""
    shown = queries.session_to_change(me(), session_id, lock=request.method == "POST")
    if request.method == "GET":
        return render_template("sessions/cancel.html", shown=shown, error=None, unreached=queries.unreached(me(), shown.session))
    try:
        actions.cancel_session(shown.session, request.form.get("reason", ""), me())
    except actions.NeedsReason:
        error = _("Write why: everybody on the list gets it by mail.")
        return render_template("sessions/cancel.html", shown=shown, error=error, unreached=queries.unreached(me(), shown.session)), 422
    flash(_("Cancelled. Everybody on the list gets a mail."))
    return redirect(url_for(".manage", session_id=session_id))
