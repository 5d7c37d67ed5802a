"""A copy of a course, and courses that are templates for new ones."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.courses.outline import load
from blueprints.courses.pages import Answer, NewCourseForm
from blueprints.me import me, sent_id
from blueprints.transfer import transfer
from core.access import roles
from tenants.courses import publishing, queries
from tenants.courses.actions import MAX_TITLE
from tenants.transfer.copying import copy_course


@transfer.route("/courses/<uuid:course_id>/copy", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def copy(course_id: UUID) -> Answer:
    """Ask for a title and make a copy of the course."""
    source = queries.course_to_edit(me(), course_id)
    form = NewCourseForm(title=_("Copy of %(title)s", title=source.title)[:MAX_TITLE])
    if form.validate_on_submit():
        made = copy_course(source, form.title.data, me(), sent_id())
        flash(_("Copied. This is the copy: a draft that nobody sees yet."))
        return redirect(url_for("courses.show", course_id=made.id))
    return render_template("transfer/copy.html", form=form, course=source), 422 if form.errors else 200


@transfer.post("/courses/<uuid:course_id>/template")
@roles("author", "manager", "owner")
def template(course_id: UUID) -> Response:
    """Offer the course as a beginning for new ones, or no longer."""
    course = load(course_id)
    publishing.mark_template(course, "on" in request.form, me())
    flash(_("New courses can begin as a copy of this one.") if course.is_template else _("This course is no template any more."))
    return redirect(url_for("courses.show", course_id=course.id, _anchor="more"))
