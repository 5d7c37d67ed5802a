"""Open an academy in four steps: name and address, colour with a preview, the agreement, done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from blueprints.academies.blueprint import academies
from blueprints.academies.forms import LookForm, NamesForm
from blueprints.academies.me import me, own
from blueprints.academies.words import SLUG_PROBLEMS
from blueprints.agreeing import AgreementForm, agreement_page, shown
from blueprints.credentials import page
from core.academies import queries, rules
from core.academies.actions import SlugRefused
from core.access import signed_in
from core.config import config
from core.db import db
from core.errors import Refused
from core.headers import allow_form_target
from core.i18n import language
from core.legal.actions import accept_for_academy
from core.legal.models import Version
from core.legal.queries import current
from core.legal.rules import OF_ACADEMIES
from core.urls import academy_url
from tenants.opening import open_academy

CHOSEN = "opening"


@academies.route("/academies/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Ask for name and address; both wait in the form cookie for the next step."""
    refuse_too_many()
    form = NamesForm(data=session.get(CHOSEN) or suggested())
    if form.validate_on_submit():
        session[CHOSEN] = {"name": form.name.data, "slug": form.slug.data}
        return redirect(url_for(".look"), 303)
    return page("academies/new.html", form, address=academy_url("…", ""))


def suggested() -> dict[str, str]:
    """Return what the account's organisation suggests for a first academy: its name, and an address that is free."""
    organisation = me().organisation or ""
    if not rules.is_name(organisation) or queries.academies_of(me().id):
        return {}
    return {"name": organisation, "slug": queries.suggest_slug(organisation, config().platform_name)}


@academies.get("/academies/address")
@signed_in
def address() -> str:
    """Return one line that says whether the address is free, for the field that asks while one types."""
    slug = (request.args.get("slug") or "").strip().lower()[:80]
    problem = queries.slug_problem(slug, config().platform_name)
    suggestion = "" if problem is None else queries.suggest_slug(slug, config().platform_name)
    return render_template("academies/_address.html", slug=slug, problem=SLUG_PROBLEMS.get(problem or ""),
                           suggestion=suggestion)  # fmt: skip


@academies.route("/academies/new/look", methods=["GET", "POST"])
@signed_in
def look() -> Any:
    """Ask for colour and language; they wait with the rest."""
    chosen = session.get(CHOSEN)
    if not chosen:
        return redirect(url_for(".new"))
    refuse_too_many()
    form = LookForm(data={"language": language(), **chosen})
    if form.validate_on_submit():
        session[CHOSEN] = {**chosen, "colour": form.colour.data, "language": form.language.data}
        return redirect(url_for(".agree"), 303)
    return page("academies/look.html", form, chosen=chosen)


@academies.route("/academies/new/agreement", methods=["GET", "POST"])
@signed_in
def agree() -> Any:
    """Show the agreement on processing; who may sign for the organisation accepts it, and the academy opens."""
    chosen = session.get(CHOSEN)
    if not chosen or "colour" not in chosen:
        return redirect(url_for(".new" if not chosen else ".look"))
    refuse_too_many()
    form = AgreementForm(data={"organisation": me().organisation or chosen["name"]})
    if form.validate_on_submit():
        try:
            return open_chosen(chosen, form, shown(form))
        except Refused as refused:
            if str(refused) != "legal version":
                raise
            form.show_again(current(OF_ACADEMIES))
    return agreement_page("academies/agree.html", form, me(), chosen=chosen)


def open_chosen(chosen: dict[str, str], form: AgreementForm, version: Version) -> Any:
    """Open the academy with its agreement; if its address was taken meanwhile, go back to the first step and say so."""
    try:
        academy = open_academy(chosen["name"], chosen["slug"], me(), chosen["colour"], chosen["language"])
        db.session.flush()
        accept_for_academy(academy, me(), version, language(), form.signer(me().name))
    except SlugRefused as refused:
        twin = queries.just_opened(me().id, chosen["slug"])
        if twin is not None:  # the form was sent twice
            return redirect(url_for(".opened", academy_id=twin.id), 303)
        names = NamesForm(formdata=None, data=chosen)
        names.refuse_slug(refused.problem)
        return page("academies/new.html", names, address=academy_url("…", ""))
    session.pop(CHOSEN)
    return redirect(url_for(".opened", academy_id=academy.id), 303)


@academies.get("/academies/<uuid:academy_id>/opened")
@signed_in
def opened(academy_id: UUID) -> str | Response:
    """Say that the academy stands, or that it is being made ready."""
    academy = own(academy_id)
    if academy.slug is None:
        return redirect(url_for(".show", academy_id=academy.id))
    allow_form_target(academy_url(academy.slug, ""))
    return render_template("academies/opened.html", academy=academy, address=academy_url(academy.slug, ""),
                           is_ready=queries.is_ready(academy))  # fmt: skip


def refuse_too_many() -> None:
    """Raise Refused when the account owns as many academies as it may."""
    living = sum(academy.state != "closed" for academy in queries.academies_of(me().id))
    if not rules.may_open(living, me().is_confirmed):
        raise Refused("too many academies" if me().is_confirmed else "confirm first")
