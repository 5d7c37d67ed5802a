"""Changing the outline: modules and lessons are added, renamed, moved, removed and brought back."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.courses import courses
from blueprints.courses.pages import Answer, course_page
from blueprints.me import is_fragment, me
from core.access import roles
from core.errors import Refused
from tenants.courses import actions, queries
from tenants.courses.models import Course


def load(course_id: UUID) -> Course:
    """Return the course to change, locked: two authors change its order one after the other. Raises NotFound."""
    return queries.course_to_edit(me(), course_id, lock=True)


def back(course: Course, anchor: str | None = None, removed: str | None = None) -> Response | tuple[str, int]:
    """Return to the outline; a script gets 204."""
    if is_fragment():
        return "", 204
    return redirect(url_for(".show", course_id=course.id, removed=removed, _anchor=anchor))


def step() -> int:
    """Return -1 for up, 1 for down, as the button said."""
    return -1 if request.form.get("move") == "up" else 1


def ordered() -> list[UUID]:
    """Return the ids of the order that was dragged. Raises Refused."""
    try:
        return [UUID(one) for one in request.form.get("order", "").split(",") if one]
    except ValueError:
        raise Refused("order") from None


def titled(course: Course, act: str, anchor: str | None) -> Answer:
    """Return the outline with a sentence about a title that says nothing or too much."""
    return course_page(course, errors={anchor or act: _("Give it a title of at most 200 signs.")}), 422


@courses.post("/courses/<uuid:course_id>/modules")
@roles("author", "manager", "owner")
def add_module(course_id: UUID) -> Answer:
    """Add a module at the end."""
    course = load(course_id)
    try:
        module = actions.add_module(course, request.form.get("title", ""))
    except Refused:
        return titled(course, "add-module", None)
    return back(course, f"module-{module.id}")


@courses.post("/courses/<uuid:course_id>/modules/order")
@roles("author", "manager", "owner")
def order_modules(course_id: UUID) -> Answer:
    """Put the modules in the order that was dragged."""
    course = load(course_id)
    actions.arrange_modules(course, ordered())
    return back(course)


@courses.post("/courses/<uuid:course_id>/modules/<uuid:module_id>")
@roles("author", "manager", "owner")
def rename_module(course_id: UUID, module_id: UUID) -> Answer:
    """Give the module another title."""
    course = load(course_id)
    module = queries.module_of(course, module_id)
    try:
        actions.rename_module(module, request.form.get("title", ""))
    except Refused:
        return titled(course, "module", f"module-{module.id}")
    return back(course, f"module-{module.id}")


@courses.post("/courses/<uuid:course_id>/modules/<uuid:module_id>/position")
@roles("author", "manager", "owner")
def move_module(course_id: UUID, module_id: UUID) -> Answer:
    """Move the module up or down."""
    course = load(course_id)
    module = queries.module_of(course, module_id)
    actions.move_module(module, step())
    return back(course, f"module-{module.id}")


@courses.post("/courses/<uuid:course_id>/modules/<uuid:module_id>/removal")
@roles("author", "manager", "owner")
def remove_module(course_id: UUID, module_id: UUID) -> Answer:
    """Take the module out of the course; the page offers to undo it."""
    course = load(course_id)
    actions.remove_module(queries.module_of(course, module_id))
    return back(course, removed=f"module:{module_id}")


@courses.post("/courses/<uuid:course_id>/modules/<uuid:module_id>/return")
@roles("author", "manager", "owner")
def restore_module(course_id: UUID, module_id: UUID) -> Answer:
    """Bring a removed module back."""
    course = load(course_id)
    actions.restore_module(queries.module_of(course, module_id))
    return back(course, f"module-{module_id}")


@courses.post("/courses/<uuid:course_id>/modules/<uuid:module_id>/lessons")
@roles("author", "manager", "owner")
def add_lesson(course_id: UUID, module_id: UUID) -> Answer:
    """Add a lesson at the end of the module and open it."""
    course = load(course_id)
    module = queries.module_of(course, module_id)
    title = request.form.get("title", "").strip() or _("New lesson")
    try:
        lesson = actions.add_lesson(module, title)
    except Refused:
        return titled(course, "lesson", f"module-{module.id}")
    return redirect(url_for(".lesson", course_id=course.id, lesson_id=lesson.id))


@courses.post("/courses/<uuid:course_id>/modules/<uuid:module_id>/lessons/order")
@roles("author", "manager", "owner")
def order_lessons(course_id: UUID, module_id: UUID) -> Answer:
    """Put the lessons of the module in the order that was dragged."""
    course = load(course_id)
    actions.arrange_lessons(queries.module_of(course, module_id), ordered())
    return back(course)


@courses.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/position")
@roles("author", "manager", "owner")
def move_lesson(course_id: UUID, lesson_id: UUID) -> Answer:
    """Move the lesson up or down, past the end of its module into the next one."""
    course = load(course_id)
    actions.move_lesson(queries.lesson_of(course, lesson_id), step())
    return back(course, f"lesson-{lesson_id}")


@courses.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/removal")
@roles("author", "manager", "owner")
def remove_lesson(course_id: UUID, lesson_id: UUID) -> Answer:
    """Take the lesson out of the course; the page offers to undo it."""
    course = load(course_id)
    actions.remove_lesson(queries.lesson_of(course, lesson_id))
    return back(course, removed=f"lesson:{lesson_id}")


@courses.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/return")
@roles("author", "manager", "owner")
def restore_lesson(course_id: UUID, lesson_id: UUID) -> Answer:
    """Bring a removed lesson back."""
    course = load(course_id)
    actions.restore_lesson(queries.lesson_of(course, lesson_id))
    return back(course, f"lesson-{lesson_id}")
