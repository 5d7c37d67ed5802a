"""A course as plain data, without ids: what a copy is made of, and what `course.json` of an archive holds.

`docs/course-archive.md` describes the format. Lessons are named by `ref` ("lesson-1"), files by what the `name_file`
that is handed in makes of their ids. Data that only the same academy understands (`raw` bodies of kinds without a
packer, rules of features that are not described, ids of groups) is taken along for a copy and left out of an archive.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenants.courses.exercise import NEW
from tenants.courses.models import CHOICE_KINDS, Block, Course, Lesson, Question
from tenants.courses.pieces import PARTS, STORED
from tenants.courses.question_rules import rule_of

NameFile = Callable[[str, str], str | None]
Data = dict[str, Any]
LESSON_RULES = ("release", "deadline")


@dataclass
class Packing:
    """How a course is packed: `name_file(id, kind)` names a file or says that it is gone (None); `is_copy`: for the same
    academy. `left_out` collects what did not come along."""

    name_file: NameFile
    is_copy: bool = False
    left_out: list[Data] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)

    def course(self, course: Course, survey: Mapping[str, Any] | None) -> Data:
        """Return the course as its authors see it now; load it with queries.course_to_edit."""
        lessons = [lesson for module in course.live_modules for lesson in module.live_lessons]
        self.refs = {str(lesson.id): f"lesson-{number}" for number, lesson in enumerate(lessons, start=1)}
        return {
            "title": course.title, "summary": course.summary, "cover": course.cover, "language": course.language,
            "in_order": bool(course.rules.get("in_order")), "deadline": dict(course.rules.get("deadline") or {}),
            "modules": [
                {"title": module.title, "lessons": [self.lesson(lesson) for lesson in module.live_lessons]}
                for module in course.live_modules
            ],
            "survey": packed_survey(survey) if survey else None,
            **({"study_minutes": int(course.study_hours * 60)} if course.study_hours else {}),
            **({"rules": _others(course.rules, "in_order", "deadline")} if self.is_copy else {}),
        }

    def lesson(self, lesson: Lesson) -> Data:
        """Return a lesson with its blocks and rules."""
        ref = self.refs[str(lesson.id)]
        others = _others(lesson.rules, *LESSON_RULES)
        if others and not self.is_copy:
            self.left_out += [{"lesson": ref, "what": "rule"} for _name in others]
        blocks = [packed for block in lesson.live_blocks if (packed := self.block(block, ref))]
        return {
            "ref": ref, "title": lesson.title, "minutes": lesson.minutes, "done_when": lesson.done_when,
            "release": self.release(lesson.rules.get("release") or {}, ref),
            "deadline": dict(lesson.rules.get("deadline") or {}), "blocks": blocks,
            **({"rules": others} if self.is_copy else {}),
        }

    def release(self, rule: Mapping[str, Any], ref: str) -> Data:
        """Return the rule with lessons by their refs; a lesson that is gone asks nothing, as in learning/release.py."""
        found = {name: rule[name] for name in ("on", "days") if rule.get(name) is not None}
        after = rule.get("after")
        if after == "previous" or after in self.refs:
            found["after"] = self.refs.get(str(after), "previous")
            found |= {"percent": rule["percent"]} if rule.get("percent") else {}
        if rule.get("groups") and self.is_copy:
            found["groups"] = list(rule["groups"])
        elif rule.get("groups"):
            self.left_out.append({"lesson": ref, "what": "groups"})
        return found

    def block(self, block: Block, ref: str) -> Data | None:
        """Return a block, or None when an archive cannot hold it."""
        pack = PACKERS.get(block.kind)
        if pack is not None:
            return {"kind": block.kind, **pack(self, block)}
        if self.is_copy:
            return {"kind": block.kind, "raw": copy.deepcopy(block.body)}
        self.left_out.append({"lesson": ref, "what": "block", "kind": block.kind})
        return None

    def file(self, body: Mapping[str, Any], kind: str) -> Data:
        """Return {file: name} of the file that the body shows, or {} without one."""
        name = self.name_file(body["file_id"], kind) if body.get("file_id") else None
        return {"file": name} if name else {}


def _others(rules: Mapping[str, Any], *known: str) -> Data:
    return {name: copy.deepcopy(rule) for name, rule in rules.items() if name not in known}


def _text(_packing: Packing, block: Block) -> Data:
    return {"markdown": block.body.get("markdown", "")}


def _image(packing: Packing, block: Block) -> Data:
    body = block.body
    return {"alt": body.get("alt", ""), "caption": body.get("caption", ""),
            "decorative": bool(body.get("decorative", False)), **packing.file(body, "image")}  # fmt: skip


def _video(packing: Packing, block: Block) -> Data:
    body = block.body
    tracks = [{"language": one["language"], **packing.file(one, "captions")} for one in body.get("captions", ())]
    return {"title": body.get("title", ""), "transcript": body.get("transcript", ""), "silent": bool(body.get("silent", False)),
            "captions": [track for track in tracks if "file" in track], **packing.file(body, "video")}  # fmt: skip


def _piece(packing: Packing, block: Block) -> Data:
    """Return a callout, checklist, accordion, film of another site, file or sound: its parts, rows without ids."""
    found = {name: copy.deepcopy(block.body.get(name, "")) for name in PARTS[block.kind]}
    for name in ("items", "sections"):
        if name in found:
            found[name] = [{key: text for key, text in row.items() if key != "id"} for row in found[name] or ()]
    return {**found, **packing.file(block.body, STORED[block.kind])} if block.kind in STORED else found


def _exercise(_packing: Packing, block: Block) -> Data:
    body = {name: copy.deepcopy({**NEW, **block.body}[name]) for name in NEW}
    for criterion in body["criteria"]:
        criterion.pop("id", None)
        for level in criterion["levels"]:
            level.pop("id", None)
    return body


def _survey(_packing: Packing, block: Block) -> Data:
    return packed_survey(block.body)


def packed_survey(body: Mapping[str, Any]) -> Data:
    """Return a survey without ids: options as texts."""
    return {
        "title": body.get("title", ""), "intro": body.get("intro", ""), "mode": body.get("mode", "anonymous"),
        "questions": [
            {"kind": one["kind"], "prompt": one["prompt"], "low": one["low"], "high": one["high"],
             "options": [option["text"] for option in one["options"]]}
            for one in body.get("questions", ())
        ],
    }  # fmt: skip


def _question(packing: Packing, block: Block) -> Data:
    return {"question": packed_question(packing, block.question)} if block.question else {}


def packed_question(packing: Packing, question: Question) -> Data:
    """Return a question without ids; what its author left from another kind stays behind."""
    rule = copy.deepcopy(rule_of(question.kind, question.rule))
    picture = packing.file(rule, "image")
    for name in ("file_id", "width", "height"):
        rule.pop(name, None)
    for name in ("extra", "items"):
        if name in rule:
            rule[name] = [one["text"] for one in rule[name]]
    for name in ("pairs", "areas"):
        for row in rule.get(name, ()):
            row.pop("id", None)
    choices = sorted(question.choices, key=lambda choice: choice.position) if question.kind in CHOICE_KINDS else []
    return {
        "kind": question.kind, "prompt": question.prompt, "feedback_right": question.feedback_right,
        "feedback_again": question.feedback_again, "hint": question.hint, "rule": {**rule, **picture},
        "choices": [{"text": one.text, "is_right": one.is_right, "feedback": one.feedback} for one in choices],
    }


PACKERS: dict[str, Callable[[Packing, Block], Data]] = {
    "text": _text, "image": _image, "video": _video, "exercise": _exercise, "survey": _survey, "question": _question,
    **dict.fromkeys(PARTS, _piece),
}
