"""An exercise before its participant: the page with the thread, writing, adding files, handing in, answering."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.exercises import exercises
from blueprints.exercises.words import refusal_words
from blueprints.learning.player import Answer, page_seen, told
from blueprints.me import is_fragment, me, sent_id
from core import ids
from core.access import signed_in, takes_files
from core.errors import NotFound, Refused
from tenants.exercises import actions, queries
from tenants.exercises.rules import MOST_UPLOAD_BYTES
from tenants.learning.queries import OpenLesson, lesson_for


@exercises.get("/learn/<uuid:course_id>/<uuid:lesson_id>/exercises/<uuid:block_id>")
@signed_in
def show(course_id: UUID, lesson_id: UUID, block_id: UUID) -> str:
    """Show the exercise with everything that was handed in and said; feedback counts as seen from now on."""
    open_ = lesson_for(me(), course_id, lesson_id)
    page, thread = page_of(open_, block_id)
    actions.mark_seen(version.hand_in for version in thread.versions)
    return page


def page_of(
    open_: OpenLesson, block_id: UUID, error: str | None = None, message_error: str | None = None
) -> tuple[str, queries.Thread]:
    """Return the page, and the thread on it; with a sentence and what was typed after a form was refused."""
    exercise = queries.exercise_on(open_.page, block_id)
    thread = queries.thread_of(open_.taken.enrolment, block_id, me())
    tasks = queries.peer_tasks(me(), block_id, open_.taken.course.id) if exercise["peers"] else []
    page = render_template(
        "exercises/show.html", taken=open_.taken, step=open_.step, exercise=exercise, thread=thread, tasks=tasks,
        error=error, message_error=message_error, typed=request.form, page_id=open_.page.id,
    )  # fmt: skip
    return page, thread


@exercises.post("/learn/<uuid:course_id>/<uuid:lesson_id>/exercises/<uuid:block_id>")
@signed_in
@takes_files(MOST_UPLOAD_BYTES)
def write(course_id: UUID, lesson_id: UUID, block_id: UUID) -> Answer:
    """Keep what was written so far; as the button says, add or remove files, or hand in."""
    open_ = lesson_for(me(), course_id, lesson_id, lock=True, seen=page_seen())
    is_gone = not queries.still_asks(open_, block_id)
    try:
        act(open_, block_id, "" if is_gone else request.form.get("do", ""))
    except Refused as error:
        if is_fragment():
            return refusal_words(error), 422
        return page_of(open_, block_id, refusal_words(error))[0], 422
    if is_fragment():
        return told(open_, "", 204)
    return taken_out(open_) if is_gone else back(open_, block_id)


def taken_out(open_: OpenLesson) -> Answer:
    """Lead to the lesson, or to the course when that is gone too, and say that what was written is kept."""
    flash(_("This exercise was taken out of the course. What you wrote is kept."), "warning")
    if open_.is_gone:
        return redirect(url_for("learning.course", course_id=open_.taken.course.id))
    return redirect(url_for("learning.lesson", course_id=open_.taken.course.id, lesson_id=open_.step.id))


def act(open_: OpenLesson, block_id: UUID, button: str) -> None:
    """Do what the button says: nothing (keep the text), `upload`, `remove:<file>` or `hand_in`."""
    text, uploads = request.form.get("text"), sent_files()
    if button == "hand_in":
        actions.hand_in(open_, block_id, sent_id("sent_id"), text, uploads)
        return
    if text is not None:
        actions.save_text(open_, block_id, text, ids.uuid7() if button else sent_id())
    if button == "upload":
        actions.add_files(open_, block_id, uploads, sent_id("sent_id"), me())
    elif button.startswith("remove:"):
        actions.remove_file(open_, block_id, uuid_of(button.removeprefix("remove:")))


def sent_files() -> list[actions.Upload]:
    """Return the files that were chosen; a field without one sends an empty part."""
    return [(cast(BinaryIO, one.stream), one.filename) for one in request.files.getlist("file") if one.filename]


def uuid_of(text: str) -> UUID:
    """Return the id in a form. Raises NotFound."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such thing") from None


def back(open_: OpenLesson, block_id: UUID) -> Answer:
    """Return to where the form stood: the lesson or, after handing in always, the exercise's own page."""
    handed_in = request.form.get("do") == "hand_in"
    if handed_in:
        flash(_("Handed in"))
    place: dict[str, Any] = {"course_id": open_.taken.course.id, "lesson_id": open_.step.id}
    if request.form.get("at") == "lesson" and not handed_in:
        return redirect(url_for("learning.lesson", **place, _anchor=f"block-{block_id}"))
    return redirect(url_for(".show", **place, block_id=block_id))


@exercises.post("/learn/<uuid:course_id>/<uuid:lesson_id>/exercises/<uuid:block_id>/messages")
@signed_in
def message(course_id: UUID, lesson_id: UUID, block_id: UUID) -> Answer:
    """Add a message to the thread of what was handed in last."""
    open_ = lesson_for(me(), course_id, lesson_id, lock=True)
    latest = queries.thread_of(open_.taken.enrolment, block_id, me()).latest
    if latest is None:
        raise NotFound("nothing handed in")
    try:
        actions.write_message(latest, me(), request.form.get("message", ""), sent_id())
    except Refused:
        return page_of(open_, block_id, message_error=_("Write something first, then send it."))[0], 422
    return redirect(url_for(".show", course_id=course_id, lesson_id=lesson_id, block_id=block_id, _anchor="messages"))
