"""What an author may publish, what changed since, and what order things stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tenants.courses.exercise import exercise_problem
from tenants.courses.gaps import MAX_GAPS, gaps_of
from tenants.courses.pieces import piece_problem

Item = TypeVar("Item", bound=Hashable)
AUTHORS = frozenset({"author", "manager", "owner"})
MAX_CHOICES = 12
DERIVED = ("html",)
WARNINGS = ("no_captions", "no_transcript")
DECIMAL = re.compile(r"-?[0-9]{1,18}(?:[.,][0-9]{1,12})?", re.ASCII)


@dataclass(frozen=True)
class Snapshot:
    """A course at one moment, as rows or as published: the outline, and each lesson's content by lesson id."""

    outline: Mapping[str, Any]
    pages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Why a lesson cannot be published yet; `kind` names the sentence, `block_id` the place to mend."""

    kind: str
    lesson_id: str
    lesson_title: str
    block_id: str | None = None


def may_edit(roles: Iterable[str]) -> bool:
    """Return whether a member with these roles writes courses."""
    return bool(AUTHORS.intersection(roles))


def stepped(order: Sequence[Item], item: Item, by: int) -> list[Item]:
    """Return the order with `item` moved by so many places; it stops at either end."""
    rest = [other for other in order if other != item]
    at = min(max(order.index(item) + by, 0), len(rest))
    return [*rest[:at], item, *rest[at:]]


def arranged(order: Sequence[Item], wanted: Sequence[Item]) -> list[Item]:
    """Return the items of `order` as `wanted` lists them; strangers are dropped, what it misses comes last."""
    known = [item for item in dict.fromkeys(wanted) if item in order]
    return known + [item for item in order if item not in known]


def lesson_kind(block_kinds: Iterable[str]) -> str:
    """Return what a lesson mainly is, for its drawing in outlines: exercise, video, question or text."""
    kinds = set(block_kinds)
    return next((kind for kind in ("exercise", "video", "question") if kind in kinds), "text")


def count_changes(draft: Snapshot, live: Snapshot | None) -> int:
    """Return how many things differ: each added, removed, moved or changed course, module, lesson or block once.

    What stands inside something added or removed is not counted again.
    """
    new, old = tree_of(draft), tree_of(live) if live else {}
    added = [key for key in new if key not in old and (new[key].parent is None or new[key].parent in old)]
    removed = [key for key in old if key not in new and (old[key].parent is None or old[key].parent in new)]
    both = [key for key in new if key in old]
    changed = [key for key in both if new[key].facts != old[key].facts or new[key].parent != old[key].parent]
    moved = [key for key in both if common(new[key], old) != common(old[key], new)]
    return len(added) + len(removed) + len(changed) + len(moved)


@dataclass(frozen=True)
class Thing:
    """A course, module, lesson or block in a snapshot: what stands above it, what it says, what stands in it."""

    key: str
    parent: str | None
    facts: Mapping[str, Any]
    children: tuple[str, ...]


def common(thing: Thing, other: Mapping[str, Thing]) -> list[str]:
    """Return the children that stand under the same parent on both sides, in this side's order."""
    return [key for key in thing.children if key in other and other[key].parent == thing.key]


def tree_of(snapshot: Snapshot) -> dict[str, Thing]:
    """Return everything in the snapshot by its id; the course itself as "course"."""
    outline = snapshot.outline
    facts = {name: outline.get(name) for name in ("title", "summary", "cover", "language", "in_order", "deadline")}
    things = [Thing("course", None, facts, tuple(m["id"] for m in outline["modules"]))]
    for module in outline["modules"]:
        lessons = tuple(lesson["id"] for lesson in module["lessons"])
        things.append(Thing(module["id"], "course", {"title": module["title"]}, lessons))
        for lesson in module["lessons"]:
            things.extend(_lesson_things(lesson["id"], module["id"], snapshot.pages[lesson["id"]]))
    return {thing.key: thing for thing in things}


def _lesson_things(lesson_id: str, module_id: str, page: Mapping[str, Any]) -> list[Thing]:
    facts = {name: page.get(name) for name in ("title", "minutes", "done_when", "release", "deadline", "test")}
    blocks = [
        Thing(block["id"], lesson_id, {k: v for k, v in block.items() if k not in DERIVED}, ())
        for block in page["blocks"]
    ]
    return [Thing(lesson_id, module_id, facts, tuple(block.key for block in blocks)), *blocks]


def problems_of(draft: Snapshot) -> list[Problem]:
    """Return what keeps the course from being published, in reading order."""
    if not any(module["lessons"] for module in draft.outline["modules"]):
        return [Problem("no_lessons", "", "")]
    return [
        problem
        for module in draft.outline["modules"]
        for lesson in module["lessons"]
        for problem in lesson_problems(lesson["id"], draft.pages[lesson["id"]])
    ] + _order_problems(draft.outline)


def warnings_of(draft: Snapshot) -> list[Problem]:
    """Return what shuts people out although it may be published: videos without captions, sound without transcript."""
    found = []
    for lesson_id, page in draft.pages.items():
        for block in page["blocks"]:
            kind = _video_problem(block) if block["kind"] == "video" else None
            if block["kind"] == "audio" and block["file_id"] and not block["transcript"].strip():
                kind = "no_transcript"
            if kind in WARNINGS:
                found.append(Problem(kind, lesson_id, page["title"], block["id"]))
    return found


