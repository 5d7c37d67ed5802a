"""Verbs of authors on the blocks of a lesson and their questions. They flush; the edge commits."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from core import clock, ids
from core.errors import Refused
from tenants.courses.actions import touch_lesson
from tenants.courses.markup import MAX_MARKDOWN
from tenants.courses.models import BLOCK_KINDS, CHOICE_KINDS, QUESTION_KINDS, Block, Choice, Lesson, Question
from tenants.courses.pieces import piece_new
from tenants.courses.question_rules import rule_kept, rule_of, rule_typed
from tenants.courses.rules import MAX_CHOICES, arranged, stepped

MAX_PROMPT = 4_000
MAX_LINE = 1_000
NEW_CHOICES = 2


class ChangedMeanwhile(Refused):
    """Another author saved this block since the page was opened."""


@dataclass
class ChoiceDraft:
    """A choice as the form sent it; `id` None for a new one."""

    id: UUID | None = None
    text: str = ""
    is_right: bool = False
    feedback: str = ""


@dataclass
class QuestionDraft:
    """A question as the form sent it."""

    kind: str = "single"
    prompt: str = ""
    feedback_right: str = ""
    feedback_again: str = ""
    choices: list[ChoiceDraft] = field(default_factory=list)
    hint: str = ""
    rule: dict[str, Any] = field(default_factory=dict)


def row_id() -> str:
    """Return a new id for a row of a block: an item to tick, a section."""
    return secrets.token_hex(6)


def add_block(lesson: Lesson, kind: str, body: dict[str, Any] | None = None, after: UUID | None = None) -> Block:
    """Return a new block, below the block `after` or at the end of the lesson; a question starts with empty choices."""
    if kind not in BLOCK_KINDS:
        raise Refused("no such kind")
    place = max((block.position for block in lesson.blocks), default=-1) + 1
    block = Block(id=ids.uuid7(), kind=kind, body=body or piece_new(kind, row_id), position=place)
    if kind == "question":
        block.question = Question(id=ids.uuid7(), kind="single", prompt="", feedback_right="", feedback_again="")
        block.question.choices = [Choice(id=ids.uuid7(), text="", position=n) for n in range(NEW_CHOICES)]
    lesson.blocks.append(block)
    touch_lesson(lesson)
    order = [other.id for other in lesson.live_blocks if other is not block]
    if after in order:
        order.insert(order.index(after) + 1, block.id)
        arrange_blocks(lesson, order)
    return block


def save_body(block: Block, changes: dict[str, Any], seen: datetime | None = None) -> None:
    """Change the named parts of the block's content. Raises ChangedMeanwhile when `seen` is an older state.

    What stands there already is no change: a page that was left sends the same once more when it is opened again.
    """
    if {**block.body, **changes} == block.body:
        return
    check_seen(block, seen)
    if len(changes.get("markdown", "")) > MAX_MARKDOWN:
        raise Refused("too long")
    block.body = {**block.body, **changes}
    _touch(block)


def save_picture(block: Block, file: Mapping[str, Any]) -> None:
    """Put an image {file_id, width, height} into a question about places on it."""
    if block.question is None:
        raise Refused("no such kind")
    block.question.rule = {**block.question.rule, **file}
    _touch(block)


def save_question(block: Block, draft: QuestionDraft, seen: datetime | None = None) -> None:
    """Make the block's question what the draft says, unless it does already. Raises ChangedMeanwhile, Refused."""
    if block.question is None:
        raise Refused("no such kind")
    if says(block.question, draft):
        return
    check_seen(block, seen)
    write_question(block.question, draft)
    _touch(block)


def says(question: Question, draft: QuestionDraft) -> bool:
    """Return whether the question is what the draft says, letter for letter."""
    held = draft_of(question)
    ours, theirs = ((one.kind, one.prompt, one.feedback_right, one.feedback_again, one.hint) for one in (held, draft))
    if ours != theirs or (draft.kind in CHOICE_KINDS and held.choices != draft.choices):
        return False
    return rule_of(draft.kind, rule_kept(draft.kind, draft.rule, question.rule)) == rule_of(draft.kind, question.rule)


