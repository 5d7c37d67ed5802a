"""One question of the bank: begin, write, name, copy, remove and bring back, and try it as participants would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.bank import bank
from blueprints.courses.blocks import question_sent, seen
from blueprints.courses.pages import Answer
from blueprints.courses.words import upload_words
from blueprints.me import is_fragment, me, sent_id
from core.access import roles, takes_files
from core.errors import Refused
from core.i18n import LANGUAGES, language
from tenants.bank import actions, queries
from tenants.bank.content import problem_of, question_of
from tenants.bank.models import BankItem
from tenants.courses.block_actions import ChangedMeanwhile, QuestionDraft
from tenants.courses.models import Question
from tenants.files.actions import store_file
from tenants.files.looks import MAX_IMAGE_BYTES, NotThat


@dataclass(frozen=True)
class Shown:
    """An item as the editor's own macro draws it: like a block with a question."""

    id: UUID
    question: Question
    changed_at: datetime


def load(item_id: UUID) -> BankItem:
    """Return the item to change, locked. Raises NotFound."""
    return queries.item(me(), item_id, lock=True)


def item_page(item: BankItem, error: str | None = None, draft: QuestionDraft | None = None, labels: Any = None) -> str:
    """Return the page of an item; `error` and `draft` after its form was refused, `labels` as they were typed."""
    shown = Shown(item.id, question_of(item.content), item.changed_at)
    return render_template(
        "bank/item.html", item=item, shown=shown, typed={str(item.id): draft}, error=error, uses=queries.uses(item),
        problem=problem_of(item.question), labels=labels, tags=queries.facets(me())[0],
        item_save_url=url_for("bank.save", item_id=item.id), item_upload_url=url_for("bank.picture", item_id=item.id),
    )  # fmt: skip


@bank.post("/bank")
@roles("author", "manager", "owner")
def new() -> Answer:
    """Begin an empty question."""
    item = actions.begin_item(sent_id(), by=me(), language=language())
    return redirect(url_for(".show", item_id=item.id))


@bank.get("/bank/<uuid:item_id>")
@roles("author", "manager", "owner")
def show(item_id: UUID) -> str:
    """Show a question to change it."""
    return item_page(queries.item(me(), item_id))


@bank.post("/bank/<uuid:item_id>")
@roles("author", "manager", "owner")
def save(item_id: UUID) -> Answer:
    """Keep what was typed into the question; the page sends it a moment after each change."""
    item = load(item_id)
    draft = question_sent(item.language)
    try:
        actions.save_item(item, draft, seen())
    except ChangedMeanwhile:
        return again(item, _("Someone else changed this question meanwhile. What you typed is still here; "
                             "save once more to replace theirs."), draft, 409)  # fmt: skip
    except Refused:
        return again(item, _("A question has too many answers. Remove one first."), draft)
    return back(item)


def back(item: BankItem) -> Answer:
    """Return to the item; a script gets 204 and the state that it now shows."""
    if is_fragment():
        return FlaskResponse(status=204, headers={"X-Seen": item.changed_at.isoformat()})
    return redirect(url_for(".show", item_id=item.id))


def again(item: BankItem, sentence: str, draft: QuestionDraft | None = None, status: int = 422) -> Answer:
    """Answer with a sentence and what was typed."""
    if is_fragment():
        return FlaskResponse(sentence, status, {"X-Seen": item.changed_at.isoformat()}, mimetype="text/plain")
    return item_page(item, sentence, draft), 422


@bank.post("/bank/<uuid:item_id>/labels")
@roles("author", "manager", "owner")
def label(item_id: UUID) -> Answer:
    """Change title, tags and language."""
    item = load(item_id)
    sent = {name: request.form.get(name, "") for name in ("title", "tags", "language")}
    chosen = sent["language"] if sent["language"] in LANGUAGES else item.language
    try:
        actions.label_item(item, title=sent["title"], tags=sent["tags"].split(","), language=chosen)
    except Refused:
        return item_page(item, _("Keep the title under 200 signs."), labels=sent), 422
    flash(_("Saved"))
    return redirect(url_for(".show", item_id=item.id))


@bank.post("/bank/<uuid:item_id>/picture")
@roles("author", "manager", "owner")
@takes_files(MAX_IMAGE_BYTES + 1024 * 1024)
def picture(item_id: UUID) -> Answer:
    """Put an image into a question about places on it."""
    item, sent = load(item_id), request.files.get("file")
    try:
        if sent is None:
            raise NotThat("empty")
        file = store_file("image", cast(BinaryIO, sent.stream), sent.filename or "", me())
    except NotThat as refusal:
        return again(item, upload_words(refusal.why, "image"))
    actions.save_picture(item, {"file_id": str(file.id), "width": file.width, "height": file.height})
    return back(item)


@bank.get("/bank/<uuid:item_id>/preview")
@roles("author", "manager", "owner")
def preview(item_id: UUID) -> str:
    """Show the question as participants would see it."""
    item = queries.item(me(), item_id)
    return render_template("bank/preview.html", item=item, question=item.question)


@bank.post("/bank/<uuid:item_id>/copy")
@roles("author", "manager", "owner")
def copy(item_id: UUID) -> Answer:
    """Make a copy of the question and open it."""
    twin = actions.copy_item(queries.item(me(), item_id), by=me())
    flash(_("This is the copy."))
    return redirect(url_for(".show", item_id=twin.id))


@bank.post("/bank/<uuid:item_id>/removal")
@roles("author", "manager", "owner")
def remove(item_id: UUID) -> Answer:
    """Take the question out of the bank; the list offers to undo it."""
    actions.remove_item(load(item_id))
    return redirect(url_for(".index", removed=item_id))


@bank.post("/bank/<uuid:item_id>/return")
@roles("author", "manager", "owner")
def restore(item_id: UUID) -> Answer:
    """Bring a removed question back."""
    item = queries.item(me(), item_id, removed=True, lock=True)
    actions.restore_item(item)
    return redirect(url_for(".show", item_id=item.id))