def _order_problems(outline: Mapping[str, Any]) -> list[Problem]:
    """Return the lessons that wait for one that does not come before them: nobody would ever get in."""
    before: set[str] = {"previous", ""}
    found = []
    for lesson in (lesson for module in outline["modules"] for lesson in module["lessons"]):
        if (lesson.get("release") or {}).get("after", "") not in before:
            found.append(Problem("waits_for_later", lesson["id"], lesson["title"]))
        before.add(lesson["id"])
    return found


def lesson_problems(lesson_id: str, page: Mapping[str, Any]) -> list[Problem]:
    """Return what keeps one lesson from being published, in reading order."""
    title = page["title"]
    found = [] if title.strip() else [Problem("no_title", lesson_id, title)]
    for block in page["blocks"]:
        kind = _block_problem(block)
        if kind:
            found.append(Problem(kind, lesson_id, title, block["id"]))
    if page["done_when"] == "question" and not any(block["kind"] == "question" for block in page["blocks"]):
        found.append(Problem("no_question", lesson_id, title))
    if page["done_when"] == "approved" and not any(block["kind"] == "exercise" for block in page["blocks"]):
        found.append(Problem("no_exercise", lesson_id, title))
    test_problem = _test_problem(page) if page.get("test") is not None or page["done_when"] == "passed" else None
    if test_problem:
        found.append(Problem(test_problem, lesson_id, title))
    return found


def _test_problem(page: Mapping[str, Any]) -> str | None:
    """Return what keeps a test from being taken; its settings are parsed where they are written (assessments)."""
    test, kinds = page.get("test"), {block["kind"] for block in page["blocks"]}
    if not test:
        return "no_test"
    if kinds & {"exercise", "survey"}:
        return "more_than_test"
    return None if "question" in kinds or test.get("draws") else "empty_test"


def _block_problem(block: Mapping[str, Any]) -> str | None:
    checks = {"image": _image_problem, "video": _video_problem, "question": _question_problem,
              "exercise": exercise_problem, "survey": _survey_problem}  # fmt: skip
    return checks.get(block["kind"], piece_problem)(block)


def _image_problem(block: Mapping[str, Any]) -> str | None:
    if not block["file_id"]:
        return "no_image"
    return None if block["alt"] or block["decorative"] else "no_alt"


def _video_problem(block: Mapping[str, Any]) -> str | None:
    if not block["file_id"]:
        return "no_video"
    return None if block["captions"] or block["silent"] else "no_captions"


def _survey_problem(block: Mapping[str, Any]) -> str | None:
    asked = block["questions"]
    whole = all(one["prompt"].strip() and (one["kind"] not in ("single", "multiple") or len(one["options"]) > 1) for one in asked)
    return None if asked and whole else "no_survey"


def _question_problem(block: Mapping[str, Any]) -> str | None:
    question = block["question"]
    if not question["prompt"].strip():
        return "no_prompt"
    if question["kind"] in _RULE_PROBLEMS:
        return _RULE_PROBLEMS[question["kind"]](question.get("rule") or {})
    choices = question["choices"]
    if len(choices) < 2 or not all(choice["text"].strip() for choice in choices):
        return "few_choices"
    right = sum(choice["is_right"] for choice in choices)
    return None if right == 1 or (right > 1 and question["kind"] == "multiple") else "no_right"


def _number_problem(rule: Mapping[str, Any]) -> str | None:
    if not is_decimal(rule.get("value", "")):
        return "no_number"
    tolerance = rule.get("tolerance") or "0"
    return None if is_decimal(tolerance) and not tolerance.startswith("-") else "no_tolerance"


def _matching_problem(rule: Mapping[str, Any]) -> str | None:
    pairs = rule.get("pairs", ())
    return None if len(pairs) > 1 and all(pair["left"] and pair["right"] for pair in pairs) else "few_pairs"


def _gaps_problem(rule: Mapping[str, Any]) -> str | None:
    gaps = gaps_of(rule.get("text", ""))
    if not gaps or len(gaps) > MAX_GAPS:
        return "no_gaps"
    return None if all(gap.accepted for gap in gaps) else "empty_gap"


def _hotspot_problem(rule: Mapping[str, Any]) -> str | None:
    areas = rule.get("areas", ())
    if not rule.get("file_id"):
        return "no_image"
    if not rule.get("alt"):
        return "no_alt"
    if len(areas) < 2 or not all(area["w"] and area["h"] and area["label"] for area in areas):
        return "few_areas"
    return None if any(area["is_right"] for area in areas) else "no_right"


_RULE_PROBLEMS: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "open": lambda rule: None,
    "file": lambda rule: None,
    "short": lambda rule: None if rule.get("accepted") else "no_accepted",
    "number": _number_problem,
    "matching": _matching_problem,
    "ordering": lambda rule: None if len(rule.get("items", ())) > 1 else "few_items",
    "gaps": _gaps_problem,
    "hotspot": _hotspot_problem,
}


def is_decimal(text: str) -> bool:
    """Return whether the text is a decimal as authors may write it: 12, -3.5 or 0,25."""
    return DECIMAL.fullmatch(text) is not None


def decimal_text(text: str) -> str:
    """Return the decimal with a point, as it is stored."""
    return text.replace(",", ".") if is_decimal(text) else text
