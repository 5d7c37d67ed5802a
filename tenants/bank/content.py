"""Between a question that was read, one in the bank, and one in a lesson."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core import ids
from tenants.bank.formats.question import ReadChoice, ReadQuestion
from tenants.courses.gaps import Gap, pieces_of
from tenants.courses.models import Choice, Question
from tenants.courses.rules import lesson_problems

Content = Mapping[str, Any]
MAX_WORDS = 20_000


def question_of(content: Content) -> Question:
    """Return the question as a row of its own that no session knows: what the editor's own verbs work on."""
    question = Question(
        id=UUID(content["id"]), kind=content["kind"], prompt=content["prompt"], feedback_right=content["feedback_right"],
        feedback_again=content["feedback_again"], hint=content.get("hint", ""), rule=dict(content.get("rule") or {}),
    )  # fmt: skip
    question.choices = [
        Choice(id=UUID(c["id"]), text=c["text"], is_right=c["is_right"], feedback=c["feedback"], position=place)
        for place, c in enumerate(content.get("choices", ()))
    ]
    return question


def content_of(question: Question) -> dict[str, Any]:
    """Return all that the question holds, also what is for another kind."""
    choices = sorted(question.choices, key=lambda choice: choice.position)
    return {
        "id": str(question.id), "kind": question.kind, "prompt": question.prompt, "hint": question.hint or "",
        "feedback_right": question.feedback_right, "feedback_again": question.feedback_again, "rule": question.rule or {},
        "choices": [{"id": str(c.id), "text": c.text, "is_right": c.is_right, "feedback": c.feedback} for c in choices],
    }  # fmt: skip


def content_read(read: ReadQuestion, true_false: tuple[str, str]) -> dict[str, Any]:
    """Return a question that was read as the bank keeps it; `true_false` are these words in its language."""
    texts = true_false if read.kind == "truefalse" else [choice.text for choice in read.choices]
    return {
        "id": str(ids.uuid7()), "kind": read.kind, "prompt": read.prompt, "hint": read.hint,
        "feedback_right": read.feedback_right, "feedback_again": read.feedback_again, "rule": with_fresh_ids(read.rule),
        "choices": [{"id": str(ids.uuid7()), "text": text, "is_right": choice.is_right, "feedback": choice.feedback}
                    for text, choice in zip(texts, read.choices, strict=True)],
    }  # fmt: skip


def with_fresh_ids(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rule with ids that do not tell what belongs together or comes first."""
    rows = {name: [{**row, "id": secrets.token_hex(5)} for row in rule[name]] for name in ("pairs", "extra", "items") if name in rule}
    return {**rule, **rows}


def with_new_ids(content: Content) -> dict[str, Any]:
    """Return a copy of the question that is another question."""
    choices = [{**choice, "id": str(ids.uuid7())} for choice in content.get("choices", ())]
    return {**content, "id": str(ids.uuid7()), "choices": choices, "rule": dict(content.get("rule") or {})}


def read_of(title: str, tags: Iterable[str], question: Content) -> ReadQuestion:
    """Return a published question as the formats write it."""
    choices = tuple(ReadChoice(c["text"], c["is_right"], c["feedback"]) for c in question.get("choices", ()))
    return ReadQuestion(
        question["kind"], question["prompt"], title, tuple(tags), choices, question["feedback_right"],
        question["feedback_again"], question.get("hint", ""), question.get("rule") or {},
    )  # fmt: skip


def words_of(title: str, tags: Iterable[str], content: Content) -> str:
    """Return the texts of a question in small letters, to search in."""
    rule = content.get("rule") or {}
    texts = [title, *tags, content["prompt"], *(c["text"] for c in content.get("choices", ())), *rule.get("accepted", ())]
    texts += [text for row in rule.get("pairs", ()) for text in (row["left"], row["right"])]
    texts += [row["text"] for row in rule.get("items", ())]
    texts += [" ".join(piece.accepted) if isinstance(piece, Gap) else piece for piece in pieces_of(rule.get("text", ""))]
    return " ".join("\n".join(texts).lower().split())[:MAX_WORDS]


def problem_of(question: Content) -> str | None:
    """Return why the question cannot be asked yet (see `problem_words` of the editor), or None."""
    page = {"title": "-", "done_when": "marked", "blocks": [{"id": "", "kind": "question", "question": question}]}
    return next((problem.kind for problem in lesson_problems("", page)), None)
