"""Managers' pages: who is here, change roles, remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints import credentials
from blueprints.me import me
from blueprints.people.blueprint import people
from blueprints.people.forms import ORDER, ROLE_HINTS, ROLE_NAMES, AddressForm, DaysField, NumberForm, RolesForm
from blueprints.people.places import place_and_sight
from blueprints.people.words import bounce_words
from core.access import roles
from tenants.groups.limits import check_reaches, reaches
from tenants.groups.queries import groups_of
from tenants.groups.sight import check_sees, in_group, invitations_seen_by, visible_to
from tenants.organisations import queries as organisations
from tenants.organisations.sight import from_organisation
from tenants.people import codes, inviting, queries, rules
from tenants.people.invitation_queries import invitation_counts
from tenants.people.models import Member
from tenants.people.queries import Wanted
from tenants.people.roster import ORDERS


@people.get("/people")
@roles("owner", "manager")
def index() -> Any:
    """List members, with a filter by role, group and state and a search."""
    wanted, group_id = wanted_of(request.args), request.args.get("group", type=UUID)
    organisation_id, seen = request.args.get("organisation", type=UUID), visible_to(me())
    among = [*([in_group(group_id)] if group_id else []), *([from_organisation(organisation_id)] if organisation_id else [])]
    found = queries.people_page(wanted, seen, *among)
    kept = {name: value for name, value in request.args.items() if value and name != "page"}
    return credentials.page(
        "people/index.html", None, found=found, wanted=wanted, group_id=group_id, organisation_id=organisation_id, kept=kept,
        sorted_url=sorted_url, invitations=invitation_counts(invitations_seen_by(me())), bounced=queries.bounced_count(seen),
        counts=queries.counts_by_role(seen), role_names=ROLE_NAMES, order=ORDER, choices=organisations.choices_for(me()),
        has_numbers=queries.numbers_in_use(), days=DaysField() if wanted.state == "unbegun" and found.total else None,
    )  # fmt: skip


def wanted_of(values: Mapping[str, str]) -> Wanted:
    """Return whom the address asks to see; what cannot be read asks nothing."""
    role, state, sort = values.get("role"), values.get("state", ""), values.get("sort", "")
    number = values.get("page", "1")
    return Wanted(
        role if role in ORDER else None, values.get("q", "")[:200], state if state in queries.STATES else "active",
        sort if sort.removeprefix("-") in ORDERS else "name", int(number) if number.isdecimal() and len(number) < 7 else 1,
    )  # fmt: skip


def sorted_url(wanted: Wanted, order: str) -> dict[str, str]:
    """Return what a column's head needs: the address that sorts by it (or turns the order), and how it is sorted now."""
    is_now, is_down = wanted.order == order, wanted.sort.startswith("-")
    values: dict[str, Any] = {**request.args.to_dict(), "sort": f"-{order}" if is_now and not is_down else order}
    values.pop("page", None)
    told = {"url": url_for(".index", **values)}
    return {**told, "sort": "descending" if is_down else "ascending"} if is_now else told


@people.route("/people/<uuid:member_id>", methods=["GET", "POST"])
@roles("owner", "manager")
def show(member_id: UUID) -> Any:
    """Show a member; change their roles."""
    member = load(member_id)
    form = roles_form(member)
    if form.validate_on_submit():
        check_reaches(me(), member)
        changed = inviting.set_roles(member, form.roles.data, me())
        if changed and member.id == current_user.id:
            return credentials.let_in(signing_anew(member), "/")
        return credentials.here(url_for(".index"), _("The roles are saved."))
    return member_page(member, form)


def roles_form(member: Member, **more: Any) -> RolesForm:
    """Return the form of the member's roles, with those that the person who asks may give."""
    form = RolesForm(data={"roles": sorted(member.roles)}, **more)
    form.roles.offer(rules.givable(current_user.roles))
    return form


def member_page(
    member: Member, form: RolesForm | None = None, number: NumberForm | None = None, address: AddressForm | None = None,
    sight_error: str = "",
) -> Any:  # fmt: skip
    """Return the page of a member; a form that was refused stands there as it was typed."""
    return credentials.page(
        "people/show.html", form or roles_form(member, formdata=None), member=member, sight_error=sight_error, role_names=ROLE_NAMES,
        role_hints=ROLE_HINTS, order=ORDER, groups=groups_of(me(), member.id), **place_and_sight(member),
        may_change=rules.may_change(current_user.roles, member.roles) and reaches(me(), member),
        may_remove=rules.may_remove(current_user.roles, member.roles, member.id == current_user.id),
        number_form=number or NumberForm(formdata=None, data={"number": member.number}), bounce_words=bounce_words,
        address_form=address or AddressForm(formdata=None), may_give_code=codes.may_give_code(me(), member),
        code=codes.codes_of([member.id]).get(member.id), days=DaysField(formdata=None),
    )  # fmt: skip


@people.post("/people/<uuid:member_id>/removal")
@roles("owner", "manager")
def remove(member_id: UUID) -> Any:
    """Remove a member from the academy."""
    member = load_to_change(member_id)
    inviting.remove(member, me())
    return credentials.here(url_for(".index"), _("%(name)s can no longer sign in here.", name=member.name))


def load(member_id: UUID) -> Member:
    """Return an active member whom the person who asks sees. Raises NotFound."""
    member = queries.member(member_id)
    check_sees(me(), member.id)
    return member


def load_to_change(member_id: UUID) -> Member:
    """Return an active member, who sees no more people than the person who asks. Raises NotFound, Forbidden."""
    member = load(member_id)
    check_reaches(me(), member)
    return member


def signing_anew(member: Member) -> str:
    """Return a fresh session for the member who changed their own roles (T19)."""
    return inviting.sessions.start(member.id, credentials.device())
