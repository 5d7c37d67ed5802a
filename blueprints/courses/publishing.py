"""Publish, preview, archive."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.courses import courses
from blueprints.courses.outline import load
from blueprints.courses.pages import Answer, course_page
from blueprints.courses.words import course_warnings
from blueprints.me import me
from core.access import roles
from core.errors import NotFound
from core.headers import allow_frames
from core.urls import safe_next
from tenants.courses import publishing, queries
from tenants.courses.content import snapshot_of
from tenants.courses.models import Course
from tenants.courses.pieces import frame_origins
from tenants.learning.rules import way_of


@courses.post("/courses/<uuid:course_id>/publications")
@roles("author", "manager", "owner")
def publish(course_id: UUID) -> Answer:
    """Show participants the course as it stands now, and ask them to redo what was ticked."""
    course = load(course_id)
    try:
        publishing.publish_course(course, me(), again=request.form.getlist("again"), seen=request.form.get("seen"))
    except publishing.NotReady as refusal:
        return course_page(course, problems=refusal.problems), 422
    except publishing.ChangedMeanwhile:
        return changes_page(course, meanwhile=True), 409
    flash(_("Published"))
    if missing := len(course_warnings(course)):
        flash(ngettext("Published, but %(num)d video or sound has no captions or transcript yet.",
                       "Published, but %(num)d videos or sounds have no captions or transcript yet.", missing), "warning")  # fmt: skip
    return redirect(safe_next(request.form.get("next"), url_for(".show", course_id=course.id)))


@courses.get("/courses/<uuid:course_id>/publications")
@roles("author", "manager", "owner")
def compare(course_id: UUID) -> Answer:
    """Show what publishing would change, and ask what participants should redo."""
    course = queries.course_to_edit(me(), course_id)
    if course.publication_id is None:
        return redirect(url_for(".show", course_id=course.id))
    return changes_page(course)


def changes_page(course: Course, meanwhile: bool = False) -> str:
    """Return the page with the difference; `meanwhile`: it changed after the author looked, so look once more."""
    groups, seen = publishing.differences(course)
    back = safe_next(request.values.get("next"), url_for(".show", course_id=course.id))
    return render_template(
        "courses/changes.html", course=course, groups=groups, seen=seen, back=back, meanwhile=meanwhile,
        changes=sum(len(group.parts) for group in groups), ticked=request.form.getlist("again"),
    )


@courses.get("/courses/<uuid:course_id>/changes")
@roles("author", "manager", "owner")
def changes(course_id: UUID) -> str:
    """Return the publish button as it stands now; the editor asks after each save."""
    course = queries.course_to_edit(me(), course_id)
    return render_template("courses/_publish_page.html", course=course, changes=publishing.changes_in(course))


@courses.get("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/preview")
@roles("author", "manager", "owner")
def preview(course_id: UUID, lesson_id: UUID) -> str:
    """Show the lesson as participants would see it, with what is not published yet."""
    course = queries.course_to_edit(me(), course_id)
    draft = snapshot_of(course)
    outline = {**draft.outline, "modules": [
        {**module, "lessons": [{**lesson, "page_id": ""} for lesson in module["lessons"]]}
        for module in draft.outline["modules"]
    ]}
    way = way_of(outline, {})
    step = way.step(str(lesson_id))
    if step is None:
        raise NotFound("no such lesson")
    allow_frames(frame_origins(draft.pages[step.id]))
    return render_template("courses/preview.html", course=course, way=way, step=step, content=draft.pages[step.id])


@courses.post("/courses/<uuid:course_id>/archive")
@roles("author", "manager", "owner")
def archive(course_id: UUID) -> Response:
    """Take the course off every list; who takes it can still read it."""
    course = load(course_id)
    publishing.archive_course(course, me())
    flash(_("Archived. Who takes this course can still read it; nobody else sees it."))
    return redirect(url_for(".show", course_id=course.id))


@courses.post("/courses/<uuid:course_id>/return")
@roles("author", "manager", "owner")
def restore(course_id: UUID) -> Response:
    """Put an archived course back on the lists."""
    course = load(course_id)
    publishing.restore_course(course, me())
    return redirect(url_for(".show", course_id=course.id))
