"""People without e-mail, as managers see them: add them by number, print start codes, and give them an address later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, request, url_for
from flask_babel import gettext as _

from blueprints import credentials
from blueprints.me import me
from blueprints.people.blueprint import people
from blueprints.people.forms import ROLE_HINTS, AddForm, AddressForm, DaysField, NumberForm, chosen_id, preselected
from blueprints.people.listing import load_to_change, member_page, wanted_of
from core import limits
from core.access import roles
from core.errors import Forbidden, Refused
from core.limits import Limit
from core.urls import academy_url
from tenants.courses.choices import courses_to_join
from tenants.groups.limits import place_for, reaches
from tenants.groups.sight import in_group, sees_member, visible_to
from tenants.organisations import queries as organisations
from tenants.organisations.sight import from_organisation
from tenants.people import actions, codes, numbers, queries, rules
from tenants.people.codes import Card

TOLD_AT_NUMBER = {("number taken",), ("only number",)}


@people.route("/people/add", methods=["GET", "POST"])
@roles("owner", "manager")
def add() -> Any:
    """Add somebody without e-mail; the answer is the card with their start code."""
    form = AddForm(data=preselected())
    form.roles.offer(rules.givable(me().roles))
    form.offer_courses(courses_to_join())
    form.offer_places(organisations.choices_for(me()), me().is_limited)
    if form.validate_on_submit():
        limits.spend([Limit("add person", (str(me().id),), 200, 3600)])
        try:
            where = place_for(me(), chosen_id(form.group_id), chosen_id(form.organisation_id))
            name = form.first_name.data, form.last_name.data
            member = numbers.add_person(me(), *name, form.number.data, form.roles.data, form.course, where)
            return _cards(codes.give_codes([member], me(), form.days.data))
        except Refused as error:
            _tell(form, error)
    return credentials.page("people/add.html", form, role_hints=ROLE_HINTS)


def _tell(form: NumberForm, error: Refused) -> None:
    """Say at the field what is wrong with a number. Raises what is about something else."""
    if error.args not in TOLD_AT_NUMBER:
        raise error
    if error.args == ("only number",):
        form.number.errors = [_("Without e-mail address this person needs a number to sign in.")]
    else:
        holder = queries.member_by_number(form.number.data)
        form.refuse(holder if holder is not None and sees_member(me(), holder.id) else None)


@people.post("/people/<uuid:member_id>/number")
@roles("owner", "manager")
def change_number(member_id: UUID) -> Any:
    """Give a member a personnel number, another one, or none."""
    member, form = load_to_change(member_id), NumberForm()
    if form.validate_on_submit():
        try:
            numbers.change_number(member, form.number.data or "", me())
            return credentials.here(url_for(".show", member_id=member.id), _("The personnel number is saved."))
        except Refused as error:
            _tell(form, error)
    return member_page(member, number=form)


@people.post("/people/<uuid:member_id>/address")
@roles("owner", "manager")
def offer_address(member_id: UUID) -> Any:
    """Mail a link to an address for a member whom mail does not reach; it counts once they have used the link."""
    member, form = load_to_change(member_id), AddressForm()
    if not rules.may_change(me().roles, member.roles) or member.can_be_mailed:
        raise Forbidden("member")
    if not form.validate_on_submit():
        return member_page(member, address=form)
    limits.spend(limits.mail_limits(form.email.data, credentials.address()))
    holder = queries.member_by_email(form.email.data)
    if holder is not None and sees_member(me(), holder.id):
        form.email.errors = [_("Somebody here has this address already. Check it.")]
        return member_page(member, address=form)
    actions.offer_address(member, form.email.data, me(), g.academy.slug, g.academy.language)
    return credentials.here(url_for(".show", member_id=member.id), _("We sent a link there. The address counts once it was used."))


@people.post("/people/<uuid:member_id>/codes")
@roles("owner", "manager")
def give_code(member_id: UUID) -> Any:
    """Give a member a new start code and show its card; earlier code, password and sessions end."""
    return _cards(codes.give_codes([load_to_change(member_id)], me(), _days()))


@people.post("/people/codes")
@roles("owner", "manager")
def give_codes() -> Any:
    """Give start codes to those of a list who never came in, and show their cards."""
    group_id = request.form.get("group", type=UUID)
    wanted = wanted_of({**request.form, "state": "unbegun"})
    organisation_id = request.form.get("organisation", type=UUID)
    among = [*([in_group(group_id)] if group_id else []), *([from_organisation(organisation_id)] if organisation_id else [])]
    ids = queries.wanted_ids(wanted, visible_to(me()), *among)
    chosen = [one for one in codes.who_gets_codes(ids, me(), again="again" in request.form) if reaches(me(), one)]
    if not chosen:
        words = _("Everybody in this list has a start code that still works. Tick the box to replace those too.")
        kept: dict[str, Any] = {name: request.form.get(name) or None for name in ("q", "role", "group", "organisation")}
        return credentials.here(url_for(".index", state="unbegun", **kept), words)
    return _cards(codes.give_codes(chosen, me(), _days()), more=len(chosen) == codes.MOST_CARDS)


def _days() -> int:
    form = DaysField()
    return int(form.days.data) if form.validate() else codes.LASTS_DAYS[2]


def _cards(cards: list[Card], more: bool = False) -> Any:
    """Return the page with the cards: the only time that the codes are shown."""
    page, _status = credentials.page("people/cards.html", None, cards=cards, more=more, sign_in=academy_url(g.academy.slug, "/sign-in"))
    return page
