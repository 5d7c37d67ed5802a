"""Operators answer requests for a demo: the list, one request, what was said, when the demo is, its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from blueprints.academies.me import me
from blueprints.credentials import here, page
from blueprints.leads.blueprint import leads
from blueprints.leads.forms import NoteForm, PlanForm
from core import sheets
from core.access import operator
from core.audit.actions import record
from core.errors import Refused
from core.i18n import NAMES
from core.leads import actions, queries
from core.leads.models import Lead
from core.leads.rules import STEPS

STATES = {"new": _l("New"), "contacted": _l("Contacted"), "planned": _l("Demo planned"), "closed": _l("Done with"),
          "suspected": _l("Perhaps a machine")}  # fmt: skip


@leads.get("/operator/demos")
@operator
def index() -> str:
    """Show the requests; those that look as if a machine sent them stand apart. An address is found when it is typed whole."""
    state, email = request.args.get("state") or None, (request.args.get("q") or "").strip()[:320]
    listing = queries.leads(state, email, request.args.get("page", 1, type=int))
    return render_template("leads/index.html", listing=listing, state=state, words=email, states=STATES, counts=queries.count_by_state())


@leads.get("/operator/demos.csv")
@operator
def export() -> Response:
    """Give all requests as a table."""
    rows = [(row.asked_at.date().isoformat(), row.name, row.email, row.organisation, row.phone, row.question, str(STATES[row.state])) for row in queries.every()]
    record("demo requests exported", actor_id=me().id, count=len(rows))
    head = (_("Asked on"), _("Name"), _("E-mail address"), _("Organisation"), _("Phone"), _("Question"), _("State"))
    return Response(sheets.packed([head, *rows]), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=demos.csv"})


@leads.get("/operator/demos/<uuid:lead_id>")
@operator
def show(lead_id: UUID) -> Any:
    """Show one request and what was noted."""
    return lead_page(queries.lead(lead_id))


def lead_page(row: Lead, noting: NoteForm | None = None, planning: PlanForm | None = None) -> Any:
    """Return the page of a request; the forms are those that were refused."""
    return page("leads/show.html", noting or planning, row=row, notes=queries.notes_of(row), states=STATES, languages=NAMES, ends_at=queries.ends_at(row),
                noting=noting or NoteForm(formdata=None), planning=planning or PlanForm(formdata=None))  # fmt: skip


@leads.post("/operator/demos/<uuid:lead_id>/notes")
@operator
def note(lead_id: UUID) -> Any:
    """Write something down."""
    row, form = queries.lead(lead_id), NoteForm()
    if not form.validate_on_submit():
        return lead_page(row, noting=form)
    actions.note(row, form.text.data or "", me())
    return here(url_for(".show", lead_id=row.id), _("Noted."))


@leads.post("/operator/demos/<uuid:lead_id>/state")
@operator
def move(lead_id: UUID) -> AnyResponse:
    """Say that somebody was contacted, is done with, or asks indeed."""
    row, step = queries.lead(lead_id, lock=True), request.form.get("state", "")
    if step not in STEPS:
        raise Refused("lead state")
    actions.move(row, step, me())
    return here(url_for(".show", lead_id=row.id), STATES[row.state])


@leads.post("/operator/demos/<uuid:lead_id>/plan")
@operator
def plan(lead_id: UUID) -> Any:
    """Note when the demo is."""
    row, form = queries.lead(lead_id, lock=True), PlanForm()
    if not form.validate_on_submit():
        return lead_page(row, planning=form)
    actions.move(row, "planned", me(), form.moment)
    return here(url_for(".show", lead_id=row.id), _("The demo is planned."))


@leads.post("/operator/demos/<uuid:lead_id>/erasure")
@operator
def erase(lead_id: UUID) -> AnyResponse:
    """Destroy a request at once."""
    actions.erase(queries.lead(lead_id, lock=True), me())
    return here(url_for(".index"), _("The request is destroyed."))
