"""What a course gives when it is done, and its study hours."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.certificates import certificates
from blueprints.certificates.forms import CourseForm, course_choices
from blueprints.me import me
from core.access import roles
from tenants.certificates import design_actions, queries
from tenants.certificates.models import CertifiedCourse
from tenants.certificates.rules import hours_of
from tenants.courses.models import Course


@certificates.route("/courses/<uuid:course_id>/certificate", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def course(course_id: UUID) -> str | Response | tuple[str, int]:
    """Show and choose the course's certificate and study hours."""
    found, given = queries.course_to_certify(me(), course_id)
    designs = queries.designs()
    form = filled(found, given)
    form.design.choices = course_choices(designs)
    if form.validate_on_submit():
        chosen = next((one for one in designs if str(one.id) == form.design.data), None)
        design_actions.certify(found, chosen, hours_of(form.hours.data or ""), form.earlier.data, me())
        flash(_("Saved"))
        return redirect(url_for(".course", course_id=found.id), 303)
    done = queries.done_before(found.id)
    return render_template("certificates/course.html", course=found, form=form, designs=designs, done=done), 422 if form.errors else 200


def filled(course: Course, given: CertifiedCourse | None) -> CourseForm:
    """Return the form as the course stands."""
    hours = f"{course.study_hours.normalize():f}" if course.study_hours else ""
    return CourseForm(data={"design": str(given.design_id or "") if given else "", "hours": hours})