def write_question(question: Question, draft: QuestionDraft) -> None:
    """Make the question, of a block or of the bank, what the draft says. Raises Refused."""
    if draft.kind not in QUESTION_KINDS or len(draft.choices) > MAX_CHOICES:
        raise Refused("too many choices")
    question.kind = draft.kind
    question.prompt = draft.prompt.strip()[:MAX_PROMPT]
    question.feedback_right = draft.feedback_right.strip()[:MAX_PROMPT]
    question.feedback_again = draft.feedback_again.strip()[:MAX_PROMPT]
    question.hint = draft.hint.strip()[:MAX_PROMPT]
    question.rule = rule_kept(draft.kind, draft.rule, question.rule)
    if draft.kind in CHOICE_KINDS:  # the others keep their choices for when the question has choices again
        _save_choices(question, _one_right(draft))


def _one_right(draft: QuestionDraft) -> list[ChoiceDraft]:
    """Return the choices; a single-choice question keeps only its first right mark."""
    right = [choice for choice in draft.choices if choice.is_right]
    if draft.kind != "multiple":
        for choice in right[1:]:
            choice.is_right = False
    return draft.choices


def _save_choices(question: Question, drafts: Sequence[ChoiceDraft]) -> None:
    known = {choice.id: choice for choice in question.choices}
    kept = []
    for place, draft in enumerate(drafts):
        choice = known.get(draft.id) if draft.id else None
        choice = choice or Choice(id=ids.uuid7())
        choice.text, choice.feedback = draft.text.strip()[:MAX_LINE], draft.feedback.strip()[:MAX_LINE]
        choice.is_right, choice.position = draft.is_right, place
        kept.append(choice)
    question.choices = kept


def move_block(block: Block, by: int) -> None:
    """Move the block so many places down (negative: up)."""
    arrange_blocks(block.lesson, stepped([b.id for b in block.lesson.live_blocks], block.id, by))


def arrange_blocks(lesson: Lesson, wanted: Sequence[UUID]) -> None:
    """Put the blocks in the wanted order."""
    blocks = lesson.live_blocks
    places = {key: place for place, key in enumerate(arranged([block.id for block in blocks], wanted))}
    for block in blocks:
        block.position = places[block.id]
    touch_lesson(lesson)


def copy_block(block: Block) -> Block:
    """Return a copy of the block, right below it."""
    twin = add_block(block.lesson, block.kind, copy.deepcopy(block.body), block.id)
    if block.question is not None and twin.question is not None:
        save_question(twin, draft_of(block.question))
        twin.question.rule = copy.deepcopy(block.question.rule)
    return twin


def draft_of(question: Question) -> QuestionDraft:
    """Return the question as a form shows it."""
    choices = sorted(question.choices, key=lambda choice: choice.position)
    return QuestionDraft(
        question.kind, question.prompt, question.feedback_right, question.feedback_again,
        [ChoiceDraft(choice.id, choice.text, choice.is_right, choice.feedback) for choice in choices],
        question.hint, {"has_partial": True, **rule_typed(question.rule)},
    )


def remove_block(block: Block) -> None:
    """Take the block out of the lesson; `restore_block` brings it back."""
    block.deleted_at = clock.now()
    touch_lesson(block.lesson)


def restore_block(block: Block) -> None:
    """Bring a removed block back to where it was."""
    block.deleted_at = None
    touch_lesson(block.lesson)


def check_seen(block: Block, seen: datetime | None) -> None:
    """Raise ChangedMeanwhile when the block changed after the state that the author saw."""
    if seen is not None and seen != block.changed_at:
        raise ChangedMeanwhile("another author changed this block")


def _touch(block: Block) -> None:
    block.changed_at = clock.now()
    touch_lesson(block.lesson)
