"""How people come into one course: its page for authors and managers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from blueprints.catalogue import catalogue
from blueprints.catalogue.fields import Day, Whole
from blueprints.catalogue.pages import Answer
from blueprints.me import me
from core.access import roles
from tenants.catalogue import entering, queries
from tenants.catalogue.entering import Terms
from tenants.catalogue.rules import MAX_DAYS, MAX_PLACES
from tenants.courses.models import Course

WAY_HINTS = {
    "invitation": _l("You, a link that you make, or a learning path brings people in."),
    "free": _l("Every member can enrol at once."),
    "approval": _l("Members ask, and a trainer or manager decides."),
}


class TermsForm(FlaskForm):  # type: ignore[misc]
    """How people come in, how many, when, and for how long."""

    way = RadioField(
        _l("How people enrol"), default="invitation",
        choices=[SelectChoice("invitation", _l("Only by invitation")), SelectChoice("free", _l("Free for members")),
                 SelectChoice("approval", _l("On approval"))],
    )
    is_listed = BooleanField(_l("Show it in the catalogue"))
    places = Whole(_l("Places"), most=MAX_PLACES, description=_l("Leave it empty for no limit. When all are taken, people join a line."))
    opens_on = Day(_l("People can enrol from"))
    closes_on = Day(_l("Until and including"))
    lasts_days = Whole(_l("Days that an enrolment lasts"), most=MAX_DAYS, description=_l("Leave it empty to let it last without end. A change counts for new enrolments."))
    may_renew = BooleanField(_l("Participants may renew it themselves"), description=_l("From 30 days before the end, for the same number of days."))

    def validate_closes_on(self, field: Day) -> None:
        """Refuse an end before the beginning."""
        first: date | None = self.opens_on.data
        if first and field.data and field.data < first:
            raise ValidationError(_("Choose a day that is not before the first one."))

    @property
    def terms(self) -> Terms:
        """Return what was chosen."""
        return Terms(**{name: field.data for name, field in self._fields.items() if name in Terms.__dataclass_fields__})


@catalogue.route("/courses/<uuid:course_id>/entry", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def terms(course_id: UUID) -> Answer:
    """Show and change how people come into a course."""
    course, entry = queries.course_to_set(me(), course_id)
    form = TermsForm(obj=entry)
    if form.validate_on_submit():
        entering.save_entry(course, form.terms, me())
        flash(_("Saved"))
        return redirect(url_for(".terms", course_id=course_id), 303)
    return terms_page(course, form), 422 if form.errors else 200


def terms_page(course: Course, form: TermsForm) -> str:
    """Return the page of a course's terms of entry."""
    hints: dict[str, Any] = WAY_HINTS
    return render_template("catalogue/terms.html", course=course, form=form, hints=hints)
