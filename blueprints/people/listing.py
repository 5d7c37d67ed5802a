"""Managers' pages: who is here, invite, change roles, remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from blueprints import credentials
from blueprints.people.blueprint import people
from blueprints.people.forms import ORDER, ROLE_HINTS, ROLE_NAMES, InviteForm, RolesForm, chosen_id, preselected
from blueprints.people.places import place_and_sight
from core import limits
from core.access import roles
from core.limits import Limit
from core.urls import platform_url
from tenants.courses.choices import courses_to_join
from tenants.groups.limits import place_for
from tenants.groups.queries import groups_of
from tenants.groups.sight import check_sees, in_group, invitations_seen_by, sees_member, visible_to
from tenants.organisations import queries as organisations
from tenants.organisations.sight import from_organisation
from tenants.people import inviting, queries, rules
from tenants.people.inviting import Host, Invited
from tenants.people.models import Member
from tenants.people.queries import Wanted
from tenants.people.roster import ORDERS


@people.get("/people")
@roles("owner", "manager")
def index() -> Any:
    """List members, with a filter by role and a search; and invitations that wait."""
    wanted, group_id = wanted_of(request.args), request.args.get("group", type=UUID)
    organisation_id, seen = request.args.get("organisation", type=UUID), visible_to(_me())
    among = [in_group(group_id)] if group_id else []
    found = queries.people_page(wanted, seen, *among, *([from_organisation(organisation_id)] if organisation_id else []))
    kept = {name: value for name, value in request.args.items() if value and name != "page"}
    return credentials.page(
        "people/index.html", None, found=found, wanted=wanted, group_id=group_id, kept=kept, sorted_url=sorted_url,
        invitations=queries.open_invitations(invitations_seen_by(_me())), counts=queries.counts_by_role(seen), role_names=ROLE_NAMES,
        order=ORDER, choices=organisations.choices_for(_me()), organisation_id=organisation_id,
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


@people.route("/people/invite", methods=["GET", "POST"])
@roles("owner", "manager")
def invite() -> Any:
    """Invite people by mail; who has not confirmed their own address does that first."""
    if not current_user.is_confirmed:
        return credentials.page("people/confirm_first.html", None, platform=platform_url("/me"))
    form = InviteForm(data={"roles": ["participant"], **preselected()})
    form.roles.offer(rules.givable(current_user.roles))
    form.offer_courses(courses_to_join())
    form.offer_places(organisations.choices_for(_me()), current_user.is_limited)
    if form.validate_on_submit():
        limits.spend([Limit("invite", (str(current_user.id),), 100, 3600), *limits.invitation_limits(form.found)])
        where = place_for(_me(), chosen_id(form.group_id), chosen_id(form.organisation_id))
        _say(inviting.invite(_me(), _host(), form.found, form.roles.data, chosen_id(form.course_id), where, knows))
        return credentials.here(url_for(".index"))
    return credentials.page("people/invite.html", form, role_hints=ROLE_HINTS)


def knows(member: Member) -> bool:
    """Return whether the person who asks may know that this member is here."""
    return sees_member(_me(), member.id)


@people.post("/people/invitations/<uuid:invitation_id>/mails")
@roles("owner", "manager")
def resend(invitation_id: UUID) -> Any:
    """Mail an invitation once more, with a new link."""
    row = queries.open_invitation(invitation_id, invitations_seen_by(_me()))
    limits.spend([*limits.mail_limits(row.email or "", credentials.address()), *limits.invitation_limits([row.email or ""])])
    inviting.resend(row, _me(), _host())
    return credentials.here(url_for(".index"), _("The invitation is on its way again."))


@people.post("/people/invitations/<uuid:invitation_id>/withdrawal")
@roles("owner", "manager")
def withdraw(invitation_id: UUID) -> Any:
    """Make an invitation's link useless."""
    inviting.withdraw(queries.open_invitation(invitation_id, invitations_seen_by(_me())), _me())
    return credentials.here(url_for(".index"), _("The invitation is withdrawn."))


@people.route("/people/<uuid:member_id>", methods=["GET", "POST"])
@roles("owner", "manager")
def show(member_id: UUID) -> Any:
    """Show a member; change their roles."""
    member = load(member_id)
    form = roles_form(member)
    if form.validate_on_submit():
        changed = inviting.set_roles(member, form.roles.data, _me())
        if changed and member.id == current_user.id:
            return credentials.let_in(signing_anew(member), "/")
        return credentials.here(url_for(".index"), _("The roles are saved."))
    return person_page(member, form)


def roles_form(member: Member, **more: Any) -> RolesForm:
    """Return the form of the member's roles, with those that the person who asks may give."""
    form = RolesForm(data={"roles": sorted(member.roles)}, **more)
    form.roles.offer(rules.givable(current_user.roles))
    return form


def person_page(member: Member, form: RolesForm, sight_error: str = "") -> Any:
    """Return the page of a person."""
    return credentials.page(
        "people/show.html", form, member=member, sight_error=sight_error, role_names=ROLE_NAMES, role_hints=ROLE_HINTS, order=ORDER,
        groups=groups_of(_me(), member.id), **place_and_sight(member), may_change=rules.may_change(current_user.roles, member.roles),
        may_remove=rules.may_remove(current_user.roles, member.roles, member.id == current_user.id),
    )  # fmt: skip


@people.post("/people/<uuid:member_id>/removal")
@roles("owner", "manager")
def remove(member_id: UUID) -> Any:
    """Remove a member from the academy."""
    member = load(member_id)
    inviting.remove(member, _me())
    return credentials.here(url_for(".index"), _("%(name)s can no longer sign in here.", name=member.name))


def load(member_id: UUID) -> Member:
    """Return an active member whom the person who asks sees. Raises NotFound."""
    member = queries.member(member_id)
    check_sees(_me(), member.id)
    return member


def signing_anew(member: Member) -> str:
    """Return a fresh session for the member who changed their own roles (T19)."""
    return inviting.sessions.start(member.id, credentials.device())


def _say(result: Invited) -> None:
    """Tell the manager what came of it."""
    if result.invited:
        flash(ngettext("%(num)d invitation is on its way.", "%(num)d invitations are on their way.",
                       len(result.invited)), "success")  # fmt: skip
    if result.known:
        flash(ngettext("%(list)s is already a member here, so no invitation was sent.",
                       "%(list)s are already members here, so no invitation was sent.", len(result.known),
                       list=", ".join(result.known)), "warning")  # fmt: skip


def _host() -> Host:
    return Host(g.academy.name, g.academy.slug, g.academy.language)


def _me() -> Member:
    member: Member = current_user._get_current_object()
    return member
