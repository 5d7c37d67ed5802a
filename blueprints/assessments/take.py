"""A test before its participant: what to expect, the paper, saving and handing in, and the result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.assessments import assessments
from blueprints.assessments.words import bar_words, late_words
from blueprints.learning.player import Answer, context_of
from blueprints.me import me, sent_id
from core import clock
from core.access import signed_in
from core.errors import Refused
from core.i18n import zone
from tenants.assessments import actions, queries, rules
from tenants.assessments.models import Sitting, SittingAnswer
from tenants.assessments.queries import OwnSitting
from tenants.assessments.settings import settings_of
from tenants.learning.queries import Given, OpenLesson


@assessments.get("/learn/<uuid:course_id>/<uuid:lesson_id>/test")
@signed_in
def show(course_id: UUID, lesson_id: UUID) -> str:
    """Show what the test is like, how earlier attempts went, and the way in."""
    open_ = queries.test_for(me(), course_id, lesson_id)
    actions.end_overdue(open_.taken.enrolment, lesson_id)
    return test_page(open_)


def test_page(open_: OpenLesson, error: str | None = None) -> str:
    """Return the page of the test; with a sentence after it could not begin."""
    enrolment, lesson_id, settings = open_.taken.enrolment, UUID(open_.step.id), queries.settings_on(open_)
    sittings, now = queries.sittings_of(enrolment.id, lesson_id), clock.now()
    allowance, past = queries.allowance_of(enrolment.id, lesson_id), [one.past for one in sittings]
    running = next((one for one in sittings if one.is_open), None)
    return render_template(
        "assessments/show.html", **context_of(open_), settings=settings, sittings=sittings, running=running, error=error,
        bar=None if running else rules.bar_to(settings, past, allowance, now, zone()), allowance=allowance,
        left=rules.attempts_left(settings, len(sittings), allowance), counted=rules.counted(past, settings.counts),
        views={one.id: rules.view_of(settings, one.state, now, zone()) for one in sittings},
        extension=rules.extension(settings, allowance),
    )  # fmt: skip


@assessments.post("/learn/<uuid:course_id>/<uuid:lesson_id>/test")
@signed_in
def begin(course_id: UUID, lesson_id: UUID) -> Answer:
    """Begin an attempt, or go on with the one that is open."""
    open_ = queries.test_for(me(), course_id, lesson_id, lock=True)
    try:
        sitting = actions.begin(open_)
    except actions.NotNow as error:
        return test_page(open_, bar_words(error.bar)), 422
    except actions.NothingToAsk:
        return test_page(open_, _("This test has no questions at the moment. Tell your trainer.")), 422
    return redirect(sitting_url(course_id, sitting))


def sitting_url(course_id: UUID, sitting: Sitting) -> str:
    """Return the address of a sitting."""
    return url_for("assessments.sitting", course_id=course_id, lesson_id=sitting.lesson_id, sitting_id=sitting.id)


@assessments.get("/learn/<uuid:course_id>/<uuid:lesson_id>/test/<uuid:sitting_id>")
@signed_in
def sitting(course_id: UUID, lesson_id: UUID, sitting_id: UUID) -> str:
    """Show the paper while the sitting is open, and what may be seen of it afterwards."""
    own = queries.sitting_for(me(), course_id, lesson_id, sitting_id)
    if own.sitting.is_overdue:
        own = queries.sitting_for(me(), course_id, lesson_id, sitting_id, lock=True)
        actions.end_if_over(own.sitting)
    return paper_page(own) if own.sitting.is_open else result_page(own)


def paper_page(own: OwnSitting, **more: Any) -> str:
    """Return the paper with what was answered so far; `errors`, `typed` and `missing` after it was not handed in."""
    sitting, rows = own.sitting, queries.answers_of(own.sitting)
    kept = {str(row.question_id): queries.given_in(row) for row in rows}
    given = {key: shown(answer) for key, answer in kept.items()} | more.pop("typed", {})
    marks = {key: actions.mark_of(answer) for key, answer in kept.items()}
    return render_template("assessments/paper.html", **{
        "sitting": sitting, "course_id": own.course_id, "paper": sitting.paper, "given": given, "marks": marks, "now": clock.now(),
        "settings": settings_of(sitting.settings), "errors": [], "missing": [], **more,
    })  # fmt: skip


def shown(answer: dict[str, Any] | None) -> Given:
    """Return an answer as the inputs draw it, never with a verdict."""
    kept = answer or {}
    return Given(frozenset(kept.get("choices", ())), kept.get("text", ""), places=kept.get("places") or {})


def result_page(own: OwnSitting) -> str:
    """Return what the person may see of a sitting that was ended."""
    sitting, rows = own.sitting, queries.answers_of(own.sitting)
    settings = queries.published_settings(own.course_id, sitting.lesson_id) or settings_of(sitting.settings)
    view = rules.view_of(settings, sitting.state, clock.now(), zone())
    return render_template(
        "assessments/result.html", sitting=sitting, course_id=own.course_id, view=view, rows=rows if view.verdicts else [],
        unsent=rows, settings=settings_of(sitting.settings),
    )  # fmt: skip


@assessments.post("/learn/<uuid:course_id>/<uuid:lesson_id>/test/<uuid:sitting_id>")
@signed_in
def keep(course_id: UUID, lesson_id: UUID, sitting_id: UUID) -> Answer:
    """Keep the whole page, and hand it in if the button says so."""
    own = queries.sitting_for(me(), course_id, lesson_id, sitting_id, lock=True)
    try:
        saved = actions.save_page(own.sitting, sent_answers(own.sitting))
    except actions.BadAnswers as error:
        return paper_page(own, errors=error.questions, typed=typed(own.sitting)), 422
    return ended(own, saved)


def ended(own: OwnSitting, saved: list[actions.Saved]) -> Answer:
    """Hand in if that is asked for and nothing is missing (or nevertheless), and show where the sitting stands."""
    button, was_open = request.form.get("do", ""), own.sitting.is_open
    missing = unanswered(queries.answers_of(own.sitting)) if button == "hand_in" and was_open else []
    if missing and not own.sitting.is_overdue:
        return paper_page(own, missing=missing)
    if button in ("hand_in", "anyway"):
        actions.hand_in(own.sitting)
    if "late" in saved:
        flash(late_words(own.sitting), "error")
    else:
        flash(_("Saved") if own.sitting.is_open else _("Handed in"))
    return redirect(sitting_url(own.course_id, own.sitting))


def unanswered(rows: list[SittingAnswer]) -> list[int]:
    """Return the numbers of the questions without an answer."""
    return [row.position + 1 for row in rows if not any((queries.given_in(row) or {}).values())]


def sent_answers(sitting: Sitting) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what the page sent, by question id: the mark that it was drawn with, and what was given."""
    keys = [one["question"]["id"] for one in sitting.paper["questions"]]
    return {key: (request.form[f"{key}-mark"], given_sent(key)) for key in keys if f"{key}-mark" in request.form}


