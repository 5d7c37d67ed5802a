"""The lesson editor: its page, title and settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.courses import courses
from blueprints.courses.outline import load
from blueprints.courses.pages import Answer
from blueprints.me import is_fragment, me
from core.access import roles
from core.errors import NotFound, Refused
from tenants.courses import actions, publishing, queries
from tenants.courses.block_actions import QuestionDraft, draft_of
from tenants.courses.models import Block, Course, Lesson


@courses.get("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>")
@roles("author", "manager", "owner")
def lesson(course_id: UUID, lesson_id: UUID) -> str:
    """Show the editor of one lesson."""
    course = queries.course_to_edit(me(), course_id)
    found = queries.lesson_of(course, lesson_id)
    if found.deleted_at or found.module.deleted_at:
        raise NotFound("removed")
    return editor_page(course, found)


def editor_page(
    course: Course, lesson: Lesson, errors: dict[str, str] | None = None, typed: dict[str, Any] | None = None
) -> str:
    """Return the editor; `errors` and `typed` by block id (or "title", "minutes") after a form was refused."""
    order = [one.id for module in course.live_modules for one in module.live_lessons]
    return render_template(
        "courses/editor.html", course=course, lesson=lesson, number=order.index(lesson.id) + 1,
        module_number=course.live_modules.index(lesson.module) + 1, blocks=lesson.live_blocks,
        changes=publishing.changes_in(course), errors=errors or {}, typed=typed or {},
        removed=removed_block(lesson), selected=request.args.get("selected"),
    )


def removed_block(lesson: Lesson) -> Block | None:
    """Return the block that was just removed, so that the page can offer to undo it."""
    wanted = request.args.get("removed")
    return next((block for block in lesson.blocks if str(block.id) == wanted and block.deleted_at), None)


@courses.app_template_global()
def question_draft(block: Block, typed: dict[str, Any]) -> QuestionDraft:
    """Return the question to draw: as it was typed when the form was refused, else as it stands."""
    draft = typed.get(str(block.id))
    stored = draft_of(block.question) if block.question else QuestionDraft()
    if isinstance(draft, QuestionDraft):
        return replace(draft, rule={**stored.rule, **draft.rule})
    return stored


@courses.app_template_global()
def question_kinds() -> list[tuple[str, str]]:
    """Return the kinds of questions that an author can choose, with their names."""
    return [
        ("single", _("One right answer")), ("multiple", _("Several right answers")), ("truefalse", _("True or false")),
        ("short", _("A word")), ("number", _("A number")), ("matching", _("Match")), ("ordering", _("Put in order")),
        ("gaps", _("Fill in gaps")), ("hotspot", _("Spot on an image")), ("open", _("Open answer")),
    ]  # fmt: skip


@courses.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>")
@roles("author", "manager", "owner")
def change_lesson(course_id: UUID, lesson_id: UUID) -> Answer:
    """Change title, minutes or what makes the lesson done; what the form does not send stays."""
    course = load(course_id)
    found = queries.lesson_of(course, lesson_id)
    title = request.form.get("title", found.title)
    minutes = request.form.get("minutes", default=found.minutes, type=int) if _is_number() else 0
    done_when = request.form.get("done_when", found.done_when)
    try:
        actions.change_lesson(found, title=title, minutes=minutes, done_when=done_when)
    except Refused:
        return refused(course, found, title, minutes)
    if is_fragment():
        return "", 204
    return redirect(url_for(".lesson", course_id=course.id, lesson_id=found.id))


def _is_number() -> bool:
    return request.form.get("minutes", "0").strip().isascii() and request.form.get("minutes", "0").strip().isdigit()


def refused(course: Course, lesson: Lesson, title: str, minutes: int) -> Answer:
    """Answer 422 with the editor, what was typed, and a sentence beside it."""
    if is_fragment():
        return "", 422
    errors = {} if title.strip() and len(title) <= actions.MAX_TITLE else {
        "title": _("Give the lesson a title of at most 200 signs.")
    }
    if not 1 <= minutes <= 600:
        errors["minutes"] = _("Give whole minutes, from 1 to 600.")
    typed = {"title": title, "minutes": request.form.get("minutes", "")}
    return editor_page(course, lesson, errors, typed), 422
