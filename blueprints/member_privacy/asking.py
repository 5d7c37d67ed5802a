"""A member asks something about their data, and sees how far each request is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from blueprints import credentials
from blueprints.me import me
from blueprints.member_privacy.pages import member_privacy
from core import limits
from core.access import signed_in
from tenants.privacy import requests
from tenants.privacy.rules import MAX_WORDS

KINDS = {
    "correct": _l("Correct something that you cannot change yourself"), "erase": _l("Remove me with everything"),
    "restrict": _l("Keep my data but do not use it for now"), "object": _l("Object to something that is done with my data"),
    "know": _l("Know more than these pages say"),
}  # fmt: skip
STATES = {"open": _l("Waits for an answer"), "done": _l("Done"), "refused": _l("Refused"), "withdrawn": _l("Withdrawn")}


class AskForm(FlaskForm):  # type: ignore[misc]
    """What somebody asks."""

    kind = RadioField(_l("What do you ask?"), [DataRequired(_l("Choose what you ask."))], choices=list(KINDS.items()))
    words = TextAreaField(_l("Explanation"), [Length(max=MAX_WORDS)], render_kw={"rows": 4})


@member_privacy.route("/me/data/requests", methods=["GET", "POST"], endpoint="requests")
@signed_in
def requests_() -> Any:
    """Show one's requests, and make one."""
    form = AskForm()
    if form.validate_on_submit():
        if form.kind.data == "correct" and not (form.words.data or "").strip():
            form.words.errors = [_("Write what must be corrected, and into what.")]
        else:
            limits.spend(limits.mail_limits(me().called, credentials.address()))
            requests.ask(me(), form.kind.data, form.words.data or "", g.academy.slug)
            return credentials.here(url_for(".requests"), _("Your request is with the academy."))
    return credentials.page("member_privacy/requests.html", form, found=requests.requests_of(me()), kinds=KINDS, states=STATES)


@member_privacy.post("/me/data/requests/<uuid:asked_id>/withdrawal")
@signed_in
def withdraw(asked_id: UUID) -> Any:
    """Take one's own request back."""
    requests.withdraw(asked_id, me())
    return credentials.here(url_for(".requests"), _("Your request is withdrawn."))