def given_sent(key: str) -> dict[str, Any]:
    """Return what the fields of one question sent."""
    start = f"{key}-place-"
    places = {name.removeprefix(start): text for name, text in request.form.items() if name.startswith(start)}
    return {"choices": request.form.getlist(f"{key}-choice"), "text": request.form.get(f"{key}-text", ""), "places": places}


def typed(sitting: Sitting) -> dict[str, Given]:
    """Return what the page sent, to be drawn again."""
    return {key: shown(given) for key, (_mark, given) in sent_answers(sitting).items()}


@assessments.post("/learn/<uuid:course_id>/<uuid:lesson_id>/test/<uuid:sitting_id>/answers/<uuid:question_id>")
@signed_in
def answer(course_id: UUID, lesson_id: UUID, sitting_id: UUID, question_id: UUID) -> FlaskResponse:
    """Keep one answer, as the page does a moment after each change; say so when it came too late to count."""
    found = queries.answer_to_save(me(), course_id, lesson_id, sitting_id, question_id)
    sequence = request.form.get("sequence", type=int)
    try:
        how = actions.save_answer(found, given_sent(str(question_id)), sent_id(), sequence)
    except Refused:
        return FlaskResponse(_("This answer cannot be stored. Check it and try again."), 422, mimetype="text/plain")
    text = late_words(found.sitting) if how == "late" else ""
    return FlaskResponse(text, 200 if text else 204, {"X-Kept": how}, mimetype="text/plain")


@assessments.get("/learn/<uuid:course_id>/<uuid:lesson_id>/test/<uuid:sitting_id>/clock")
@signed_in
def time_left(course_id: UUID, lesson_id: UUID, sitting_id: UUID) -> dict[str, Any]:
    """Return the server's time, the end (both in milliseconds) and whether the sitting is open: a trainer may prolong it."""
    state, ends_at = queries.times_of(me(), course_id, lesson_id, sitting_id)
    now = int(clock.now().timestamp() * 1000)
    return {"now": now, "ends": int(ends_at.timestamp() * 1000) if ends_at else None, "open": state == "open"}
