"""The list of organisations, and the page of one: contact, people with progress, invitations, courses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import credentials
from blueprints.me import me
from blueprints.organisations import organisations
from blueprints.organisations.forms import OrganisationForm
from blueprints.people.forms import ORDER, ROLE_NAMES
from core.access import roles
from tenants.courses.choices import courses_to_join
from tenants.organisations import actions, queries
from tenants.organisations.actions import NameTaken
from tenants.organisations.models import Organisation
from tenants.organisations.queries import PER_PAGE, SORTS, Asking
from tenants.people.queries import members_in_order
from tenants.reports import organisation as progress
from tenants.reports import sight

Answer = str | Response | tuple[str, int]


@organisations.get("/organisations")
@roles("manager", "owner")
def index() -> str:
    """List the organisations, with a search and an order in the address."""
    asking = asking_of(request.args)
    found = queries.organisations_page(me(), asking)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "page"}
    return render_template(
        "organisations/index.html", found=found, asking=asking, kept=kept, sorted_url=sorted_url,
        before=url_for(".index", page=found.number - 1, **kept) if found.number > 1 else None,
        after=url_for(".index", page=found.number + 1, **kept) if found.has_next else None,
    )  # fmt: skip


def asking_of(values: Mapping[str, str]) -> Asking:
    """Return which organisations the address asks to see; what cannot be read asks nothing."""
    sort, number = values.get("sort", ""), values.get("page", "1")
    return Asking(
        values.get("q", "")[:200], "archived" if values.get("state") == "archived" else "active",
        sort if sort.removeprefix("-") in SORTS else "name", int(number) if number.isdecimal() and len(number) < 7 else 1,
    )  # fmt: skip


def sorted_url(asking: Asking, order: str) -> dict[str, str]:
    """Return what a column's head needs: the address that sorts by it (or turns the order), and how it is sorted now."""
    is_now, is_down = asking.sort.removeprefix("-") == order, asking.sort.startswith("-")
    values: dict[str, Any] = {**request.args.to_dict(), "sort": f"-{order}" if is_now and not is_down else order}
    values.pop("page", None)
    told = {"url": url_for(".index", **values)}
    return {**told, "sort": "descending" if is_down else "ascending"} if is_now else told


@organisations.route("/organisations/new", methods=["GET", "POST"])
@roles("manager", "owner")
def new() -> Answer:
    """Make an organisation."""
    queries.organisations_page(me(), Asking())
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            made = actions.make_organisation(form.facts, me())
            return credentials.here(url_for(".show", organisation_id=made.id), _("The organisation is made. Invite its people."))
        except NameTaken:
            form.name.errors = [_("There is an organisation with this name already, perhaps an archived one. Choose another name.")]
    return credentials.page("organisations/form.html", form, organisation=None)


@organisations.get("/organisations/<uuid:organisation_id>")
@roles("manager", "owner")
def show(organisation_id: UUID) -> Answer:
    """Show an organisation."""
    return shown(queries.organisation_for(me(), organisation_id))


def shown(organisation: Organisation, error: str = "") -> Answer:
    """Return the page of an organisation; 422 with what was wrong. People to add are searched by name."""
    inside, search = queries.people_ids(organisation), request.args.get("q", "").strip()[:200]
    courses, here = sight.all_followed(me()), people_here(inside)
    taken = progress.courses_taken(courses, organisation)
    page = render_template(
        "organisations/show.html", organisation=organisation, error=error, search=search, **here,
        stands=progress.stands_of(courses, [one.id for one in here["people"]]), taken=taken,
        invitations=queries.invitations_for(organisation), others=others(search, inside), offered=courses_to_join(),
        order=ORDER, role_names=ROLE_NAMES,
    )  # fmt: skip
    return (page, 422) if error else page


def people_here(inside: list[UUID]) -> dict[str, Any]:
    """Return one page of the organisation's people, and where the pages around it are."""
    last = max(1, -(-len(inside) // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    first, key = (number - 1) * PER_PAGE, (request.view_args or {})["organisation_id"]
    return {
        "people": members_in_order(inside[first : first + PER_PAGE]), "total": len(inside),
        "before": url_for(".show", organisation_id=key, page=number - 1) if number > 1 else None,
        "after": url_for(".show", organisation_id=key, page=number + 1) if number < last else None,
        "counted": _("%(first)d-%(last)d of %(total)d", first=first + 1, last=min(first + PER_PAGE, len(inside)), total=len(inside)),
    }  # fmt: skip


def others(search: str, inside: list[UUID]) -> list[tuple[Any, str | None]]:
    """Return who could come from the organisation, each with the organisation that they come from now."""
    found = queries.who_could_come(search, inside) if search else []
    places = queries.places_of([one.id for one in found])
    return [(one, places.get(one.id)) for one in found]


@organisations.route("/organisations/<uuid:organisation_id>/edit", methods=["GET", "POST"])
@roles("manager", "owner")
def edit(organisation_id: UUID) -> Answer:
    """Change what is known of an organisation."""
    organisation = queries.organisation_for(me(), organisation_id, lock=request.method == "POST")
    form = OrganisationForm(obj=organisation)
    if form.validate_on_submit():
        try:
            actions.change_organisation(organisation, form.facts, me())
            return credentials.here(url_for(".show", organisation_id=organisation_id), _("Saved."))
        except NameTaken:
            form.name.errors = [_("There is an organisation with this name already, perhaps an archived one. Choose another name.")]
    return credentials.page("organisations/form.html", form, organisation=organisation)


@organisations.post("/organisations/<uuid:organisation_id>/contact/removal")
@roles("manager", "owner")
def remove_contact(organisation_id: UUID) -> Response:
    """Forget the contact person."""
    actions.remove_contact(queries.organisation_for(me(), organisation_id, lock=True), me())
    flash(_("The contact person is removed."))
    return redirect(url_for(".show", organisation_id=organisation_id), 303)


@organisations.post("/organisations/<uuid:organisation_id>/state")
@roles("manager", "owner")
def archive(organisation_id: UUID) -> Response:
    """Take the organisation out of the lists, or bring it back."""
    organisation = queries.organisation_for(me(), organisation_id, lock=True)
    actions.set_archived(organisation, not organisation.is_archived, me())
    flash(_("Archived. Its people keep their courses.") if organisation.is_archived else _("The organisation is back in the lists."))
    return redirect(url_for(".show", organisation_id=organisation_id), 303)
