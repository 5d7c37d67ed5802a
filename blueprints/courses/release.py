"""When lessons open, and by when they and the course are to be done."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from blueprints.courses import courses
from blueprints.courses.editor import editor_page
from blueprints.courses.outline import load
from blueprints.courses.pages import Answer, course_page
from blueprints.me import is_fragment
from core.access import roles
from tenants.courses import actions, queries
from tenants.courses.models import Course, Lesson
from tenants.groups.queries import all_names
from tenants.learning.release import BadRule, deadline_of, release_of

FIELDS = ("release_on", "release_days", "release_after", "release_percent", "deadline_on", "deadline_days")


@courses.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/rules")
@roles("author", "manager", "owner")
def rule_lesson(course_id: UUID, lesson_id: UUID) -> Answer:
    """Say when the lesson opens and by when it is to be done."""
    course = load(course_id)
    lesson = queries.lesson_of(course, lesson_id)
    sent = {name: request.form.get(name, "") for name in FIELDS}
    try:
        on, days, after, percent = (sent[name] for name in FIELDS[:4])
        release = release_of(on, days, after, percent, request.form.getlist("release_groups"))
        actions.rule_lesson(lesson, release, deadline_of(sent["deadline_on"], sent["deadline_days"]))
    except BadRule as error:
        return bad_rule(course, lesson, error, sent)
    return ("", 204) if is_fragment() else redirect(url_for(".lesson", course_id=course.id, lesson_id=lesson.id))


def bad_rule(course: Course, lesson: Lesson, error: BadRule, sent: dict[str, str]) -> Answer:
    """Answer 422 with what was typed and a sentence at the field that cannot be."""
    if is_fragment():
        return "", 422
    return editor_page(course, lesson, {error.field: rule_words(error)}, sent), 422


def rule_words(error: BadRule) -> str:
    """Return what to type instead."""
    if error.field.endswith("_percent"):
        return _("Give a percentage above 0, at most 100.")
    return _("Give whole days, 0 to 3660.") if error.field.endswith("_days") else _("Give a day such as 2026-12-01.")


@courses.app_template_global()
def rule_fields(lesson: Lesson) -> dict[str, str]:
    """Return the rules of a lesson as its form shows them."""
    return {**_shown(lesson.rules, "release"), **_shown(lesson.rules, "deadline")}


@courses.app_template_global()
def groups_to_choose() -> list[tuple[UUID, str]]:
    """Return the groups that a lesson may be for."""
    return all_names()


@courses.app_template_global()
def release_groups(lesson: Lesson) -> list[str]:
    """Return the ids of the groups that the lesson is for, as sent or as stored; none: everybody."""
    if request.form:
        return request.form.getlist("release_groups")
    return list((lesson.rules.get("release") or {}).get("groups") or ())


@courses.app_template_global()
def pace_fields(course: Course) -> dict[str, str]:
    """Return the deadline of a course as its form shows it."""
    return _shown(course.rules, "deadline")


def _shown(rules: dict[str, dict[str, str]], what: str) -> dict[str, str]:
    rule = rules.get(what) or {}
    return {f"{what}_{name}": str(rule.get(name, "")) for name in ("on", "days", "after", "percent")}


@courses.post("/courses/<uuid:course_id>/pace")
@roles("author", "manager", "owner")
def pace(course_id: UUID) -> Answer:
    """Say whether lessons open in order, and by when the course is to be done."""
    course = load(course_id)
    try:
        deadline = deadline_of(request.form.get("deadline_on", ""), request.form.get("deadline_days", ""))
    except BadRule as error:
        return course_page(course, errors={error.field: rule_words(error)}), 422
    actions.rule_course(course, "in_order" in request.form, deadline)
    flash(_("Saved. Participants see it after you publish."))
    return redirect(url_for(".show", course_id=course.id, _anchor="pace"))
