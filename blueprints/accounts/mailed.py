"""Links from mails: confirm an address, set a new password; and asking for such a mail."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints import credentials
from blueprints.accounts.blueprint import accounts
from blueprints.credentials import EmailForm, NewPasswordForm
from core import limits
from core.academies import owners
from core.access import public, signed_in
from core.accounts import actions
from core.errors import Gone, Refused
from core.i18n import language


@accounts.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Any:
    """Confirm the address of an account: by a button, because mail scanners open links."""
    form = credentials.FlaskForm()
    if actions.links.find(token, "confirm") is None:
        return credentials.link_is_dead("credentials/link_gone.html", kind="confirm")
    if form.validate_on_submit():
        owners.follow_account(actions.confirm(token))
        target = "/" if current_user.is_authenticated else url_for(".sign_in")
        return credentials.here(target, _("Your e-mail address is confirmed."))
    return render_template("credentials/confirm.html", form=form)


@accounts.post("/me/confirmations")
@signed_in
def ask_to_confirm() -> Any:
    """Send the mail with the confirming link once more."""
    limits.spend(limits.mail_limits(current_user.email, credentials.address()))
    if not current_user.is_confirmed:
        actions.ask_to_confirm(current_user._get_current_object())
    return credentials.here(url_for(".me"), _("The mail is on its way."))


@accounts.route("/reset", methods=["GET", "POST"])
@public
def reset() -> Any:
    """Ask for a mail with which to set a new password; the answer is the same for everyone."""
    return _ask("reset", "credentials/reset.html", "credentials/reset_sent.html")


@accounts.route("/find", methods=["GET", "POST"])
@public
def find() -> Any:
    """Ask for a mail with the addresses of one's academies; the answer is the same for everyone."""
    return _ask("find", "accounts/find.html", "accounts/find_sent.html")


def _ask(kind: str, template: str, done: str) -> Any:
    form = EmailForm()
    if form.validate_on_submit():
        limits.spend(limits.mail_limits(form.email.data, credentials.address()))
        actions.ask(kind, form.email.data, language())
        return render_template(done)
    return credentials.page(template, form)


@accounts.route("/reset/<token>", methods=["GET", "POST"])
@public
def set_password(token: str) -> Any:
    """Set a new password with the link from the mail, and be signed in."""
    form = NewPasswordForm()
    if actions.links.find(token, "reset") is None:
        return credentials.link_is_dead("credentials/link_gone.html", kind="reset")
    if form.validate_on_submit():
        account = actions.reset_password(token, form.password.data)
        return credentials.let_in(actions.sessions.start(account.id, credentials.device()), "/")
    return credentials.page("credentials/set_password.html", form)


@accounts.route("/me/email/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> Any:
    """Take a new address into use with the link that was mailed to it."""
    form = credentials.FlaskForm()
    if actions.links.find(token, "change") is None:
        return credentials.link_is_dead("credentials/link_gone.html", kind="change")
    if form.validate_on_submit():
        try:
            actions.change_email(token)
        except (Gone, Refused):
            return credentials.link_is_dead("credentials/link_gone.html", kind="change")
        return credentials.here("/", _("Your new e-mail address is in use."))
    return render_template("credentials/confirm.html", form=form)
