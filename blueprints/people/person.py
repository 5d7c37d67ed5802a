"""One's own page in the academy: profile, password, address, devices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints import credentials
from blueprints.credentials import ChangeEmailForm, ChangePasswordForm, ProfileForm
from blueprints.people.blueprint import people
from core import limits
from core.access import signed_in
from core.errors import NotFound
from core.sessions import token_of
from core.tokens import hash_of
from tenants.people import actions, rules, signing
from tenants.people.models import Member


@people.route("/me", methods=["GET", "POST"])
@signed_in
def me() -> Any:
    """Show and change one's name, language and appearance."""
    member = _me()
    form = ProfileForm(obj=member)
    if form.validate_on_submit():
        actions.update_profile(member, form.first_name.data, form.last_name.data, form.language.data,
                               form.scheme.data)  # fmt: skip
        return credentials.remember_looks(url_for(".me"), member.language, member.scheme, _("Your profile is saved."))
    return credentials.page("credentials/me.html", form)


@people.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> Any:
    """Change one's password; every other device is signed out."""
    member, form = _me(), ChangePasswordForm()
    form.person_email, form.person_name = member.called, member.name
    if form.validate_on_submit():
        if _is_me(form.present.data):
            actions.change_password(member, form.password.data)
            return credentials.let_in(signing.sessions.start(member.id, credentials.device()), url_for(".devices"))
        form.refuse()
    return credentials.page("credentials/password.html", form)


@people.route("/me/email", methods=["GET", "POST"])
@signed_in
def email() -> Any:
    """Ask for another address; a link in a mail to that address confirms it."""
    form = ChangeEmailForm()
    if form.validate_on_submit():
        if _is_me(form.present.data):
            limits.spend(limits.mail_limits(form.email.data, credentials.address()))
            actions.ask_new_email(_me(), form.email.data, g.academy.slug, g.academy.language)
            return credentials.here(url_for(".me"), _("We sent a link to the new address. Use it to confirm the change."))
        form.refuse()
    return credentials.page("credentials/email.html", form)


@people.get("/me/devices")
@signed_in
def devices() -> Any:
    """List where one is signed in."""
    present = hash_of(token_of(request) or "")
    return credentials.page("credentials/devices.html", None, devices=signing.sessions.of(current_user.id), present=present,
                            device_name=credentials.device_name)  # fmt: skip


@people.post("/me/devices/<uuid:session_id>/end")
@signed_in
def end_device(session_id: UUID) -> Any:
    """Sign one device out. Raises NotFound for a device that is not one's own."""
    if not signing.sessions.end_one(current_user.id, session_id):
        raise NotFound("device")
    return credentials.here(url_for(".devices"), _("That device is signed out."))


@people.post("/me/devices/end")
@signed_in
def end_devices() -> Any:
    """Sign out everywhere, here too."""
    signing.sessions.end_all(current_user.id)
    return credentials.let_out(url_for(".sign_in"))


def _me() -> Member:
    member: Member = current_user._get_current_object()
    return member


def _is_me(password: str) -> bool:
    """Return whether the password is one's own; tries are counted. Raises TooMany."""
    counted = limits.sign_in_limits(rules.clean_said(_me().called), credentials.address())
    limits.spend(counted)
    if not signing.has_password(_me(), password):
        return False
    limits.forgive(counted)
    return True
