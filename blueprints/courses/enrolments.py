"""Who takes a course: enrol members, end an enrolment."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.courses import courses
from blueprints.courses.pages import Answer
from blueprints.me import me
from core.access import roles
from tenants.catalogue.lasting import past_in
from tenants.courses.models import Course
from tenants.learning import actions, enrolling
from tenants.learning.enrolling import Listed

MAX_AT_ONCE = 500


@courses.get("/courses/<uuid:course_id>/people")
@roles("trainer", "author", "manager", "owner")
def people(course_id: UUID) -> str:
    """Show who takes the course, and who could."""
    return people_page(enrolling.course_to_fill(me(), course_id))


def people_page(course: Course, error: str | None = None) -> str:
    """Return the page of a course's people."""
    listed: list[Listed] = enrolling.everyone(me(), course, request.args.get("name", ""))
    return render_template("courses/people.html", course=course, listed=listed, error=error, past=past_in(me(), course),
                           ended=request.args.get("ended", type=UUID))  # fmt: skip


@courses.post("/courses/<uuid:course_id>/enrolments")
@roles("trainer", "author", "manager", "owner")
def enrol(course_id: UUID) -> Answer:
    """Enrol the members that were ticked."""
    course = enrolling.course_to_fill(me(), course_id)
    ticked = [one for one in request.form.getlist("member", type=UUID)][:MAX_AT_ONCE]
    if not ticked:
        return people_page(course, _("Choose at least one person.")), 422
    enrolled = actions.enrol_all(enrolling.members_named(me(), ticked), course, me())
    flash(ngettext("%(num)d person enrolled", "%(num)d people enrolled", len(enrolled)))
    return redirect(url_for(".people", course_id=course.id))


@courses.post("/courses/<uuid:course_id>/enrolments/<uuid:enrolment_id>/end")
@roles("trainer", "author", "manager", "owner")
def end_enrolment(course_id: UUID, enrolment_id: UUID) -> Response:
    """Take a member off the course; what they did is kept, and the page offers to undo it."""
    course = enrolling.course_to_fill(me(), course_id)
    actions.end_enrolment(enrolling.enrolment_in(me(), course, enrolment_id), me())
    return redirect(url_for(".people", course_id=course.id, ended=enrolment_id))
