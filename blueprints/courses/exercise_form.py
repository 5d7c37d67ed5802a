"""The form of an exercise in the lesson editor: what was typed, with the button pressed done to its rubric."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import request

from blueprints.courses import courses
from tenants.courses.exercise import FEWEST_LEVELS, NEW, TYPES, clean_exercise

Criteria = list[dict[str, Any]]


def exercise_sent() -> dict[str, Any]:
    """Return the exercise as its form sent it, made clean."""
    form = request.form
    sent: dict[str, Any] = {
        "title": form.get("title", ""), "markdown": form.get("markdown", "").replace("\r\n", "\n").strip(),
        "wants_text": "wants_text" in form, "most_files": _number("most_files"),
        "types": form.getlist("type"), "peers": _number("peers"), "anonymous": "anonymous" in form,
        "criteria": pressed([_criterion(key) for key in form.getlist("criterion")], form.get("do", "")),
    }  # fmt: skip
    return clean_exercise(sent)


def _number(name: str) -> int:
    text = request.form.get(name, "0").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _criterion(key: str) -> dict[str, Any]:
    form = request.form
    levels = [
        {"id": level, "title": form.get(f"ltitle-{level}", ""), "points": form.get(f"points-{level}", ""),
         "description": form.get(f"description-{level}", "").replace("\r\n", "\n")}
        for level in form.getlist(f"level-{key}")
    ]  # fmt: skip
    return {"id": key, "title": form.get(f"ctitle-{key}", ""), "levels": levels}


def pressed(criteria: Criteria, button: str) -> Criteria:
    """Return the criteria after the button: `add-criterion`, `remove-criterion:<id>`, `add-level:<id>` (of a criterion)
    or `remove-level:<id>`."""
    verb, _colon, what = button.partition(":")
    if verb == "add-criterion":
        return [*criteria, {"id": _id(), "title": "", "levels": [_level() for _ in range(FEWEST_LEVELS)]}]
    if verb == "remove-criterion":
        return [one for one in criteria if one["id"] != what]
    for one in criteria:
        if verb == "add-level" and one["id"] == what:
            one["levels"].append(_level())
        if verb == "remove-level":
            one["levels"] = [level for level in one["levels"] if level["id"] != what]
    return criteria


def _level() -> dict[str, str]:
    return {"id": _id(), "title": "", "points": "", "description": ""}


def _id() -> str:
    return secrets.token_hex(6)


@courses.app_template_global()
def exercise_body(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an exercise with everything that a new one does not have yet, for the editor."""
    return {**NEW, **kept, "all_types": TYPES}
