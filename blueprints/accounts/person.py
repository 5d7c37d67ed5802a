"""One's own account: profile, password, address, devices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints import credentials
from blueprints.accounts.blueprint import accounts
from blueprints.accounts.forms import AccountForm
from blueprints.credentials import ChangeEmailForm, ChangePasswordForm
from core import limits
from core.access import signed_in
from core.accounts import actions, signing
from core.accounts.models import Account
from core.errors import NotFound
from core.sessions import token_of
from core.tokens import hash_of


@accounts.route("/me", methods=["GET", "POST"])
@signed_in
def me() -> Any:
    """Show and change one's name, language and appearance."""
    account = _me()
    form = AccountForm(obj=account)
    if form.validate_on_submit():
        actions.update_profile(account, form.first_name.data, form.last_name.data, form.language.data,
                               form.scheme.data)  # fmt: skip
        actions.update_contact(account, form.organisation.data or "", form.phone.data or "")
        return credentials.remember_looks(url_for(".me"), account.language, account.scheme, _("Your profile is saved."))
    return credentials.page("credentials/me.html", form)


@accounts.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> Any:
    """Change one's password; every other device is signed out."""
    account, form = _me(), ChangePasswordForm()
    form.person_email, form.person_name = account.email or "", account.name
    if form.validate_on_submit():
        if _is_me(form.present.data):
            actions.change_password(account, form.password.data)
            return credentials.let_in(actions.sessions.start(account.id, credentials.device()), url_for(".devices"))
        form.refuse()
    return credentials.page("credentials/password.html", form)


@accounts.route("/me/email", methods=["GET", "POST"])
@signed_in
def email() -> Any:
    """Ask for another address; a link in a mail to that address confirms it."""
    form = ChangeEmailForm()
    if form.validate_on_submit():
        if _is_me(form.present.data):
            limits.spend(limits.mail_limits(form.email.data, credentials.address()))
            actions.ask_new_email(_me(), form.email.data)
            return credentials.here(url_for(".me"), _("We sent a link to the new address. Use it to confirm the change."))
        form.refuse()
    return credentials.page("credentials/email.html", form)


@accounts.get("/me/devices")
@signed_in
def devices() -> Any:
    """List where one is signed in."""
    present = hash_of(token_of(request) or "")
    return credentials.page("credentials/devices.html", None, devices=actions.sessions.of(current_user.id), present=present,
                            device_name=credentials.device_name)  # fmt: skip


@accounts.post("/me/devices/<uuid:session_id>/end")
@signed_in
def end_device(session_id: UUID) -> Any:
    """Sign one device out. Raises NotFound for a device that is not one's own."""
    if not actions.sessions.end_one(current_user.id, session_id):
        raise NotFound("device")
    return credentials.here(url_for(".devices"), _("That device is signed out."))


@accounts.post("/me/devices/end")
@signed_in
def end_devices() -> Any:
    """Sign out everywhere, here too."""
    actions.sessions.end_all(current_user.id)
    return credentials.let_out(url_for(".sign_in"))


def _me() -> Account:
    account: Account = current_user._get_current_object()
    return account


def _is_me(password: str) -> bool:
    """Return whether the password is one's own; tries are counted. Raises TooMany."""
    return signing.knows(_me().id, password, credentials.address())
