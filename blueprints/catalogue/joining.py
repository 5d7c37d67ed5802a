"""Joining by a link: strangers fill in a form and prove their address, members are enrolled."""

from __future__ import annotations

from typing import Any

from flask import flash, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints import credentials
from blueprints.catalogue import catalogue
from blueprints.credentials import ConfirmForm, NameFields, NewPasswordFields, email_field
from blueprints.me import me
from core import limits
from core.access import public
from core.errors import Gone, Refused
from core.i18n import language
from core.limits import Limit
from core.sessions import token_of
from tenants.catalogue import joining, links
from tenants.catalogue.joining import Joining
from tenants.catalogue.models import JoinLink
from tenants.people import signing


class JoinByLinkForm(NameFields, NewPasswordFields):
    """What a stranger tells who joins by a link."""

    email = email_field()

    def refuse(self, domains: list[str]) -> None:
        """Say which addresses the link is for."""
        self.email.errors = [_("This link is for addresses at %(list)s. Use such an address, or ask for another link.",
                               list=", ".join(domains))]  # fmt: skip


@catalogue.route("/join/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> Any:
    """Let a member come into the link's courses; let a stranger say who they are."""
    link = links.link_by_token(token)
    if current_user.is_authenticated:
        return join_as_member(link)
    why = links.why_dead(link)
    if link is None or why:
        return credentials.link_is_dead("catalogue/join_gone.html", why=why)
    form = JoinByLinkForm()
    if form.validate_on_submit():
        return fill_in(link, form)
    return join_page(link, form)


def join_page(link: JoinLink, form: JoinByLinkForm) -> Any:
    """Return the form of a stranger."""
    return credentials.page("catalogue/join.html", form, link=link, academy_name=g.academy.name)


def fill_in(link: JoinLink, form: JoinByLinkForm) -> Any:
    """Keep what was filled in; the answer is the same whoever has the address."""
    limits.spend([*limits.mail_limits(form.email.data, credentials.address()),
                  Limit("join mail", (form.email.data,), 5, 24 * 3600), Limit("join", (str(link.id),), 500, 3600)])  # fmt: skip
    try:
        joining.fill_in(link, form.email.data, form.first_name.data, form.last_name.data, form.password.data, language())
    except Refused:
        form.refuse(link.domains)
        return join_page(link, form)
    return render_template("catalogue/join_sent.html", email=form.email.data)


def join_as_member(link: JoinLink | None) -> Any:
    """Ask a member for one click, then enrol them; using the link again costs no further use."""
    form = credentials.FlaskForm()
    if link is None or (links.why_dead(link) and not links.has_used(link, me())):
        return credentials.link_is_dead("catalogue/join_gone.html", why=links.why_dead(link))
    if not form.validate_on_submit():
        return credentials.page("catalogue/join_member.html", form, link=link)
    came = links.use(link, me())
    if "waiting" in came.values():
        flash(_("One of the courses is full. You are in line for it, and come in as soon as a place is free."), "warning")
    only = next(iter(came)) if len(came) == 1 else None
    return credentials.here(url_for("catalogue.show", course_id=only) if only and came[only] == "waiting" else "/")


@catalogue.route("/join/proof/<token>", methods=["GET", "POST"])
@public
def prove(token: str) -> Any:
    """Become a participant with the link from the mail and the password that was chosen."""
    row, form = joining.joining_by_token(token), ConfirmForm()
    if row is None:
        return credentials.link_is_dead("catalogue/join_gone.html", why="proof")
    if form.validate_on_submit():
        if knows(row, form.password.data):
            return let_in(token)
        form.refuse()
    return credentials.page("catalogue/prove.html", form, joining=row)


def knows(row: Joining, password: str) -> bool:
    """Return whether this is the password that was chosen; tries are counted. Raises TooMany."""
    counted = limits.sign_in_limits(row.email or "", credentials.address())
    limits.spend(counted)
    if not joining.has_password(row, password):
        return False
    limits.forgive(counted)
    return True


def let_in(token: str) -> Any:
    """Make the stranger a participant, signed in and enrolled; a link that was used up meanwhile says so."""
    try:
        member = joining.prove(token)
    except Gone:
        return credentials.link_is_dead("catalogue/join_gone.html", why="used_up")
    return credentials.let_in(signing.fresh_session(member, credentials.device(), token_of(request)), "/")
