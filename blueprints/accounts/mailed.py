"""Links from mails: confirm an address, set a new password; and asking for such a mail."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from blueprints import credentials
from blueprints.accounts.blueprint import accounts
from blueprints.accounts.second import let_in
from blueprints.credentials import ConfirmForm, EmailForm, NewPasswordForm
from core import limits
from core.academies import owners
from core.access import public, signed_in
from core.accounts import actions, signing
from core.errors import Gone, Refused
from core.i18n import language


@accounts.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Any:
    """Confirm the address of an account with its password, and sign in; who is signed in as it needs no password.

    The password keeps a stranger's account from becoming true because the owner of the mailbox is obliging.
    """
    link = actions.links.find(token, "confirm")
    if link is None:
        return credentials.link_is_dead("credentials/link_gone.html", kind="confirm")
    is_mine = current_user.is_authenticated and current_user.id == link.account_id
    form = credentials.FlaskForm() if is_mine else ConfirmForm()
    if form.validate_on_submit():
        if is_mine:
            owners.follow_account(actions.confirm(token))
            return credentials.here("/", _("Your e-mail address is confirmed."))
        if signing.knows(link.account_id, form.password.data, credentials.address()):
            account = actions.confirm(token)
            owners.follow_account(account)
            flash(_("Your e-mail address is confirmed."), "success")
            return let_in(signing.begin(account, credentials.device()), "/")
        form.refuse()
    return credentials.page("credentials/confirm.html", form)


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
        return let_in(signing.begin(account, credentials.device()), "/")
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
