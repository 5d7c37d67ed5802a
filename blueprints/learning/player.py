"""The lesson player: read, answer, check, go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.learning import learning
from blueprints.learning.words import lesson_url, modules_of
from blueprints.me import is_fragment, me, sent_id
from core.access import signed_in
from core.errors import NotFound, Refused
from core.headers import allow_frames
from tenants.courses.pieces import frame_origins
from tenants.exercises.queries import threads_on
from tenants.learning import actions, drafts, queries
from tenants.learning.changes import is_asked_again, questions_again, read_news, redo
from tenants.learning.queries import Given, OpenLesson
from tenants.learning.writing import Spot

Answer = str | Response | tuple[str, int]


@learning.get("/learn/<uuid:course_id>/<uuid:lesson_id>")
@signed_in
def lesson(course_id: UUID, lesson_id: UUID) -> Answer:
    """Show a lesson; opening it is what "where I stopped" begins with. A test has pages of its own."""
    try:
        open_ = queries.lesson_for(me(), course_id, lesson_id)
    except NotFound:
        return gone(course_id, lesson_id)
    actions.open_lesson(open_.taken, open_.step)
    if open_.step.kind == "test":
        return redirect(url_for("assessments.show", course_id=course_id, lesson_id=lesson_id))
    return page_of(open_)


def gone(course_id: UUID, lesson_id: UUID) -> Response:
    """Lead somebody who was in a lesson that an author took out to the course. Raises NotFound for anybody else."""
    if not queries.was_in(queries.course_for(me(), course_id), lesson_id):
        raise NotFound("no such lesson")
    flash(_("This lesson was taken out of the course. What you filled in is kept."), "warning")
    return redirect(url_for(".course", course_id=course_id))


def page_seen() -> UUID | None:
    """Return the id of the lesson's page that stands before the person, as a form says."""
    try:
        return UUID(request.values.get("page", ""))
    except ValueError:
        return None


def to_write(course_id: UUID, lesson_id: UUID) -> OpenLesson:
    """Return the lesson as the person sees it, locked. Raises NotFound for a test, which is answered elsewhere."""
    open_ = queries.lesson_for(me(), course_id, lesson_id, lock=True, seen=page_seen())
    if open_.step.kind == "test":
        raise NotFound("a test")
    return open_


def page_of(open_: OpenLesson, errors: dict[str, str] | None = None, **given: Given) -> str:
    """Return the player's page, with sentences about what could not be stored and what was given there."""
    return render_template("learning/lesson.html", **context_of(open_, errors, **given))


def context_of(open_: OpenLesson, errors: dict[str, str] | None = None, **given: Given) -> dict[str, Any]:
    """Return what the player's templates need."""
    way = replace(open_.taken.way, stopped_at=open_.step.id)
    given = {**questions_again(open_), **given}
    allow_frames(frame_origins(open_.page.content))
    return {
        "open": open_, "taken": open_.taken, "step": open_.step, "way": way, "content": open_.page.content,
        "answers": {**open_.answers, **given}, "errors": errors or {}, "modules": modules_of(open_.taken, open_.step),
        "previous": way.before(open_.step), "following": way.after(open_.step), "next_open": way.next_open(open_.step),
        "asked_again": is_asked_again(open_) and not open_.taken.is_archived,
        "why": request.args.get("why"), "threads": threads_on(open_) if open_.step.exercises else {},
        "ticks": {key: queries.ticked(row) for key, row in open_.ticks.items()},
    }


@learning.post("/learn/<uuid:course_id>/<uuid:lesson_id>/questions/<uuid:question_id>")
@signed_in
def answer(course_id: UUID, lesson_id: UUID, question_id: UUID) -> Answer:
    """Keep what was chosen or written so far; with `do=check`, check it and say so at once."""
    given = given_sent()
    try:
        if request.form.get("do") == "check":
            return checked(to_write(course_id, lesson_id), question_id, given)
        return keep_draft(course_id, lesson_id, question_id, given)
    except queries.Locked:
        raise
    except Refused as error:
        return refused(to_write(course_id, lesson_id), question_id, given, error)


def checked(open_: OpenLesson, question_id: UUID, given: dict[str, Any]) -> Answer:
    """Check what was given and say so; the lesson is only read again when checking has finished it. Raises Refused."""
    actions.check_answer(open_, question_id, given, sent_id("attempt_id"))
    finishes = not open_.step.is_done and (open_.page.content["done_when"] == "viewed" or actions.passes(open_))
    if (finishes and not open_.is_old) or not is_fragment():
        return answered(open_.taken.course.id, UUID(open_.step.id), question_id)
    answers = {key: queries.given_of(row) for key, row in open_.rows.items()}
    return told(open_, fragment(question_id, context_of(replace(open_, answers=answers))))


def told(open_: OpenLesson | Spot, body: str, status: int = 200) -> Response:
    """Return the answer to a script; its page tells the person if an author changed the lesson or took it out."""
    answer = Response(body, status, mimetype="text/html")
    if open_.is_old:
        answer.headers["X-Lesson"] = "gone" if open_.is_gone else "changed"
    return answer


