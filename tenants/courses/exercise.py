"""What an exercise asks for and how it is judged: an author's words made clean, and shown. No database.

The body of a block of kind "exercise": {title, markdown, wants_text, most_files: 0-10, types: [TYPES], peers: 0-5,
anonymous, criteria: [{id, title, levels: [{id, title, points, description}]}]}. `markdown` is the task. Points are
decimals as texts with a point; ids are texts, unique in their exercise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tenants.courses.markup import html_of

TYPES = ("document", "sheet", "slides", "text", "image", "audio")
MOST_FILES = 10
MOST_PEERS = 5
MOST_CRITERIA = 12
MOST_LEVELS = 8
FEWEST_LEVELS = 2
MAX_TITLE = 200
MAX_DESCRIPTION = 1_000
POINTS = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?", re.ASCII)
NEW: dict[str, Any] = {"title": "", "markdown": "", "wants_text": True, "most_files": 0, "types": list(TYPES),
                       "peers": 0, "anonymous": True, "criteria": []}  # fmt: skip


def exercise_content(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exercise as participants and trainers see it."""
    kept = {**NEW, **body}
    return {**{name: kept[name] for name in NEW}, "html": html_of(kept["markdown"])}


def clean_exercise(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body as it is stored: lengths and numbers within their limits, unknown types left out."""
    return {
        "title": _line(sent["title"]), "markdown": str(sent["markdown"]), "wants_text": bool(sent["wants_text"]),
        "most_files": _within(sent["most_files"], MOST_FILES),
        "types": [kind for kind in TYPES if kind in sent["types"]],
        "peers": _within(sent["peers"], MOST_PEERS), "anonymous": bool(sent["anonymous"]),
        "criteria": [_criterion(one) for one in sent["criteria"][:MOST_CRITERIA]],
    }  # fmt: skip


def _criterion(sent: Mapping[str, Any]) -> dict[str, Any]:
    levels = [
        {"id": str(level["id"])[:40], "title": _line(level["title"]), "points": points_text(str(level["points"])),
         "description": str(level["description"]).strip()[:MAX_DESCRIPTION]}
        for level in sent["levels"][:MOST_LEVELS]
    ]  # fmt: skip
    return {"id": str(sent["id"])[:40], "title": _line(sent["title"]), "levels": levels}


def points_text(typed: str) -> str:
    """Return the points with a point, as they are stored; what cannot be read stays, publishing says so."""
    typed = typed.strip()[:12]
    return typed.replace(",", ".") if is_points(typed) else typed


def is_points(text: str) -> bool:
    """Return whether the text is a number of points: 0 to 9999.99."""
    return POINTS.fullmatch(text) is not None


def exercise_problem(block: Mapping[str, Any]) -> str | None:
    """Return what keeps the exercise from being published, or None."""
    if not block["title"].strip():
        return "no_exercise_title"
    if not block["markdown"].strip():
        return "no_task"
    if not block["wants_text"] and not (block["most_files"] and block["types"]):
        return "asks_nothing"
    return None if all(_is_finished(one) for one in block["criteria"]) else "rubric_unfinished"


def _is_finished(criterion: Mapping[str, Any]) -> bool:
    levels: Sequence[Mapping[str, Any]] = criterion["levels"]
    told = all(level["title"].strip() and is_points(level["points"]) for level in levels)
    return bool(criterion["title"].strip()) and len(levels) >= FEWEST_LEVELS and told


def _line(text: Any) -> str:
    return " ".join(str(text).split())[:MAX_TITLE]


def _within(number: int, most: int) -> int:
    return min(max(int(number), 0), most)
