"""Links from mails: set a new password, confirm a new address; and asking for such a mail."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask_babel import gettext as _

from blueprints import credentials
from blueprints.credentials import EmailForm, NewPasswordForm
from blueprints.people.blueprint import people
from core import limits
from core.access import public
from core.errors import Gone, Refused
from core.i18n import language
from tenants.people import actions, signing


@people.route("/reset", methods=["GET", "POST"])
@public
def reset() -> Any:
    """Ask for a mail with which to set a new password; the answer is the same for everyone."""
    form = EmailForm()
    if form.validate_on_submit():
        limits.spend(limits.mail_limits(form.email.data, credentials.address()))
        actions.ask_reset(form.email.data, language())
        return render_template("credentials/reset_sent.html")
    return credentials.page("credentials/reset.html", form)


@people.route("/reset/<token>", methods=["GET", "POST"])
@public
def set_password(token: str) -> Any:
    """Set a new password with the link from the mail, and be signed in."""
    form = NewPasswordForm()
    if signing.links.find(token, "reset") is None:
        return credentials.link_is_dead("credentials/link_gone.html", kind="reset")
    if form.validate_on_submit():
        member = actions.reset_password(token, form.password.data)
        return credentials.let_in(signing.sessions.start(member.id, credentials.device()), "/")
    return credentials.page("credentials/set_password.html", form, academy_name=g.academy.name)


@people.route("/me/email/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> Any:
    """Take a new address into use with the link that was mailed to it."""
    form = credentials.FlaskForm()
    if signing.links.find(token, "change") is None:
        return credentials.link_is_dead("credentials/link_gone.html", kind="change")
    if form.validate_on_submit():
        try:
            actions.change_email(token)
        except (Gone, Refused):
            return credentials.link_is_dead("credentials/link_gone.html", kind="change")
        return credentials.here("/", _("Your new e-mail address is in use."))
    return render_template("credentials/confirm.html", form=form)