def keep_draft(course_id: UUID, lesson_id: UUID, question_id: UUID, given: dict[str, Any]) -> Answer:
    """Keep what was given so far. Raises NotFound, Locked, Refused."""
    draft = drafts.draft_for(me(), course_id, lesson_id, question_id, page_seen())
    if draft.step.kind == "test":
        raise NotFound("a test")
    if draft.ends_lesson:
        actions.save_answer(to_write(course_id, lesson_id), question_id, given, sent_id())
    else:
        drafts.save_draft(draft, given, sent_id())
    return told(draft, "", 204) if is_fragment() else answered(course_id, lesson_id, question_id)


def given_sent() -> dict[str, Any]:
    """Return what the form of a question sent."""
    places = {name[len("place-"):]: text for name, text in request.form.items() if name.startswith("place-")}
    return {"choices": request.form.getlist("choice"), "text": request.form.get("text", ""), "places": places}


def refused(open_: OpenLesson, question_id: UUID, given: dict[str, Any], error: Refused) -> Answer:
    """Answer 422 with the question as it was given and a sentence about what to do."""
    text = _("This answer cannot be stored. Check it and try again.")
    if isinstance(error, actions.NothingGiven):
        text = _("Choose or write an answer first.")
    elif isinstance(error, actions.NoNumber):
        text = _("Write one number, such as 12 or 12.5. What you wrote cannot be read as a number.")
    typed = Given(frozenset(given["choices"]), given["text"], places=given["places"])
    context = context_of(open_, {str(question_id): text}, **{str(question_id): typed})
    if is_fragment():
        return fragment(question_id, context), 422
    return render_template("learning/lesson.html", **context), 422


def answered(course_id: UUID, lesson_id: UUID, question_id: UUID) -> Answer:
    """Answer a script with the question as it stands now, a browser with the page at that spot."""
    open_ = queries.lesson_for(me(), course_id, lesson_id, seen=page_seen())
    if is_fragment():
        return fragment(question_id, context_of(open_))
    block = next(b["id"] for b in open_.page.content["blocks"] if b.get("question", {}).get("id") == str(question_id))
    return back_to(open_, block)


def back_to(open_: OpenLesson, block_id: str) -> Response:
    """Lead a browser back to the block; if an author changed the lesson meanwhile, to the new version, and say so."""
    place: dict[str, Any] = {"course_id": open_.taken.course.id, "lesson_id": open_.step.id}
    if open_.is_old and not open_.is_gone:
        flash(_("This lesson was changed while you had it open. What you filled in is kept. This is the new version."), "warning")
    return redirect(url_for(".lesson", **place, _anchor=f"block-{block_id}"))


def fragment(question_id: UUID, context: dict[str, Any]) -> str:
    """Return the one question, and the action bar that may have changed with it."""
    question = queries.question_on(context["open"].page, question_id)
    return render_template("learning/_answered.html", question=question, **context)


@learning.post("/learn/<uuid:course_id>/<uuid:lesson_id>/checklists/<uuid:block_id>")
@signed_in
def tick(course_id: UUID, lesson_id: UUID, block_id: UUID) -> Answer:
    """Keep what is ticked in a checklist."""
    open_ = queries.lesson_for(me(), course_id, lesson_id, lock=True, seen=page_seen())
    actions.save_ticks(open_, block_id, request.form.getlist("item"), sent_id())
    return told(open_, "", 204) if is_fragment() else back_to(open_, str(block_id))


@learning.post("/learn/<uuid:course_id>/<uuid:lesson_id>/place")
@signed_in
def place(course_id: UUID, lesson_id: UUID) -> Answer:
    """Keep the block, and in a video the second, where the person is."""
    open_ = to_write(course_id, lesson_id)
    block_id = request.values.get("block", "")
    actions.save_place(open_, block_id, request.form.get("position_s", type=float))
    return told(open_, "", 204)


def not_done_words(open_: OpenLesson) -> str:
    """Return why the lesson cannot be marked as done."""
    if open_.page.content["done_when"] == "approved":
        return _("This lesson is done when your trainer has approved its exercises.")
    return _("This lesson is done when every question in it is right. Answer them first.")


@learning.post("/learn/<uuid:course_id>/news")
@signed_in
def news(course_id: UUID) -> Response:
    """Note that the person knows what changed in the course."""
    read_news(queries.course_for(me(), course_id, lock=True))
    return redirect(url_for(".course", course_id=course_id))


@learning.post("/learn/<uuid:course_id>/<uuid:lesson_id>/again")
@signed_in
def again(course_id: UUID, lesson_id: UUID) -> Response:
    """Note that the person did the lesson again, as they were asked to."""
    redo(queries.lesson_for(me(), course_id, lesson_id, lock=True))
    flash(_("Noted. You did this lesson again."))
    return redirect(url_for(".course", course_id=course_id))


@learning.post("/learn/<uuid:course_id>/<uuid:lesson_id>/completion")
@signed_in
def complete(course_id: UUID, lesson_id: UUID) -> Answer:
    """Mark the lesson done and go on to the next open one."""
    open_ = to_write(course_id, lesson_id)
    if open_.is_gone:
        return gone(course_id, lesson_id)
    try:
        actions.mark_done(open_)
    except actions.NotDoneYet:
        if open_.is_old:
            return back_to(open_, "")
        return page_of(open_, {"done": not_done_words(open_)}), 422
    taken = queries.course_for(me(), course_id)
    following = taken.way.next_open(open_.step)
    if following is None:
        flash(_("You finished this course.") if taken.way.is_done else _("You are up to date. The next lessons open later."))
        return redirect(url_for(".course", course_id=course_id))
    return redirect(lesson_url(taken, following))
