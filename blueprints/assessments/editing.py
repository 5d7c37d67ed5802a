"""Authors: a lesson becomes a test, and its settings are written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from blueprints.assessments import assessments
from blueprints.courses.editor import editor_page
from blueprints.courses.outline import load
from blueprints.courses.pages import Answer
from blueprints.me import me
from core.access import roles
from tenants.assessments.settings import (
    MAX_ATTEMPTS,
    MAX_DRAWN,
    MAX_DRAWS,
    MAX_MINUTES,
    MAX_WAIT_HOURS,
    BadSetting,
    Settings,
    settings_of,
    typed_settings,
)
from tenants.assessments.writing import make_test, unmake_test
from tenants.bank.queries import facets
from tenants.courses import queries
from tenants.courses.models import Course, Lesson

PLAIN = (
    "minutes", "attempts", "wait_hours", "pass_percent", "own_count", "shuffle_questions", "shuffle_choices", "shown", "shown_when",
    "counts", "opens_at", "closes_at", "is_deciding",
)  # fmt: skip


@assessments.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/test")
@roles("author", "manager", "owner")
def save_test(course_id: UUID, lesson_id: UUID) -> Answer:
    """Make the lesson a test, change its settings, or make it a lesson again, as the button says."""
    course = load(course_id)
    lesson, button = queries.lesson_of(course, lesson_id), request.form.get("do", "")
    try:
        change(lesson, button)
    except BadSetting as error:
        return refused(course, lesson, error)
    flash(_("Saved. Participants see it after you publish."))
    return redirect(url_for("courses.lesson", course_id=course.id, lesson_id=lesson.id, _anchor="test"))


def change(lesson: Lesson, button: str) -> None:
    """Do what the button says. Raises BadSetting."""
    if button == "make":
        make_test(lesson, Settings())
    elif button == "unmake":
        unmake_test(lesson)
    else:
        points = {key.removeprefix("points-"): text for key, text in request.form.items() if key.startswith("points-")}
        make_test(lesson, typed_settings(request.form, sent_draws(), points))


def sent_draws() -> list[tuple[str, str, str]]:
    """Return the rows of the draws."""
    columns = [request.form.getlist(name) for name in ("draw_tags", "draw_count", "draw_points")]
    return list(zip(*columns, strict=False))


def refused(course: Course, lesson: Lesson, error: BadSetting) -> Answer:
    """Answer 422 with what was typed and a sentence at the field that cannot be."""
    fields = {**{name: request.form.get(name, "") for name in PLAIN}, "draws": sent_draws(),
              "points": {key.removeprefix("points-"): text for key, text in request.form.items() if key.startswith("points-")}}  # fmt: skip
    return editor_page(course, lesson, {f"test_{error.field}": setting_words(error.field)}, {"test": fields}), 422


def setting_words(field: str) -> str:
    """Return what to type instead."""
    if field.startswith("draw_"):
        return _("Give at least one tag, a number of questions from 1 to %(most)d, and points above 0.", most=MAX_DRAWN)
    return {
        "minutes": _("Give whole minutes, from 1 to %(most)d, or nothing.", most=MAX_MINUTES),
        "attempts": _("Give a whole number, from 1 to %(most)d, or nothing.", most=MAX_ATTEMPTS),
        "wait_hours": _("Give whole hours, from 0 to %(most)d.", most=MAX_WAIT_HOURS),
        "pass_percent": _("Give a percentage from 0 to 100, with two decimals at most."),
        "own_count": _("Give a whole number, from 1 to %(most)d, or nothing.", most=MAX_DRAWN),
        "points": _("Give points above 0 and up to 100, with two decimals at most."),
        "shown_when": _("Give the moment of closing too: until then nothing is shown."),
        "opens_at": _("Give a day and a time such as 2026-12-01 09:00."),
        "closes_at": _("Give a day and a time after the opening, such as 2026-12-01 17:00."),
    }.get(field, _("Choose one of the options."))


@assessments.app_template_global()
def test_fields(lesson: Lesson, typed: dict[str, Any]) -> dict[str, Any]:
    """Return the settings as their form shows them: as typed when it was refused, else as they stand; one draw is free."""
    if "test" in typed:
        shown = dict(typed["test"])
    else:
        found = settings_of(lesson.rules["test"])
        shown = {name: getattr(found, name) for name in PLAIN}
        shown["pass_percent"] = f"{found.pass_percent.normalize():f}"
        shown["draws"] = [(", ".join(one.tags), str(one.count), f"{one.points.normalize():f}") for one in found.draws]
        shown["points"] = {key: f"{points.normalize():f}" for key, points in found.points.items()}
    if len(shown["draws"]) < MAX_DRAWS and (not shown["draws"] or any(shown["draws"][-1])):
        shown["draws"] = [*shown["draws"], ("", "", "")]
    return shown


@assessments.app_template_global()
def bank_tags() -> list[tuple[str, int]]:
    """Return the tags of the question bank, and how many questions have each."""
    return facets(me())[0]
