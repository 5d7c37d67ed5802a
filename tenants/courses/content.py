"""From an author's rows to the content that participants read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tenants.courses.exercise import exercise_content
from tenants.courses.markup import html_of
from tenants.courses.models import CHOICE_KINDS, Block, Course, Lesson, Module, Question
from tenants.courses.pieces import PARTS, piece_content
from tenants.courses.question_rules import rule_of
from tenants.courses.rules import Snapshot, lesson_kind

COURSE_RULES = ("in_order", "deadline")
LESSON_RULES = ("release", "deadline", "test")


def snapshot_of(course: Course) -> Snapshot:
    """Return the course as its rows stand now; load it with queries.course_to_edit."""
    pages = {
        str(lesson.id): content_of(lesson) for module in course.live_modules for lesson in module.live_lessons
    }
    return Snapshot(outline_of(course, pages), pages)


def outline_of(course: Course, pages: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the course's modules and lessons, without page ids (publishing adds them)."""
    return {
        "title": course.title,
        "summary": course.summary,
        "cover": course.cover,
        "language": course.language,
        "files": sorted({file for page in pages.values() for file in files_of(page)}),
        "modules": [_module(module, pages) for module in course.live_modules],
        **{name: course.rules[name] for name in COURSE_RULES if course.rules.get(name)},
    }


def _module(module: Module, pages: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    lessons = [_lesson(str(lesson.id), pages[str(lesson.id)]) for lesson in module.live_lessons]
    return {"id": str(module.id), "title": module.title, "lessons": lessons}


def _lesson(lesson_id: str, page: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: page[name] for name in ("title", "minutes", "done_when", "kind")}
    asked = () if page.get("test") else page["blocks"]  # a test asks its questions on a page of its own
    questions = [block["question"]["id"] for block in asked if block["kind"] == "question"]
    exercises = [block["id"] for block in page["blocks"] if block["kind"] == "exercise"]
    more = {"exercises": exercises} if exercises else {}
    rules = {name: page[name] for name in LESSON_RULES if page.get(name)}
    return {"id": lesson_id, **facts, "questions": questions, **more, **rules}


def content_of(lesson: Lesson) -> dict[str, Any]:
    """Return the lesson as a page: title, minutes, done_when, kind and blocks."""
    blocks = [block_content(block) for block in lesson.live_blocks]
    return {
        "title": lesson.title,
        "minutes": lesson.minutes,
        "done_when": lesson.done_when,
        "kind": "test" if lesson.rules.get("test") else lesson_kind(block["kind"] for block in blocks),
        "blocks": blocks,
        **{name: lesson.rules[name] for name in LESSON_RULES if lesson.rules.get(name)},
    }


def block_content(block: Block) -> dict[str, Any]:
    """Return the block as participants see it."""
    shapes = {"text": _text, "image": _image, "video": _video, "question": _question_block, "exercise": _exercise,
              "survey": _survey}  # fmt: skip
    shape = shapes.get(block.kind, _piece if block.kind in PARTS else _as_it_is)
    return {"id": str(block.id), "kind": block.kind, **shape(block)}


def _as_it_is(block: Block) -> dict[str, Any]:
    return dict(block.body)


def _piece(block: Block) -> dict[str, Any]:
    return piece_content(block.kind, block.body)


def _text(block: Block) -> dict[str, Any]:
    markdown = block.body.get("markdown", "")
    return {"markdown": markdown, "html": html_of(markdown)}


def _image(block: Block) -> dict[str, Any]:
    body = block.body
    return {
        "file_id": body.get("file_id"),
        "alt": body.get("alt", ""),
        "decorative": body.get("decorative", False),
        "caption": body.get("caption", ""),
        "width": body.get("width"),
        "height": body.get("height"),
    }


def _video(block: Block) -> dict[str, Any]:
    body = block.body
    return {
        "file_id": body.get("file_id"),
        "title": body.get("title", ""),
        "captions": body.get("captions", []),
        "silent": body.get("silent", False),
        "transcript": body.get("transcript", ""),
        "media_type": body.get("media_type"),
        "seconds": body.get("seconds"),
    }


def _exercise(block: Block) -> dict[str, Any]:
    return exercise_content(block.body)


def _question_block(block: Block) -> dict[str, Any]:
    return {"question": question_content(block.question)} if block.question else {"question": {}}


def _survey(block: Block) -> dict[str, Any]:
    body = block.body
    return {
        "title": body.get("title", ""), "intro": body.get("intro", ""), "mode": body.get("mode", "anonymous"),
        "questions": body.get("questions", []),
    }  # fmt: skip


def question_content(question: Question) -> dict[str, Any]:
    """Return the question with its choices, right marks included: the page stays on the server.

    What a question does not have is left out, so that one published by an earlier release counts as unchanged.
    """
    names = ("prompt", "feedback_right", "feedback_again", "kind")
    more: dict[str, Any] = {"hint": question.hint} if question.hint else {}
    if rule := rule_of(question.kind, question.rule):
        more["rule"] = rule
    choices = [
        {"id": str(c.id), "text": c.text, "is_right": c.is_right, "feedback": c.feedback}
        for c in sorted(question.choices, key=lambda choice: choice.position)
    ]
    return {"id": str(question.id), **{name: getattr(question, name) for name in names},
            "choices": choices if question.kind in CHOICE_KINDS else [], **more}


def files_of(page: Mapping[str, Any]) -> set[str]:
    """Return the ids of the files that a page shows."""
    found = {block.get("file_id") for block in page["blocks"]}
    found |= {(block.get("question", {}).get("rule") or {}).get("file_id") for block in page["blocks"]}
    found |= {track["file_id"] for block in page["blocks"] for track in block.get("captions", ())}
    return {file for file in found if file}


def digest_of(page: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a page's content, the same for the same content."""
    canonical = json.dumps(page, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
