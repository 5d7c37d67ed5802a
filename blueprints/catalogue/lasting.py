"""Enrolments that ended: put back, renewed by staff."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from blueprints.catalogue import catalogue
from blueprints.catalogue.fields import Day
from blueprints.catalogue.pages import Answer
from blueprints.catalogue.words import today
from blueprints.me import me
from core.access import roles
from core.errors import Refused
from core.i18n import zone
from tenants.catalogue import entering, lasting, rules
from tenants.learning import enrolling
from tenants.learning.models import Enrolment
from tenants.people import queries as people

USUAL = timedelta(days=90)


class RenewForm(FlaskForm):  # type: ignore[misc]
    """The new last day."""

    last_day = Day(_l("Last day"), description=_l("Leave it empty to let it last without end."))

    def refuse(self) -> None:
        """Say which days can be chosen."""
        self.last_day.errors = [_l("Choose today or a day within ten years.")]


def load(course_id: UUID, enrolment_id: UUID) -> Enrolment:
    """Return an enrolment in a course that one may enrol people in. Raises NotFound."""
    return enrolling.enrolment_in(me(), enrolling.course_to_fill(me(), course_id), enrolment_id)


@catalogue.post("/courses/<uuid:course_id>/enrolments/<uuid:enrolment_id>/return")
@roles("trainer", "author", "manager", "owner")
def put_back(course_id: UUID, enrolment_id: UUID) -> Response:
    """Put somebody back on the course who was taken off; progress and last day are as they were."""
    entering.take_back(load(course_id, enrolment_id), me())
    flash(_("Back on the course, with all progress."))
    return redirect(url_for("courses.people", course_id=course_id), 303)


@catalogue.route("/courses/<uuid:course_id>/enrolments/<uuid:enrolment_id>/renewal", methods=["GET", "POST"])
@roles("trainer", "author", "manager", "owner")
def renew(course_id: UUID, enrolment_id: UUID) -> Answer:
    """Choose until when somebody may take the course."""
    enrolment = load(course_id, enrolment_id)
    form = RenewForm(data={"last_day": suggested(enrolment)})
    if form.validate_on_submit():
        try:
            lasting.renew(enrolment, form.last_day.data, me())
            flash(_("Saved"))
            return redirect(url_for("courses.people", course_id=course_id), 303)
        except Refused:
            form.refuse()
    name = people.member(enrolment.member_id).name
    return render_template("catalogue/renew.html", form=form, enrolment=enrolment, name=name), 422 if form.errors else 200


def suggested(enrolment: Enrolment) -> object:
    """Return the last day to begin the form with: three months after the present one, or after today."""
    present = rules.last_day(enrolment.ends_at, zone()) if enrolment.ends_at else today()
    return max(present, today()) + USUAL
