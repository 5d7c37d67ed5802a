"""Accepting an invitation."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_login import current_user

from blueprints import credentials
from blueprints.people.blueprint import people
from blueprints.people.forms import JoinForm
from core import limits
from core.access import public
from core.errors import Gone
from core.i18n import language
from core.sessions import token_of
from tenants.people import inviting, queries, signing
from tenants.people.models import Invitation


@people.route("/invitations/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> Any:
    """Join the academy with a name and a password; sent twice, the second time signs in."""
    invitation = queries.invitation_by_token(token)
    form = JoinForm(data={name: getattr(invitation, name, None) for name in ("first_name", "last_name")})
    form.person_email = (invitation.email if invitation else None) or ""
    if invitation is None or not (invitation.is_open or invitation.accepted_at):
        return _is_gone(invitation)
    if form.validate_on_submit():
        counted = limits.sign_in_limits(invitation.email or "", credentials.address())
        limits.spend(counted)
        try:
            member = inviting.accept(token, form.first_name.data, form.last_name.data, form.password.data, language())
        except Gone:
            return _is_gone(invitation)
        limits.forgive(counted)
        return credentials.let_in(signing.fresh_session(member, credentials.device(), token_of(request)), "/")
    if invitation.accepted_at and not form.errors:
        return _is_gone(invitation)
    return credentials.page("people/accept.html", form, invitation=invitation, academy_name=g.academy.name,
                            writer=inviting.writer_of(invitation))  # fmt: skip


def _is_gone(invitation: Invitation | None) -> Any:
    """Return the page that says why the link is over and what to do next."""
    if invitation is None:
        kind = "unknown"
    elif invitation.accepted_at:
        kind = "accepted"
    else:
        kind = "withdrawn" if invitation.withdrawn_at else "expired"
    return credentials.link_is_dead("people/invitation_gone.html", kind=kind, is_known=current_user.is_authenticated)
