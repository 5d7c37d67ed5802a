"""The blocks of a lesson: add, fill, upload into, move, copy, remove and bring back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Response as FlaskResponse
from flask import redirect, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from blueprints.courses import courses
from blueprints.courses.editor import editor_page
from blueprints.courses.exercise_form import exercise_sent
from blueprints.courses.outline import load, ordered, step
from blueprints.courses.pages import Answer
from blueprints.courses.piece_form import file_facts, piece_sent
from blueprints.courses.words import upload_words
from blueprints.me import is_fragment, me
from core.access import roles, takes_files
from core.config import LANGUAGES
from core.errors import Refused
from tenants.courses import block_actions, queries
from tenants.courses.block_actions import ChangedMeanwhile, ChoiceDraft, QuestionDraft
from tenants.courses.markup import MAX_MARKDOWN, html_of
from tenants.courses.models import Block, Course
from tenants.courses.pieces import PARTS
from tenants.files.actions import store_file
from tenants.files.looks import NotThat
from tenants.files.models import File

MOST_UPLOADED = 512 * 1024 * 1024
TAKES = {"image": "image", "video": "video", "question": "image", "audio": "audio", "file": "document"}
FLAGS = ("decorative", "silent")
RULE_FIELDS = ("accepted", "typos", "case", "value", "tolerance", "unit", "items", "extra", "text", "alt", "partial",
               "has_partial")  # fmt: skip
# What a new pair or area holds before anything is typed into it.
NEW_ROWS: dict[str, dict[str, Any]] = {
    "pair": {"id": "", "left": "", "right": ""},
    "area": {"id": "", "is_right": False, "label": "", "x": "", "y": "", "w": "", "h": ""},
}
TEXTS = {"text": ("markdown",), "image": ("alt", "caption"), "video": ("title", "transcript")}


def load_block(course_id: UUID, block_id: UUID) -> tuple[Course, Block]:
    """Return the course, locked, and a block of it. Raises NotFound."""
    course = load(course_id)
    return course, queries.block_of(course, block_id)


def back(block: Block, **values: Any) -> Answer:
    """Return to the block in the editor; a script gets 204 and the state that it now shows."""
    if is_fragment():
        return FlaskResponse(status=204, headers={"X-Seen": block.changed_at.isoformat()})
    lesson = block.lesson
    values.setdefault("selected", block.id)
    values.setdefault("_anchor", f"block-{values['selected']}")
    return redirect(url_for("courses.lesson", course_id=lesson.module.course_id, lesson_id=lesson.id, **values))


def again(course: Course, block: Block, sentence: str, typed: Any = None, status: int = 422) -> Answer:
    """Answer with the editor, a sentence at the block and what was typed into it."""
    if is_fragment():
        return FlaskResponse(sentence, status, {"X-Seen": block.changed_at.isoformat()}, mimetype="text/plain")
    return editor_page(course, block.lesson, {str(block.id): sentence}, {str(block.id): typed}), 422


@courses.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/blocks")
@roles("author", "manager", "owner")
def add_block(course_id: UUID, lesson_id: UUID) -> Answer:
    """Add an empty block below the one named by `after`, or at the end of the lesson."""
    lesson = queries.lesson_of(load(course_id), lesson_id)
    after = _uuid(request.form.get("after", ""))
    return back(block_actions.add_block(lesson, request.form.get("kind", ""), after=after))


@courses.post("/courses/<uuid:course_id>/lessons/<uuid:lesson_id>/blocks/order")
@roles("author", "manager", "owner")
def order_blocks(course_id: UUID, lesson_id: UUID) -> Answer:
    """Put the blocks in the order that was dragged."""
    course = load(course_id)
    lesson = queries.lesson_of(course, lesson_id)
    block_actions.arrange_blocks(lesson, ordered())
    return ("", 204) if is_fragment() else redirect(url_for(".lesson", course_id=course.id, lesson_id=lesson.id))


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>")
@roles("author", "manager", "owner")
def save_block(course_id: UUID, block_id: UUID) -> Answer:
    """Keep what was typed into the block; the editor sends it a moment after each change."""
    course, block = load_block(course_id, block_id)
    typed = question_sent(course.language) if block.kind == "question" else body_sent(block.kind)
    try:
        if isinstance(typed, QuestionDraft):
            block_actions.save_question(block, typed, seen())
        else:
            block_actions.save_body(block, typed, seen())
    except ChangedMeanwhile:
        return again(course, block, _("Someone else changed this block meanwhile. What you typed is still here; "
                                      "save once more to replace theirs."), typed, 409)  # fmt: skip
    except Refused:
        return again(course, block, _("This is too long to keep. Shorten it."), typed)
    return back(block)


def seen() -> datetime | None:
    """Return the state of the block that the form showed, None if it did not say."""
    try:
        return datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None


def body_sent(kind: str) -> dict[str, Any]:
    """Return the parts of a block that its form sent."""
    if kind == "exercise":
        return exercise_sent()
    if kind in PARTS:
        return piece_sent(kind)
    sent: dict[str, Any] = {name: _typed(name) for name in TEXTS.get(kind, ()) if name in request.form}
    for name in FLAGS:
        if f"has_{name}" in request.form:
            sent[name] = name in request.form
    return sent


def question_sent(language: str) -> QuestionDraft:
    """Return the question as its form sent it, with the button pressed (add, remove, change of kind) done to it."""
    form = request.form
    right = set(form.getlist("right"))
    choices = [
        ChoiceDraft(_uuid(key), _typed(f"text-{key}"), key in right, _typed(f"feedback-{key}"))
        for key in form.getlist("choice")
    ]
    draft = QuestionDraft(
        form.get("kind", "single"), _typed("prompt"), _typed("feedback_right"), _typed("feedback_again"), choices,
        _typed("hint"), rule_sent(),
    )  # fmt: skip
    draft = pressed(draft, form.get("do", ""))
    return true_or_false(draft, language) if draft.kind == "truefalse" else draft


def rule_sent() -> dict[str, Any]:
    """Return what counts as right, as the form sent it: single fields, and rows of pairs or areas."""
    form = request.form
    rule: dict[str, Any] = {name: _typed(name) for name in RULE_FIELDS if name in form}
    rule["pairs"] = [{"id": key, **{s: _typed(f"{s}-{key}") for s in ("left", "right")}} for key in form.getlist("pair")]
    right = set(form.getlist("right"))
    rule["areas"] = [
        {"id": key, "is_right": key in right, **{s: _typed(f"{s}-{key}") for s in ("label", "x", "y", "w", "h")}}
        for key in form.getlist("area")
    ]
    return rule


def true_or_false(draft: QuestionDraft, language: str) -> QuestionDraft:
    """Return the draft with just these two choices, in the language of the course."""
    with force_locale(language):
        words = [_("True"), _("False")]
    two = [*draft.choices, ChoiceDraft(), ChoiceDraft()][:2]
    for choice, text in zip(two, words, strict=True):
        choice.text = text
    draft.choices = two
    return draft


def _typed(name: str) -> str:
    """Return a text of the form; browsers end lines with CR LF, which would count as a change."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def pressed(draft: QuestionDraft, button: str) -> QuestionDraft:
    """Return the draft after the button: `add`, `pair`, `area`, `remove:<id of a row>` or `kind:<kind>`."""
    verb, _colon, what = button.partition(":")
    if verb == "add":
        draft.choices.append(ChoiceDraft())
    elif verb in NEW_ROWS:
        draft.rule[f"{verb}s"].append(dict(NEW_ROWS[verb]))
    elif verb == "remove":
        draft.choices = [choice for choice in draft.choices if str(choice.id) != what]
        for rows in ("pairs", "areas"):
            draft.rule[rows] = [row for row in draft.rule[rows] if row["id"] != what]
    elif verb == "kind":
        draft.kind = what
    return draft


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/file")
@roles("author", "manager", "owner")
@takes_files(MOST_UPLOADED)
def upload(course_id: UUID, block_id: UUID) -> Answer:
    """Put an image, a video, a sound or a document into the block."""
    course, block = load_block(course_id, block_id)
    sent = request.files.get("file")
    try:
        if block.kind not in TAKES or sent is None:
            raise NotThat("empty")
        file = store_file(TAKES[block.kind], cast(BinaryIO, sent.stream), sent.filename or "", me())
    except NotThat as refusal:
        return again(course, block, upload_words(refusal.why, TAKES.get(block.kind, "image")))
    put_file(block, file)
    return back(block)


