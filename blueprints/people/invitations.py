"""Invitations as managers see them: write, list, send again, correct, withdraw; and the words that all of them carry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from blueprints import credentials
from blueprints.me import me
from blueprints.people.blueprint import people
from blueprints.people.forms import (
    ORDER,
    ROLE_HINTS,
    ROLE_NAMES,
    CorrectForm,
    InviteForm,
    RemindForm,
    TextForm,
    chosen_id,
    preselected,
)
from blueprints.people.words import bounce_words
from core import limits
from core.access import roles
from core.errors import Refused
from core.limits import Limit
from core.urls import platform_url
from tenants.courses.choices import courses_to_join
from tenants.groups.limits import place_for
from tenants.groups.sight import invitations_seen_by, sees_member
from tenants.organisations import queries as organisations
from tenants.people import inviting, mending, queries, rules, texts
from tenants.people.invitation_queries import STATES, invitation_counts, invitation_page
from tenants.people.inviting import Guest, Host, Invited
from tenants.people.models import Invitation, Member

STATE_NAMES = {
    "waiting": _l("Waits"), "bounced": _l("Mail came back"), "expired": _l("Expired"), "accepted": _l("Accepted"),
    "withdrawn": _l("Withdrawn"),
}  # fmt: skip


@people.route("/people/invite", methods=["GET", "POST"])
@roles("owner", "manager")
def invite() -> Any:
    """Invite people by mail; who has not confirmed their own address does that first."""
    if not current_user.is_confirmed:
        return credentials.page("people/confirm_first.html", None, platform=platform_url("/me"))
    form = InviteForm(data={"note": texts.invitation_text(), **preselected()})
    form.roles.offer(rules.givable(current_user.roles))
    form.offer_courses(courses_to_join())
    form.offer_places(organisations.choices_for(me()), current_user.is_limited)
    if form.validate_on_submit():
        limits.spend([Limit("invite", (str(current_user.id),), 100, 3600), *limits.invitation_limits(form.found)])
        where = place_for(me(), chosen_id(form.group_id), chosen_id(form.organisation_id))
        _say(inviting.invite(me(), host(), form.found, form.roles.data, form.course, form.note.data, where, knows))
        return credentials.here(url_for(".index"))
    return credentials.page("people/invite.html", form, role_hints=ROLE_HINTS)


def knows(member: Member) -> bool:
    """Return whether the person who asks may know that this member is here."""
    return sees_member(me(), member.id)


def load_invitation(invitation_id: UUID) -> Invitation:
    """Return an open invitation of which the person who asks may know. Raises NotFound."""
    return queries.open_invitation(invitation_id, invitations_seen_by(me()))


@people.get("/people/invitations")
@roles("owner", "manager")
def invitations() -> Any:
    """List invitations with how each stands: filtered by that, or found by the whole address."""
    return _page(RemindForm(formdata=None))


def _page(remind: RemindForm) -> Any:
    state, email, number = request.args.get("state", ""), request.args.get("q", "")[:320], request.args.get("page", "1")
    state = state if state in STATES else ""
    found = invitation_page(state or None, email, int(number) if number.isdecimal() and len(number) < 7 else 1, invitations_seen_by(me()))
    counts = invitation_counts(invitations_seen_by(me()))
    return credentials.page(
        "people/invitations.html", remind if remind.errors else None, found=found, state=state, email=email, remind=remind,
        counts=counts, tab_items=_tabs(counts, state, email), state_names=STATE_NAMES, role_names=ROLE_NAMES, order=ORDER,
        bounce_words=bounce_words, givable=rules.givable(current_user.roles),
    )  # fmt: skip


def _tabs(counts: dict[str, int], state: str, email: str) -> list[dict[str, Any]]:
    """Return the tabs: everything, and each state that some invitation is in."""
    shown = [one for one in STATES if counts.get(one) or one == state]
    everything = {"label": _("All"), "url": url_for(".invitations"), "current": not state and not email}
    return [everything, *({"label": STATE_NAMES[one], "url": url_for(".invitations", state=one), "current": one == state,
                           "count": counts.get(one, 0)} for one in shown)]  # fmt: skip


@people.post("/people/invitations/<uuid:invitation_id>/mails")
@roles("owner", "manager")
def resend(invitation_id: UUID) -> Any:
    """Mail an invitation once more, with a new link."""
    row = load_invitation(invitation_id)
    limits.spend([*limits.mail_limits(row.email or "", credentials.address()), *limits.invitation_limits([row.email or ""])])
    inviting.resend(row, me(), host())
    return credentials.here(url_for(".invitations"), _("The invitation is on its way again."))


@people.post("/people/invitations/mails")
@roles("owner", "manager")
def remind() -> Any:
    """Mail every invitation once more that waits longer than so many days."""
    form = RemindForm()
    if not form.validate_on_submit():
        return _page(form)
    number = mending.remind_all(me(), form.days.data, invitations_seen_by(me()))
    if number:
        words = ngettext("%(num)d invitation is being sent again.", "%(num)d invitations are being sent again.", number)
    else:
        words = ngettext("No invitation waits longer than %(num)d day.", "No invitation waits longer than %(num)d days.", form.days.data)
    return credentials.here(url_for(".invitations"), words)


@people.route("/people/invitations/<uuid:invitation_id>/correction", methods=["GET", "POST"])
@roles("owner", "manager")
def correct(invitation_id: UUID) -> Any:
    """Correct address, name or roles of an invitation, and mail it anew; the old link is dead."""
    row = load_invitation(invitation_id)
    form = CorrectForm(obj=row)
    form.roles.offer(rules.givable(current_user.roles))
    if form.validate_on_submit():
        limits.spend([Limit("invite", (str(current_user.id),), 100, 3600), *limits.invitation_limits([form.email.data])])
        guest = Guest(form.email.data, form.first_name.data, form.last_name.data)
        try:
            mending.correct(row, guest, form.roles.data, form.note.data, me(), host(), knows)
            return credentials.here(url_for(".invitations"), _("Corrected. A new mail is on its way; the old link is dead."))
        except Refused as error:
            if error.args != ("is member",):
                raise
            form.email.errors = [_("This address is of a member here already. Use another one, or withdraw the invitation.")]
    return credentials.page("people/correct.html", form, row=row, role_hints=ROLE_HINTS, bounce_words=bounce_words)


@people.post("/people/invitations/<uuid:invitation_id>/withdrawal")
@roles("owner", "manager")
def withdraw(invitation_id: UUID) -> Any:
    """Make an invitation's link useless."""
    inviting.withdraw(load_invitation(invitation_id), me())
    return credentials.here(url_for(".invitations"), _("The invitation is withdrawn."))


@people.route("/people/invitations/text", methods=["GET", "POST"])
@roles("owner", "manager")
def invitation_text() -> Any:
    """Write the words that every invitation carries unless somebody changes them."""
    form = TextForm(data={"note": texts.invitation_text()})
    if form.validate_on_submit():
        texts.keep_invitation_text(form.note.data or "", me())
        return credentials.here(url_for(".invitations"), _("The text is saved. Coming invitations carry it."))
    return credentials.page("people/text.html", form)


def host() -> Host:
    """Return what an invitation says of this academy."""
    return Host(g.academy.name, g.academy.slug, g.academy.language)


def _say(result: Invited) -> None:
    """Tell the manager what came of it."""
    if result.invited:
        flash(ngettext("%(num)d invitation is on its way.", "%(num)d invitations are on their way.",
                       len(result.invited)), "success")  # fmt: skip
    if result.known:
        flash(ngettext("%(list)s is already a member here, so no invitation was sent.",
                       "%(list)s are already members here, so no invitation was sent.", len(result.known),
                       list=", ".join(result.known)), "warning")  # fmt: skip
