"""From a lesson to the bank, and from the bank into a lesson."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.bank import bank
from blueprints.bank.listing import asked, page_number, wanted
from blueprints.courses.blocks import load_block
from blueprints.courses.outline import load
from blueprints.courses.pages import Answer
from blueprints.me import me
from core.access import roles
from core.errors import NotFound, Refused
from tenants.bank import actions, queries
from tenants.courses import queries as courses
from tenants.courses.models import Course, Lesson

GONE = NotFound("removed")


@bank.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/bank")
@roles("author", "manager", "owner")
def keep(course_id: UUID, block_id: UUID) -> Answer:
    """Put a copy of the block's question in the bank."""
    course, block = load_block(course_id, block_id)
    here = url_for("courses.lesson", course_id=course.id, lesson_id=block.lesson_id, selected=block.id, _anchor=f"block-{block.id}")
    try:
        actions.bank_block(block, by=me(), language=course.language)
    except Refused:
        flash(_("Write the question first; then it can go to the question bank."), "error")
    else:
        flash(_("A copy is in the question bank."))
    return redirect(here)


@bank.get("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/bank")
@roles("author", "manager", "owner")
def choose(course_id: UUID, lesson_id: UUID) -> str:
    """Show the bank to choose questions for the lesson."""
    course = courses.course_to_edit(me(), course_id)
    return chooser(course, live_lesson(course, lesson_id))


def live_lesson(course: Course, lesson_id: UUID) -> Lesson:
    """Return a lesson of the course that nobody removed. Raises NotFound."""
    lesson = courses.lesson_of(course, lesson_id)
    if lesson.deleted_at or lesson.module.deleted_at:
        raise GONE
    return lesson


def chooser(course: Course, lesson: Lesson, error: str | None = None) -> str:
    """Return the page to choose questions on."""
    asks = wanted()
    tags, kinds = queries.facets(me())
    return render_template(
        "bank/choose.html", course=course, lesson=lesson, found=queries.items_page(me(), asks, page_number()), asks=asks,
        asked=asked, tags=tags, kinds=kinds, error=error,
    )  # fmt: skip


@bank.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/bank")
@roles("author", "manager", "owner")
def insert(course_id: UUID, lesson_id: UUID) -> Answer:
    """Put copies of the chosen questions at the end of the lesson."""
    course = load(course_id)
    lesson = live_lesson(course, lesson_id)
    try:
        blocks = actions.insert_items(lesson, queries.items_by_id(me(), chosen()))
    except Refused:
        return chooser(course, lesson, _("Choose at least one question.")), 422
    flash(ngettext("%(num)d question is in the lesson.", "%(num)d questions are in the lesson.", len(blocks)))
    return redirect(url_for("courses.lesson", course_id=course.id, lesson_id=lesson.id, _anchor=f"block-{blocks[0].id}"))


def chosen() -> list[UUID]:
    """Return the ids that were ticked; what is no id is passed over."""
    found = []
    for one in request.form.getlist("item")[: actions.MOST_INSERTED]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
