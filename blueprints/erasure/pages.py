"""What goes with a person, the plan, taking it back, and the receipts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, ValidationError

from blueprints import credentials
from core.access import roles
from core.i18n import format_day
from tenants.erasure import actions
from tenants.people import inviting
from tenants.people.models import Member

erasure = Blueprint("erasure", __name__)
# What people read, by the tables that count for it.
SHOWN = {
    "enrolments": _l("Enrolments, with progress"), "attempts": _l("Answers"), "sittings": _l("Tests"),
    "hand_ins": _l("Handed-in work, with feedback"), "certificates": _l("Certificates"), "seats": _l("Seats in sessions"),
    "survey_sheets": _l("Surveys with their name"), "saved_phrases": _l("Saved phrases"),
    "report_schedules": _l("Scheduled reports"), "sessions": _l("Signed-in devices"),
}  # fmt: skip


class EraseForm(FlaskForm):  # type: ignore[misc]
    """When, and the name typed to show that it is meant."""

    when = RadioField(_l("When"), choices=[("notice", _l("In 14 days")), ("now", _l("At once"))], default="notice")
    typed = StringField(_l("Type the name"), [DataRequired(_l("Type the name."))], render_kw={"autocomplete": "off"})

    def __init__(self, name: str, **kw: Any) -> None:
        super().__init__(**kw)
        self.name = name

    def validate_typed(self, field: StringField) -> None:
        """Refuse anything but the person's name."""
        if " ".join((field.data or "").split()).casefold() != self.name.casefold():
            raise ValidationError(_("This is not the name of this person. Type %(name)s.", name=self.name))


@erasure.route("/people/<uuid:member_id>/erasure", methods=["GET", "POST"])
@roles("owner", "manager")
def plan(member_id: UUID) -> Any:
    """Show what goes with a person, and plan it."""
    member = actions.person(member_id, _me())
    form = EraseForm(member.name)
    if form.validate_on_submit():
        planned = actions.plan(member, _me(), g.academy.slug, at_once=form.when.data == "now")
        if form.when.data == "now":
            return credentials.here(url_for(".index"), _("%(name)s is being removed. Reload this page for the receipt.", name=member.name))
        words = _("%(name)s will be removed on %(day)s.", name=member.name, day=format_day(planned.due_at))
        return credentials.here(url_for(".index"), words)
    return credentials.page("erasure/plan.html", form, member=member, goes=actions.goes(member.id), shown=SHOWN,
                            planned=actions.planned(member.id))  # fmt: skip


@erasure.post("/people/<uuid:member_id>/erasure/undoing")
@roles("owner", "manager")
def undo(member_id: UUID) -> Any:
    """Take a planned removal back."""
    member = actions.person(member_id, _me())
    actions.take_back(member, _me(), g.academy.slug)
    return credentials.here(url_for(".index"), _("%(name)s stays: everything is as before.", name=member.name))


@erasure.post("/people/<uuid:member_id>/return")
@roles("owner", "manager")
def let_in(member_id: UUID) -> Any:
    """Let a blocked person sign in again."""
    member = actions.person(member_id, _me())
    inviting.let_in(member, _me())
    return credentials.here(url_for(".index"), _("%(name)s can sign in again.", name=member.name))


@erasure.get("/people/removals")
@roles("owner", "manager")
def index() -> str:
    """List who is blocked, who will be removed, and the receipts."""
    found = actions.receipts(_me())
    people = actions.names([one.member_id for one in found if one.is_planned] + [one.asked_by for one in found])
    return render_template("erasure/index.html", found=found, blocked=actions.blocked(_me()), people=people)


def _me() -> Member:
    member: Member = current_user._get_current_object()
    return member
