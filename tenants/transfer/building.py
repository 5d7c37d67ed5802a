"""From plain data to a draft course, by the same verbs that an author's forms call: what they cut or clean is cut and
cleaned here too. For copies and for archives; an archive was checked before (transfer/checking.py)."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tenants.courses import actions, block_actions
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft
from tenants.courses.exercise import clean_exercise
from tenants.courses.models import Block, Course, Lesson
from tenants.courses.pieces import PARTS, clean_piece
from tenants.courses.question_rules import rule_kept, rule_typed
from tenants.files.actions import plain_name
from tenants.files.documents import named, suffix_of
from tenants.files.models import File
from tenants.people.models import Member
from tenants.surveys import actions as surveys

FindFile = Callable[[str], File]
Data = Mapping[str, Any]


def build(data: Data, by: Member, find_file: FindFile, *, title: str | None = None, course_id: UUID | None = None) -> Course:
    """Return a new draft course of this data; `by` becomes its trainer. Flushes: all of it, or an exception."""
    course = actions.create_course(
        title or data["title"], by=by, module_title="", lesson_title="", language=data["language"], cover=data["cover"],
        summary=data["summary"], empty=True, course_id=course_id,
    )
    built: dict[str, tuple[Lesson, Data]] = {}
    for module in data["modules"]:
        row = actions.add_module(course, module["title"])
        for lesson in module["lessons"]:
            made = actions.add_lesson(row, lesson["title"], minutes=lesson["minutes"], done_when=lesson["done_when"])
            built[lesson["ref"]] = (made, lesson)
            for block in lesson["blocks"]:
                _add(made, block, find_file)
    if data.get("study_minutes"):
        course.study_hours = (Decimal(data["study_minutes"]) / 60).quantize(Decimal("0.1"))
    actions.rule_course(course, data["in_order"], data["deadline"])
    course.rules = {**course.rules, **copy.deepcopy(data.get("rules") or {})}
    for made, lesson in built.values():
        _rule(made, lesson, {ref: str(row.id) for ref, (row, _) in built.items()})
    if data.get("survey"):
        surveys.save_course_survey(course, _survey(data["survey"]), by)
    return course


def _rule(made: Lesson, lesson: Data, ids: Mapping[str, str]) -> None:
    release = dict(lesson["release"])
    if release.get("after", "previous") != "previous":
        release["after"] = ids[release["after"]]
    if release or lesson["deadline"]:
        actions.rule_lesson(made, release, lesson["deadline"])
    if lesson.get("rules"):
        made.rules = {**made.rules, **copy.deepcopy(dict(lesson["rules"]))}


def _add(lesson: Lesson, data: Data, find_file: FindFile) -> None:
    block = block_actions.add_block(lesson, data["kind"], copy.deepcopy(data["raw"]) if "raw" in data else None)
    if "raw" not in data:
        BUILDERS[data["kind"]](block, data, find_file)


def _text(block: Block, data: Data, _find: FindFile) -> None:
    block_actions.save_body(block, {"markdown": data["markdown"]})


def _image(block: Block, data: Data, find_file: FindFile) -> None:
    body = {name: data[name] for name in ("alt", "caption", "decorative")}
    if "file" in data:
        file = find_file(data["file"])
        body |= {"file_id": str(file.id), "width": file.width, "height": file.height}
    block_actions.save_body(block, body)


def _video(block: Block, data: Data, find_file: FindFile) -> None:
    body = {name: data[name] for name in ("title", "transcript", "silent")}
    body["captions"] = [{"file_id": str(find_file(one["file"]).id), "language": one["language"]} for one in data["captions"]]
    if "file" in data:
        file = find_file(data["file"])
        body |= {"file_id": str(file.id), "seconds": file.seconds, "media_type": file.media_type}
    block_actions.save_body(block, body)


def _piece(block: Block, data: Data, find_file: FindFile) -> None:
    parts = {name: copy.deepcopy(data[name]) for name in PARTS[block.kind]}
    for name in ("items", "sections"):
        for row in parts.get(name, ()):
            row["id"] = block_actions.row_id()
    body = clean_piece(block.kind, parts)
    if "file" in data:
        file = find_file(data["file"])
        body |= {"file_id": str(file.id), "media_type": file.media_type, "size_bytes": file.size_bytes}
        _name_as_shown(file, data)
    block_actions.save_body(block, body)


def _name_as_shown(file: File, data: Data) -> None:
    """Give a file out of an archive, which tells no names of files, the name that participants see."""
    entry = data["file"].rpartition("/")[2]
    if file.name == entry and data["title"]:
        file.name = named(plain_name(data["title"]), (suffix_of(entry),))


def _exercise(block: Block, data: Data, _find: FindFile) -> None:
    body = copy.deepcopy({name: value for name, value in data.items() if name != "kind"})
    for criterion in body["criteria"]:
        criterion["id"] = _fresh()
        for level in criterion["levels"]:
            level["id"] = _fresh()
    block_actions.save_body(block, clean_exercise(body))


def _fresh() -> str:
    return secrets.token_hex(5)


def _block_survey(block: Block, data: Data, _find: FindFile) -> None:
    block_actions.save_body(block, surveys.cleaned(_survey(data)))


def _survey(data: Data) -> dict[str, Any]:
    questions = [
        {**question, "id": str(uuid4()), "options": [{"id": str(uuid4()), "text": text} for text in question["options"]]}
        for question in data["questions"]
    ]
    return {**{name: data[name] for name in ("title", "intro", "mode")}, "questions": questions}


def _question(block: Block, data: Data, find_file: FindFile) -> None:
    if "question" not in data or block.question is None:
        return
    sent = data["question"]
    rule = {name: value for name, value in sent["rule"].items() if name not in ("file", "most")}
    if "file" in sent["rule"]:
        file = find_file(sent["rule"]["file"])
        block_actions.save_picture(block, {"file_id": str(file.id), "width": file.width, "height": file.height})
    for name in ("extra", "items"):
        rule[name] = [{"text": text} for text in rule.get(name, ())]
    typed = {**({"has_partial": True} if "partial" in rule else {}), **rule_typed(rule)}
    block_actions.save_question(block, QuestionDraft(
        sent["kind"], sent["prompt"], sent["feedback_right"], sent["feedback_again"],
        [ChoiceDraft(None, one["text"], one["is_right"], one["feedback"]) for one in sent["choices"]], sent["hint"], typed,
    ))  # fmt: skip
    if "most" in sent["rule"]:
        block.question.rule = {**rule_kept(sent["kind"], {}, block.question.rule), "most": sent["rule"]["most"]}


BUILDERS: dict[str, Callable[[Block, Data, FindFile], None]] = {
    "text": _text, "image": _image, "video": _video, "exercise": _exercise, "survey": _block_survey,
    "question": _question, **dict.fromkeys(PARTS, _piece),
}
