"""Feedback for a fellow participant: their work, the form, their files without names."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.exercises import exercises
from blueprints.exercises.words import refusal_words
from blueprints.files.show import sent
from blueprints.learning.player import Answer
from blueprints.me import is_fragment, me, sent_id
from core.access import signed_in
from core.errors import Refused
from tenants.exercises import peers
from tenants.exercises.peers import PeerTask
from tenants.files.documents import suffix_of


@exercises.get("/peer-reviews/<uuid:review_id>")
@signed_in
def peer(review_id: UUID) -> str:
    """Show the work that the person gives feedback on; from now on it is theirs to do."""
    task = peers.task_for(me(), review_id, lock=True)
    peers.begin(task)
    return peer_page(task)


def peer_page(task: PeerTask, error: str | None = None) -> str:
    """Return the page, with a sentence and what was typed after the form was refused."""
    text = request.form.get("text", task.review.text or "")
    levels = sent_levels(request.form) if error else task.review.levels
    return render_template("exercises/peer.html", task=task, error=error, text=text, levels=levels)


def sent_levels(form: Mapping[str, str]) -> dict[str, str]:
    """Return the chosen levels by criterion, of the fields `level-<criterion>`."""
    return {name.removeprefix("level-"): value for name, value in form.items() if name.startswith("level-")}


@exercises.post("/peer-reviews/<uuid:review_id>")
@signed_in
def save_peer(review_id: UUID) -> Answer:
    """Keep the feedback so far; with `do=send`, send it to its participant."""
    task = peers.task_for(me(), review_id, lock=True)
    text, levels = request.form.get("text", ""), sent_levels(request.form)
    try:
        if request.form.get("do") == "send":
            peers.send_peer_review(task, text, levels, sent_id("sent_id"))
            flash(_("Feedback sent"))
        else:
            peers.save_peer_review(task, text, levels, sent_id())
    except Refused as error:
        return refusal_words(error) if is_fragment() else peer_page(task, refusal_words(error)), 422
    return ("", 204) if is_fragment() else redirect(url_for(".peer", review_id=review_id))


@exercises.get("/peer-reviews/<uuid:review_id>/files/<uuid:file_id>")
@signed_in
def peer_file(review_id: UUID, file_id: UUID) -> Response:
    """Send a file of the work, under a name that says nothing of its author where that is hidden."""
    task = peers.task_for(me(), review_id)
    file, place = peers.file_of(task, file_id)
    return sent(file, f"file-{place}{suffix_of(file.name or '')}" if task.exercise["anonymous"] else None)
