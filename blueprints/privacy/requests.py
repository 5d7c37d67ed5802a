"""Operators deal with requests about data: what waits with its clock, one by phone, the steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from blueprints.academies.me import me
from blueprints.credentials import email_field, here, page, stripped
from blueprints.privacy.blueprint import privacy
from blueprints.privacy.words import ACTS, KINDS, REQUEST_STATES, WAYS
from core import clock
from core.access import operator
from core.accounts.rules import LONGEST_NAME
from core.i18n import NAMES as LANGUAGES
from core.privacy import requests
from core.privacy.models import PrivacyRequest


class PhoneForm(FlaskForm):  # type: ignore[misc]
    """A request that somebody made by phone."""

    kind = RadioField(_l("What do they ask?"), choices=[SelectChoice(*pair) for pair in KINDS.items()], validators=[DataRequired(_l("Choose what they ask."))])
    email = email_field(_l("E-mail address of who asks"))
    name = StringField(_l("Name"), [Length(max=LONGEST_NAME)], filters=[stripped])
    words = TextAreaField(_l("What they said"), [Length(max=requests.MOST_SIGNS)], render_kw={"rows": 4})
    language = SelectField(_l("Language"), choices=[SelectChoice(*pair) for pair in LANGUAGES.items()])


class StepForm(FlaskForm):  # type: ignore[misc]
    """How, or why."""

    note = TextAreaField(_l("How, or why"), [Length(max=requests.MOST_SIGNS)], render_kw={"rows": 3})


@privacy.route("/operator/privacy/requests", methods=["GET", "POST"])
@operator
def list_requests() -> Any:
    """Show what waits, and take one that came by phone."""
    form = PhoneForm()
    if form.validate_on_submit():
        row = requests.enter(form.kind.data, form.email.data, form.name.data or "", form.words.data or "", form.language.data, me())
        return here(url_for(".show_request", request_id=row.id), _("The request is written down. Its month began now."))
    return page("privacy/requests.html", form, waiting=requests.waiting(), done=requests.done(), kinds=KINDS, states=REQUEST_STATES, now=clock.now())


@privacy.get("/operator/privacy/requests/<uuid:request_id>")
@operator
def show_request(request_id: UUID) -> Any:
    """Show one request with its steps."""
    return request_page(requests.request(request_id), StepForm(formdata=None))


def request_page(row: PrivacyRequest, form: StepForm) -> Any:
    """Return the page of a request; `form` may be one that was refused."""
    return render_template("privacy/request.html", row=row, form=form, steps=requests.steps_of(row), kinds=KINDS, states=REQUEST_STATES, ways=WAYS, acts=ACTS,
                           account=requests.account_of(row), now=clock.now(), languages=LANGUAGES), 422 if form.errors else 200  # fmt: skip


@privacy.post("/operator/privacy/requests/<uuid:request_id>/steps")
@operator
def step_request(request_id: UUID) -> Any:
    """Do a step: verified, extended, answered, refused, or no request."""
    row, form = requests.request(request_id, lock=True), StepForm()
    what = request.form.get("act", "")
    if not form.validate_on_submit():
        return request_page(row, form)
    if what != "void" and not (form.note.data or "").strip():
        form.note.errors = [_("Write down how, or why: it is kept with the request.")]
        return request_page(row, form)
    requests.act(row, what, form.note.data or "", me())
    return here(url_for(".show_request", request_id=row.id), ACTS[what])


@privacy.post("/operator/privacy/requests/<uuid:request_id>/ending")
@operator
def end_for_request(request_id: UUID) -> Response:
    """Plan the end of the account of who asked to be deleted."""
    row = requests.request(request_id, lock=True)
    requests.end_account(row, me())
    return here(url_for(".show_request", request_id=row.id), _("The account ends in seven days; its holder gets a mail and can take it back."))
