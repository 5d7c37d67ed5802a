"""Managers answer what members ask about their data, within the time that the law gives."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from blueprints import credentials
from blueprints.me import me
from blueprints.member_privacy.asking import KINDS, STATES, AskForm
from blueprints.member_privacy.pages import member_privacy
from core.access import roles
from tenants.privacy import requests
from tenants.privacy.rules import MAX_WORDS

SOURCES = {"phone": _l("By phone"), "mail": _l("By mail"), "paper": _l("On paper")}
STEPS = {
    "done": _l("It is done"), "longer": _l("It takes two months more"), "refused": _l("It is refused"),
}  # fmt: skip


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What a manager does with a request, and what the person is told."""

    step = RadioField(_l("What do you do?"), [DataRequired(_l("Choose what you do."))], choices=list(STEPS.items()))
    words = TextAreaField(_l("What the person is told"), [DataRequired(_l("Write what the person must know; they get it by mail.")), Length(max=MAX_WORDS)], render_kw={"rows": 4})


class EnterForm(AskForm):
    """A request that came in another way, with how the manager made sure who asked."""

    kind = RadioField(_l("What is asked?"), [DataRequired(_l("Choose what is asked."))], choices=list(KINDS.items()))
    source = RadioField(_l("How did it come?"), [DataRequired(_l("Choose how it came."))], choices=list(SOURCES.items()))
    checked = TextAreaField(
        _l("How did you make sure who asked?"),
        [DataRequired(_l("Write first how you made sure who asked; nothing happens before that.")), Length(max=MAX_WORDS)], render_kw={"rows": 2},
    )  # fmt: skip


@member_privacy.get("/people/requests")
@roles("owner", "manager")
def desk() -> str:
    """List the requests, those that are due first."""
    return render_template("member_privacy/desk.html", found=requests.requests_for(me()), kinds=KINDS, states=STATES)


@member_privacy.route("/people/requests/<uuid:asked_id>", methods=["GET", "POST"])
@roles("owner", "manager")
def request_page(asked_id: UUID) -> Any:
    """Show one request, and answer it."""
    row, member = requests.request_for(asked_id, me())
    form = AnswerForm()
    form.step.choices = [(step, words) for step, words in STEPS.items() if step != "longer" or requests.may_extend(row)]
    if form.validate_on_submit():
        act = {"done": requests.finish, "longer": requests.extend, "refused": requests.refuse}[form.step.data]
        act(row, member, form.words.data, me(), g.academy.slug)
        return credentials.here(url_for(".request_page", asked_id=row.id), _("Saved. The person is told by mail."))
    return credentials.page("member_privacy/request.html", form, row=row, member=member, kinds=KINDS, states=STATES, sources=SOURCES)


@member_privacy.route("/people/<uuid:member_id>/requests/new", methods=["GET", "POST"])
@roles("owner", "manager")
def enter(member_id: UUID) -> Any:
    """Enter a request that came by phone, by mail or on paper."""
    member = requests.person_for(member_id, me())
    form = EnterForm()
    if form.validate_on_submit():
        row = requests.enter(member, form.kind.data, form.words.data or "", form.source.data, form.checked.data, me(), g.academy.slug)
        return credentials.here(url_for(".request_page", asked_id=row.id), _("The request is entered. The person is told by mail."))
    return credentials.page("member_privacy/enter.html", form, member=member)
