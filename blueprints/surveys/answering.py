"""Participants: answer the survey of a lesson, or the one at the end of a course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.learning.player import page_of
from blueprints.me import me
from blueprints.surveys import surveys
from blueprints.surveys.words import Here
from core import clock
from core.access import signed_in
from core.errors import NotFound, Refused
from tenants.learning.queries import Archived, Taken, course_for, lesson_for, was_in
from tenants.surveys import actions, queries
from tenants.surveys.models import Survey
from tenants.surveys.rules import NotAnAnswer, given_in

Answer = str | Response | tuple[str, int]


@surveys.post("/learn/<uuid:course_id>/<uuid:lesson_id>/surveys/<uuid:block_id>")
@signed_in
def answer_lesson(course_id: UUID, lesson_id: UUID, block_id: UUID) -> Answer:
    """Send the answers to the survey of a lesson."""
    try:
        open_ = lesson_for(me(), course_id, lesson_id)
        block = queries.block_on(open_, block_id)
    except NotFound:
        return taken_out(course_id, lesson_id)
    still_open(open_.taken)
    error = answered(actions.survey_of_block(course_id, block), block["questions"])
    if error is not None:
        g.survey_refused = {block["id"]: (error, request.form.to_dict(flat=False))}
        return page_of(open_), 422
    url = url_for("learning.lesson", course_id=course_id, lesson_id=lesson_id, _anchor=f"block-{block_id}")
    return redirect(url)


@surveys.get("/learn/<uuid:course_id>/survey")
@signed_in
def course_survey(course_id: UUID) -> str:
    """Show the survey to who has finished the course."""
    taken, survey = finished(course_id)
    return survey_page(taken, survey)


@surveys.post("/learn/<uuid:course_id>/survey")
@signed_in
def answer_course(course_id: UUID) -> Answer:
    """Send the answers to the survey at the end of a course."""
    taken, survey = finished(course_id)
    still_open(taken)
    error = answered(survey, (survey.asked or {})["questions"])
    if error is not None:
        return survey_page(taken, survey, error), 422
    return redirect(url_for(".course_survey", course_id=course_id))


def taken_out(course_id: UUID, lesson_id: UUID) -> Response:
    """Lead somebody whose survey an author took out meanwhile to the course. Raises NotFound for anybody else."""
    if not was_in(course_for(me(), course_id), lesson_id):
        raise NotFound("no such lesson")
    flash(_("This survey was taken out of the course. Your answers are not needed any more, and were not kept."), "warning")
    return redirect(url_for("learning.course", course_id=course_id))


def still_open(taken: Taken) -> None:
    """Raise Archived for a course that can only be read. Without a lock: it would note its transaction in the enrolment's
    row, by which an anonymous ballot could be told."""
    if taken.is_archived:
        raise Archived


def finished(course_id: UUID) -> tuple[Taken, Survey]:
    """Return a course that the person has finished, and its open survey. Raises NotFound."""
    taken = course_for(me(), course_id)
    survey = queries.open_course_survey(taken.course.id)
    if not taken.way.is_done and not queries.has_answered(me(), survey):
        raise NotFound("not finished yet")
    return taken, survey


def survey_page(taken: Taken, survey: Survey, error: str | None = None) -> str:
    """Return the page of a course's survey, after a refusal with what was filled in."""
    url = url_for(".answer_course", course_id=taken.course.id)
    here = Here(url, queries.has_answered(me(), survey), error, request.form.to_dict(flat=False))
    return render_template("surveys/course.html", taken=taken, survey=survey, here=here)


def answered(survey: Survey, questions: list[Mapping[str, Any]]) -> str | None:
    """Store what the form sent; return a sentence if it cannot be stored."""
    local = clock.now().astimezone(ZoneInfo(g.academy.zone))
    try:
        actions.answer_survey(survey, me(), given_in(questions, lambda key: request.form.getlist(f"q-{key}")), local)
    except actions.NothingSaid:
        return _("Answer at least one question first.")
    except actions.AnsweredAlready:
        flash(_("You had answered this survey already. Your first answers count."))
        return None
    except (NotAnAnswer, Refused):
        return _("These answers cannot be stored: the survey was changed or closed meanwhile. Look at them and try again.")
    flash(_("Thank you. Your answers are kept."))
    return None