def put_file(block: Block, file: File) -> None:
    """Let the block show the file; what was written about an earlier one stays."""
    if block.kind == "question":
        block_actions.save_picture(block, {"file_id": str(file.id), "width": file.width, "height": file.height})
        return
    facts = file_facts(block.kind, file, block.body.get("title", ""))
    if block.kind == "image" and file.alt and not block.body.get("alt"):
        facts["alt"] = file.alt
    block_actions.save_body(block, facts)


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/captions")
@roles("author", "manager", "owner")
def upload_captions(course_id: UUID, block_id: UUID) -> Answer:
    """Add captions in one language to a video, in place of earlier ones in that language."""
    course, block = load_block(course_id, block_id)
    sent, language = request.files.get("file"), request.form.get("language", "")
    try:
        if block.kind != "video" or sent is None or language not in LANGUAGES:
            raise NotThat("empty")
        file = store_file("captions", cast(BinaryIO, sent.stream), sent.filename or "", me())
    except NotThat as refusal:
        return again(course, block, upload_words(refusal.why, "captions"))
    others = [track for track in block.body.get("captions", []) if track["language"] != language]
    block_actions.save_body(block, {"captions": [*others, {"file_id": str(file.id), "language": language}]})
    return back(block)


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/captions/removal")
@roles("author", "manager", "owner")
def remove_captions(course_id: UUID, block_id: UUID) -> Answer:
    """Take the captions of one language away."""
    _course, block = load_block(course_id, block_id)
    kept = [track for track in block.body.get("captions", []) if track["language"] != request.form.get("language")]
    block_actions.save_body(block, {"captions": kept})
    return back(block)


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/position")
@roles("author", "manager", "owner")
def move_block(course_id: UUID, block_id: UUID) -> Answer:
    """Move the block up or down."""
    _course, block = load_block(course_id, block_id)
    block_actions.move_block(block, step())
    return back(block)


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/copy")
@roles("author", "manager", "owner")
def copy_block(course_id: UUID, block_id: UUID) -> Answer:
    """Put a copy right below the block."""
    _course, block = load_block(course_id, block_id)
    return back(block_actions.copy_block(block))


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/removal")
@roles("author", "manager", "owner")
def remove_block(course_id: UUID, block_id: UUID) -> Answer:
    """Take the block out of the lesson; the page offers to undo it."""
    _course, block = load_block(course_id, block_id)
    block_actions.remove_block(block)
    return back(block, removed=block.id, selected=None, _anchor="removed")


@courses.post("/courses/<uuid:course_id>/blocks/<uuid:block_id>/return")
@roles("author", "manager", "owner")
def restore_block(course_id: UUID, block_id: UUID) -> Answer:
    """Bring a removed block back to where it was."""
    _course, block = load_block(course_id, block_id)
    block_actions.restore_block(block)
    return back(block)


@courses.post("/courses/drawn")
@roles("author", "manager", "owner")
def drawn() -> str:
    """Return the Markdown that was sent as participants will read it; nothing is kept."""
    return html_of(request.form.get("markdown", "")[:MAX_MARKDOWN])
