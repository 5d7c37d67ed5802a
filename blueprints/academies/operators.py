"""Operators: all academies, open one for somebody, suspend, resume, close, appoint an owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.academies.blueprint import academies
from blueprints.academies.closing import holders_of, show_progress
from blueprints.academies.forms import AppointForm, OperatorCloseForm, OperatorOpenForm, ReasonForm
from blueprints.academies.me import me
from blueprints.academies.words import STATES
from blueprints.credentials import here, page
from core.academies import owners, queries, rules
from core.academies.actions import SlugRefused
from core.academies.models import Academy
from core.access import operator
from core.config import config
from core.errors import NotFound, Refused
from core.legal.actions import ask_owner, signer_of
from core.legal.queries import acceptances_for, agreement_of
from core.urls import academy_url
from tenants.close import ask_closing, undo_closing
from tenants.counting import counts_by_number, counts_of
from tenants.opening import open_academy
from tenants.suspend import resume_academy, suspend_academy


@academies.get("/operator/academies", endpoint="all")
@operator
def show_all() -> str:
    """Show every academy with state, owners and counts; 20 on a page."""
    state, words = request.args.get("state") or None, (request.args.get("q") or "").strip()[:80]
    listing = queries.all_academies(request.args.get("page", 1, type=int), state, words)
    return render_template("academies/all.html", listing=listing, state=state, words=words, states=STATES,
                           by_state=queries.count_by_state(), counts=counts_by_number(listing.academies))  # fmt: skip


@academies.route("/operator/academies/new", methods=["GET", "POST"])
@operator
def provide() -> Any:
    """Open an academy for an account."""
    form = OperatorOpenForm()
    if form.validate_on_submit():
        try:
            owner = owners.known_account(form.owner.data)
            academy = open_academy(form.name.data, form.slug.data, owner, form.colour.data, form.language.data)
            ask_owner(academy, owner)
            return here(url_for(".manage", academy_id=academy.id), _("%(name)s stands. Its owner gets a mail, and enters once the agreement is accepted.", name=academy.name))
        except NotFound:
            form.refuse_owner()
        except SlugRefused as refused:
            form.refuse_slug(refused.problem)
    return page("academies/provide.html", form, address=academy_url("…", ""))


@academies.get("/operator/academies/<uuid:academy_id>")
@operator
def manage(academy_id: UUID) -> Any:
    """Show one academy to an operator."""
    return manage_page(queries.academy_by_id(academy_id))


@academies.post("/operator/academies/<uuid:academy_id>/suspension")
@operator
def suspend(academy_id: UUID) -> Any:
    """Suspend the academy: its data stays, its members see a neutral page."""
    academy, form = queries.academy_by_id(academy_id), ReasonForm(prefix="suspend")
    if form.validate_on_submit():
        suspend_academy(academy, form.reason.data, me().id)
        return here(url_for(".manage", academy_id=academy.id), _("%(name)s is suspended.", name=academy.name))
    return manage_page(academy, suspending=form)


@academies.post("/operator/academies/<uuid:academy_id>/resumption")
@operator
def resume(academy_id: UUID) -> Response:
    """Serve the academy again."""
    academy = queries.academy_by_id(academy_id)
    resume_academy(academy, me().id)
    return here(url_for(".manage", academy_id=academy.id), _("%(name)s answers again.", name=academy.name))


@academies.post("/operator/academies/<uuid:academy_id>/owners")
@operator
def appoint(academy_id: UUID) -> Any:
    """Make somebody owner because the others are gone."""
    academy, form = queries.academy_by_id(academy_id), AppointForm(prefix="appoint")
    if form.validate_on_submit():
        try:
            owners.appoint_owner(academy, owners.known_account(form.email.data), me(), form.reason.data)
            return here(url_for(".manage", academy_id=academy.id), _("The new owner is appointed."))
        except NotFound:
            form.email.errors = [_("There is no account with this address. Let them sign up first.")]
        except Refused:
            form.email.errors = [_("This address is not confirmed yet. Let them open the link in their mail first.")]
    return manage_page(academy, appointing=form)


@academies.route("/operator/academies/<uuid:academy_id>/closing", methods=["GET", "POST"])
@operator
def shut(academy_id: UUID) -> Any:
    """Close an academy, with as many days to undo as the operator chooses; one that runs shows its progress."""
    academy = queries.academy_by_id(academy_id)
    if not rules.may_close(academy.state):
        return show_progress(academy, is_operator=True)
    form = OperatorCloseForm(academy.slug or "", holders_of(academy) or [(str(me().id), me().name)], days=config().undo_days)
    if form.validate_on_submit():
        ask_closing(academy, me().id, form.days.data, UUID(form.holder.data), by_operator=True)
        return redirect(url_for(".shut", academy_id=academy.id), 303)
    return page("academies/close.html", form, academy=academy, counts=counts_of(academy), days=None,
                export_days=rules.EXPORT_DAYS)  # fmt: skip


@academies.post("/operator/academies/<uuid:academy_id>/closing/withdrawal")
@operator
def unshut(academy_id: UUID) -> Response:
    """Take a closing back while it waits."""
    academy = queries.academy_by_id(academy_id)
    undo_closing(academy, me().id, is_operator=True)
    return here(url_for(".manage", academy_id=academy.id), _("%(name)s stays open.", name=academy.name))


def manage_page(academy: Academy, suspending: ReasonForm | None = None, appointing: AppointForm | None = None) -> Any:
    """Return an operator's page of one academy; `suspending` or `appointing` is a form that was refused."""
    return page(
        "academies/manage.html", suspending or appointing, academy=academy, counts=counts_of(academy),
        closing=queries.closing_of(academy), agreement=agreement_of(academy), acceptances=acceptances_for(academy.number), signer_of=signer_of,
        suspending=suspending or ReasonForm(formdata=None, prefix="suspend"),
        appointing=appointing or AppointForm(formdata=None, prefix="appoint"),
    )  # fmt: skip
