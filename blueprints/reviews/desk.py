"""One hand-in on the desk: look at it, keep and send feedback, answer in the thread, take over, use phrases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.exercises.peers import sent_levels
from blueprints.exercises.take import uuid_of
from blueprints.exercises.words import refusal_words
from blueprints.learning.player import Answer
from blueprints.me import is_fragment, me, sent_id
from blueprints.reviews import reviews
from blueprints.reviews.queue import filters, in_address, queue_context
from core.access import roles
from core.errors import Refused
from tenants.exercises import desk, reviewing
from tenants.exercises.actions import write_message
from tenants.exercises.models import HandIn
from tenants.exercises.rules import beside

CLASH = (reviewing.ReviewedMeanwhile, reviewing.TakenOver)


@reviews.get("/review/<uuid:hand_in_id>")
@roles("trainer", "manager", "owner")
def show(hand_in_id: UUID) -> str:
    """Show a hand-in; opening it takes it in hand when nobody else has it."""
    hand_in = desk.hand_in_for(me(), hand_in_id, lock=True)
    reviewing.claim(hand_in, me())
    return desk_page(hand_in)


def desk_page(hand_in: HandIn, **more: Any) -> str:
    """Return the desk; `error`, `clash` and `typed` in the context after a form was refused."""
    context = queue_context(filters())
    open_ = desk.on_desk(me(), hand_in)
    before, after = beside(context["queue"].ids, hand_in.id)
    draft = open_.draft
    text, levels = (draft.text or "", draft.levels) if draft else ("", {})
    if "typed" in more:
        text, levels = request.form.get("text", ""), sent_levels(request.form)
    return render_template("exercises/desk.html", **{
        "open": open_, "hand_in": hand_in, "previous": before, "following": after, "text": text, "levels": levels,
        "is_mine": hand_in.claimed_by == me().id, "error": None, "clash": None, **context, **more,
    })  # fmt: skip


@reviews.post("/review/<uuid:hand_in_id>")
@roles("trainer", "manager", "owner")
def review(hand_in_id: UUID) -> Answer:
    """Keep the feedback so far; as the button says, send it with its verdict, or use, keep or delete a phrase."""
    hand_in = desk.hand_in_for(me(), hand_in_id, lock=True)
    reviewing.claim(hand_in, me())
    try:
        sent = act(hand_in, request.form.get("do", ""))
    except CLASH as error:
        return clashed(hand_in, error)
    except Refused as error:
        return refusal_words(error) if is_fragment() else desk_page(hand_in, error=refusal_words(error), typed=True), 422
    if is_fragment():
        return "", 204
    return to_next(hand_in) if sent else again(hand_in)


def act(hand_in: HandIn, button: str) -> bool:
    """Do what the button says; return whether the feedback was sent."""
    verb, _colon, what = button.partition(":")
    text, levels, criteria = request.form.get("text", ""), sent_levels(request.form), desk.criteria_of(hand_in)
    if verb in ("approved", "again"):
        reviewing.send_feedback(hand_in, me(), criteria, verb, text, levels, sent_id("sent_id"))
        return True
    if verb == "insert":
        text = "\n\n".join(filter(None, (text.strip(), desk.phrase_text(me(), uuid_of(what)))))
    reviewing.save_feedback(hand_in, me(), criteria, text, levels, sent_id("sent_id") if button else sent_id())
    if verb == "phrase":
        reviewing.save_phrase(me(), text)
    elif verb == "delete":
        reviewing.delete_phrase(me(), uuid_of(what))
    return False


def clashed(hand_in: HandIn, error: Refused) -> Answer:
    """Answer 409: somebody else was first. What was typed stays in the page, and theirs is shown."""
    name = desk.on_desk(me(), hand_in).holder or _("Somebody else")
    if isinstance(error, reviewing.ReviewedMeanwhile):
        words = _("This was reviewed meanwhile; the review stands in the thread. What you wrote is kept below, not sent.")
    else:
        words = _("%(name)s looks at this now. What you wrote is kept below, not sent.", name=name)
    return words if is_fragment() else desk_page(hand_in, clash=words, typed=True), 409


def to_next(hand_in: HandIn) -> Answer:
    """Go on with the next one that waits in the same queue; at the end, back to the queue."""
    chosen = filters()
    following = desk.next_waiting(me(), chosen, hand_in)
    if following is None:
        flash(_("Feedback sent. Nothing else waits here."))
        return redirect(url_for(".index", **in_address(chosen)))
    flash(_("Feedback sent"))
    return redirect(url_for(".show", hand_in_id=following, **in_address(chosen)))


def again(hand_in: HandIn, anchor: str = "feedback") -> Answer:
    """Return to the same hand-in."""
    return redirect(url_for(".show", hand_in_id=hand_in.id, **in_address(filters()), _anchor=anchor))


@reviews.post("/review/<uuid:hand_in_id>/claim")
@roles("trainer", "manager", "owner")
def claim(hand_in_id: UUID) -> Answer:
    """Take a hand-in over from who looks at it."""
    hand_in = desk.hand_in_for(me(), hand_in_id, lock=True)
    reviewing.take_over(hand_in, me())
    return again(hand_in)


@reviews.post("/review/<uuid:hand_in_id>/messages")
@roles("trainer", "manager", "owner")
def message(hand_in_id: UUID) -> Answer:
    """Add a message to the thread, without a verdict."""
    hand_in = desk.hand_in_for(me(), hand_in_id, lock=True)
    try:
        write_message(hand_in, me(), request.form.get("message", ""), sent_id())
    except Refused:
        return desk_page(hand_in, message_error=_("Write something first, then send it.")), 422
    return again(hand_in, "messages")
