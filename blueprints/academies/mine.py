"""An owner's academies: the list, one academy with its owners, its name and colour."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.academies.blueprint import academies
from blueprints.academies.forms import OfferForm
from blueprints.academies.me import me, own
from blueprints.academies.words import STATE_TAGS, STATES
from blueprints.credentials import address, here, page
from core import limits
from core.academies import owners, queries
from core.academies.models import Academy
from core.access import signed_in
from core.headers import allow_form_target
from core.legal.actions import signer_of
from core.legal.queries import acceptances_for, agreement_of, agreements_of
from core.urls import academy_url, safe_next
from tenants.counting import counts_of


@academies.app_template_global("state_word")
def state_word(state: str) -> str:
    """Return what a state is called."""
    return str(STATES[state])


@academies.app_template_global("state_tag")
def state_tag(state: str) -> str:
    """Return the kind of tag that a state is shown with."""
    return STATE_TAGS[state]


@academies.app_template_global("academy_address")
def academy_address(slug: str) -> str:
    """Return the address of an academy without its scheme."""
    return academy_url(slug, "").split("://", 1)[1]


@academies.get("/academies")
@signed_in
def index() -> str:
    """Show the academies that the account owns."""
    found = queries.academies_of(me().id)
    for academy in found:
        allow_entry(academy)
    going = {request.args.get("enter"): safe_next(request.args.get("next"))}
    return render_template("academies/index.html", academies=found, going=going, waiting=agreements_of(found))


@academies.get("/academies/<uuid:academy_id>")
@signed_in
def show(academy_id: UUID) -> Any:
    """Show one academy: address, state, what it holds, owners."""
    return show_page(own(academy_id), OfferForm())


@academies.post("/academies/<uuid:academy_id>/offers")
@signed_in
def offer(academy_id: UUID) -> Any:
    """Mail somebody that they may become owner."""
    academy, form = own(academy_id), OfferForm()
    if form.validate_on_submit():
        limits.spend(limits.mail_limits(form.email.data, address()))
        owners.offer_ownership(academy, me(), form.email.data, form.way.data == "instead")
        return here(url_for(".show", academy_id=academy.id), _("The mail is on its way. It works for 7 days."))
    return show_page(academy, form)


@academies.post("/academies/<uuid:academy_id>/offers/<uuid:offer_id>/withdrawal")
@signed_in
def withdraw(academy_id: UUID, offer_id: UUID) -> Response:
    """Take an offer back."""
    academy = own(academy_id)
    owners.withdraw_offer(academy, offer_id)
    return here(url_for(".show", academy_id=academy.id), _("The offer is withdrawn."))


@academies.post("/academies/<uuid:academy_id>/departure")
@signed_in
def leave(academy_id: UUID) -> Response:
    """Stop being an owner; the last one cannot."""
    academy = own(academy_id)
    owners.leave_ownership(academy, me())
    return here(url_for(".index"), _("You are no longer an owner of %(name)s.", name=academy.name))


def show_page(academy: Academy, form: OfferForm) -> Any:
    """Return the academy's page."""
    allow_entry(academy)
    if academy.state == "closed":
        return redirect(url_for(".receipt", academy_id=academy.id))
    return page("academies/show.html", form, academy=academy, counts=counts_of(academy), account=me(),
                owners=owners.owners_of(academy), offers=owners.offers_of(academy),
                closing=queries.closing_of(academy), agreement=agreement_of(academy), acceptances=acceptances_for(academy.number),
                signer_of=signer_of)  # fmt: skip


def allow_entry(academy: Academy) -> None:
    """Let the button that enters the academy end at its host."""
    if academy.slug is not None:
        allow_form_target(academy_url(academy.slug, ""))
