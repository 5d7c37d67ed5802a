"""Accepting to be an owner of an academy."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from blueprints import credentials
from blueprints.accounts.blueprint import accounts
from core.academies import owners
from core.access import signed_in
from core.errors import Gone


@accounts.route("/ownership/<token>", methods=["GET", "POST"])
@signed_in
def accept_ownership(token: str) -> Any:
    """Become owner with the link from the mail, signed in with the address that it was sent to."""
    account, form = current_user._get_current_object(), credentials.FlaskForm()
    try:
        offer = owners.find_offer(token, account)
        if form.validate_on_submit():
            academy = owners.accept_offer(token, account)
            return credentials.here("/", _("You are now an owner of %(name)s.", name=academy.name))
    except Gone:
        return credentials.link_is_dead("credentials/link_gone.html", kind="ownership")
    return credentials.page("accounts/ownership.html", form, offer=offer, academy=owners.offered(offer))
