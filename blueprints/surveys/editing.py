"""Authors: the survey in a block of a lesson, and the one at the end of a course."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.courses.blocks import again, back, load_block, seen
from blueprints.courses.outline import load
from blueprints.me import me
from blueprints.surveys import surveys
from blueprints.surveys.words import PROBLEM_WORDS
from core.access import roles
from core.errors import NotFound
from tenants.courses import queries as courses
from tenants.courses.block_actions import ChangedMeanwhile
from tenants.courses.models import Block, Course
from tenants.surveys import actions, queries
from tenants.surveys.rules import KINDS, MAX_QUESTIONS, options_of, pressed, uuid_of

Answer = str | Response | tuple[str, int]


@surveys.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/survey")
@roles("author", "manager", "owner")
def save_block(course_id: UUID, block_id: UUID) -> Answer:
    """Keep the survey of a block as it was typed; the editor sends it a moment after each change."""
    course, block = load_block(course_id, block_id)
    if block.kind != "survey":
        raise NotFound("no survey")
    typed = survey_sent(block.body, course.language)
    try:
        actions.save_block_survey(block, typed, seen())
    except ChangedMeanwhile:
        return again(course, block, _("Someone else changed this block meanwhile. What you typed is still here; "
                                      "save once more to replace theirs."), typed, 409)  # fmt: skip
    return back(block)


@surveys.route("/courses/<uuid:course_id>/survey", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def edit_course(course_id: UUID) -> Answer:
    """Show and change the survey that people get when they have finished the course."""
    course = courses.course_to_edit(me(), course_id) if request.method == "GET" else load(course_id)
    survey = queries.course_survey(course.id)
    if request.method == "GET":
        return survey_page(course)
    actions.save_course_survey(course, survey_sent(survey.body if survey else {}, course.language), me())
    if request.form.get("do") == "publish":
        return publish(course)
    flash(_("Saved"))
    return redirect(url_for(".edit_course", course_id=course.id))


def publish(course: Course) -> Answer:
    """Ask people the survey from now on, or say what is missing."""
    survey = queries.course_survey(course.id)
    assert survey is not None, "it was saved just now"
    try:
        actions.publish_survey(survey, me())
    except actions.NotReady as refusal:
        return survey_page(course, str(PROBLEM_WORDS[refusal.kind])), 422
    flash(_("Published"))
    return redirect(url_for(".edit_course", course_id=course.id))


def survey_page(course: Course, error: str | None = None) -> str:
    """Return the page of the survey at the end of a course."""
    survey = queries.course_survey(course.id)
    with force_locale(course.language):
        fresh = actions.empty_body(_("What did you think of this course?"))
    return render_template("surveys/edit.html", course=course, survey=survey, body=survey.body if survey else fresh,
                           fixed=bool(survey and survey.published_at), error=error)  # fmt: skip


@surveys.post("/courses/<uuid:course_id>/survey/closure")
@roles("author", "manager", "owner")
def close_course(course_id: UUID) -> Response:
    """Take no more answers."""
    course = load(course_id)
    survey = queries.course_survey(course.id)
    if survey is None:
        raise NotFound("no survey")
    actions.close_survey(survey, me())
    flash(_("Closed. Nobody can answer any more; publishing opens it again."))
    return redirect(url_for(".edit_course", course_id=course.id))


def survey_sent(before: dict[str, Any], language: str) -> dict[str, Any]:
    """Return the survey as its form sent it, with the button pressed done to it."""
    form = request.form
    known = {question["id"]: question for question in before.get("questions", ())}
    keys = [key for key in form.getlist("question") if uuid_of(key)][:MAX_QUESTIONS]
    questions = [_question(key, known.get(key, {})) for key in dict.fromkeys(keys)]
    questions = pressed([one for one in questions if one["kind"] in KINDS], form.get("do", ""))
    with force_locale(language):
        for question in questions:
            if form.get("do") == "add:nps" and question["kind"] == "nps" and question["id"] not in keys:
                question["prompt"] = _("How likely is it that you recommend this to a colleague?")
    return {"title": _typed("title"), "intro": _typed("intro"), "mode": form.get("mode", before.get("mode", "anonymous")),
            "questions": questions}  # fmt: skip


def _question(key: str, known: dict[str, Any]) -> dict[str, Any]:
    """Return one question of the form; its kind stays what it was."""
    texts = {name: _typed(f"{name}-{key}") for name in ("prompt", "low", "high")}
    kind = known.get("kind") or request.form.get(f"kind-{key}", "")
    return {"id": key, "kind": kind, **texts, "options": options_of(_typed(f"options-{key}"), known.get("options", ()))}


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()


@surveys.app_template_global()
def survey_is_fixed(block: Block) -> bool:
    """Return whether participants have seen this block, so that its promise stays; one statement for a lesson."""
    if "surveys_published" not in g:
        g.surveys_published = queries.blocks_published(block.lesson_id)
    return str(block.id) in g.surveys_published
