"""The end of one's account: what goes, what stays, planned and taken back."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from blueprints import credentials
from blueprints.academies.me import me
from blueprints.privacy.blueprint import privacy
from blueprints.privacy.words import TOLD
from blueprints.proof import ask_for_proof, is_proven
from core.access import public, signed_in
from core.accounts.rules import clean_email
from core.i18n import format_day
from core.privacy import erasing, finding


class EndForm(FlaskForm):  # type: ignore[misc]
    """When, and the address typed to show that it is meant."""

    when = RadioField(_l("When"), choices=[SelectChoice("notice", _l("In 7 days; until then you can take it back")), SelectChoice("now", _l("At once; it cannot be taken back"))],
                      default="notice")  # fmt: skip
    typed = StringField(_l("Type your e-mail address"), [DataRequired(_l("Type your e-mail address."))], render_kw={"autocomplete": "off"})

    def __init__(self, email: str, **kw: Any) -> None:
        super().__init__(**kw)
        self.address = email

    def validate_typed(self, field: StringField) -> None:
        """Refuse anything but one's own address."""
        if clean_email(field.data or "") != self.address:
            raise ValidationError(_("This is not the address of this account. Type %(email)s.", email=self.address))


@privacy.route("/me/erasure", methods=["GET", "POST"])
@signed_in
def end() -> Any:
    """Show what goes with the account, and plan its end."""
    if not is_proven():
        return ask_for_proof()
    account, form = me(), EndForm(me().email or "")
    if form.validate_on_submit():
        now = form.when.data == "now"
        planned = erasing.plan(account, "self", at_once=now)
        if now:
            erasing.accounts.sessions.end_all(account.id)
            return credentials.let_out(url_for(".ended"))
        return credentials.here(url_for(".end"), _("Your account ends on %(day)s.", day=format_day(planned.due_at)))
    found = [one for one in finding.held(account) if one.rows]
    return credentials.page("privacy/end.html", form, planned=erasing.planned(account.id), alone=erasing.sole_academies(account.id), told=TOLD,
                            shared=erasing.shared_academies(account.id), exports=erasing.waiting_exports(account.id),
                            goes=[one for one in found if one.table not in erasing.STAY], stays=[one for one in found if one.table in erasing.STAY])  # fmt: skip


@privacy.post("/me/erasure/undoing")
@signed_in
def undo() -> Any:
    """Let the account live."""
    erasing.take_back(me())
    return credentials.here(url_for("accounts.me"), _("Your account stays: everything is as before."))


@privacy.get("/account-ended")
@public
def ended() -> str:
    """Say that the account is being destroyed, to who just asked for it and is signed in no more."""
    return render_template("privacy/ended.html")
