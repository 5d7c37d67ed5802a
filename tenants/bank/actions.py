"""Verbs of authors on the bank. They flush; the edge commits."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core import clock, ids
from core.db import db
from core.errors import Refused
from tenants.bank import queries
from tenants.bank.content import content_of, question_of, with_new_ids, words_of
from tenants.bank.formats.fit import MAX_TITLE, shortened, tags_of
from tenants.bank.models import BankItem
from tenants.courses.block_actions import (
    ChangedMeanwhile,
    ChoiceDraft,
    QuestionDraft,
    add_block,
    draft_of,
    save_body,
    save_question,
    write_question,
)
from tenants.courses.models import Block, Lesson
from tenants.people.models import Member

NEW_CHOICES = 2
MOST_INSERTED = 25


def add_item(
    title: str, content: Mapping[str, Any], *, by: Member | None, tags: Iterable[str] = (), language: str = "nl",
    item_id: UUID | None = None,
) -> BankItem:
    """Return a new question in the bank; without a title it is called by its first words."""
    item = BankItem(
        id=item_id or ids.uuid7(), title=_title(title, content), kind=content["kind"], content=dict(content),
        tags=list(tags_of(tags)), language=language, made_by=by.id if by else None,
    )
    _touch(item)
    db.session.add(item)
    db.session.flush()
    return item


def begin_item(item_id: UUID, *, by: Member, language: str) -> BankItem:
    """Return the empty question that a form of this id makes, new or made before: a double click makes one."""
    choices = [{"id": str(ids.uuid7()), "text": "", "is_right": False, "feedback": ""} for _ in range(NEW_CHOICES)]
    empty = {"id": str(ids.uuid7()), "kind": "single", "prompt": "", "hint": "", "feedback_right": "", "feedback_again": "",
             "rule": {}, "choices": choices}  # fmt: skip
    try:
        with db.session.begin_nested():
            return add_item("", empty, by=by, language=language, item_id=item_id)
    except IntegrityError:
        return queries.item(by, item_id)


def save_item(item: BankItem, draft: QuestionDraft, seen: datetime | None = None) -> None:
    """Make the item's question what the draft says. Raises ChangedMeanwhile, Refused."""
    if seen is not None and seen != item.changed_at:
        raise ChangedMeanwhile("another author changed this block")
    was_called_by_its_words = item.title == _title("", item.content)
    question = question_of(item.content)
    write_question(question, draft)
    item.content, item.kind = content_of(question), question.kind
    if was_called_by_its_words:
        item.title = _title("", item.content)
    _touch(item)
    db.session.flush()


def save_picture(item: BankItem, file: Mapping[str, Any]) -> None:
    """Put an image {file_id, width, height} into a question about places on it."""
    item.content = {**item.content, "rule": {**(item.content.get("rule") or {}), **file}}
    _touch(item)
    db.session.flush()


def label_item(item: BankItem, *, title: str, tags: Iterable[str], language: str) -> None:
    """Give the item another title, tags and language."""
    if len(title) > MAX_TITLE:
        raise Refused("title")
    item.title, item.tags, item.language = _title(title, item.content), list(tags_of(tags)), language
    _touch(item)
    db.session.flush()


def copy_item(item: BankItem, *, by: Member) -> BankItem:
    """Return a copy of the item, a question of its own."""
    return add_item(item.title, with_new_ids(item.content), by=by, tags=item.tags, language=item.language)


def remove_item(item: BankItem) -> None:
    """Take the item out of the bank; lessons keep their copies and `restore_item` brings it back."""
    item.deleted_at = clock.now()
    db.session.flush()


def restore_item(item: BankItem) -> None:
    """Bring a removed item back."""
    item.deleted_at = None
    db.session.flush()


def bank_block(block: Block, *, by: Member, language: str) -> BankItem:
    """Return a new item with a copy of the block's question; the block remembers it. Raises Refused."""
    if block.question is None or not block.question.prompt.strip():
        raise Refused("empty question")
    item = add_item("", with_new_ids(content_of(block.question)), by=by, language=language)
    save_body(block, {"bank_id": str(item.id)})
    return item


def insert_items(lesson: Lesson, items: Iterable[BankItem]) -> list[Block]:
    """Return new question blocks at the end of the lesson, each with a copy of its item. Raises Refused."""
    wanted = list(items)
    if not 0 < len(wanted) <= MOST_INSERTED:
        raise Refused("choose questions")
    return [_inserted(lesson, item) for item in wanted]


def _inserted(lesson: Lesson, item: BankItem) -> Block:
    block = add_block(lesson, "question", {"bank_id": str(item.id)})
    draft = draft_of(question_of(item.content))
    choices = [ChoiceDraft(None, choice.text, choice.is_right, choice.feedback) for choice in draft.choices]
    save_question(block, replace(draft, choices=choices))
    if block.question is not None:
        block.question.rule = copy.deepcopy(item.content.get("rule") or {})
    db.session.flush()
    return block


def _title(title: str, content: Mapping[str, Any]) -> str:
    return " ".join(title.split())[:MAX_TITLE].strip() or shortened(content["prompt"])


def _touch(item: BankItem) -> None:
    item.changed_at = clock.now()
    item.words = words_of(item.title, item.tags, item.content)
