"""What the demo's people answer: right at once, or not yet."""

from __future__ import annotations

from typing import Any

from tenants.courses.gaps import gaps_of
from tenants.learning.answering import choices_of
from tenants.learning.grading import PLACED


def rightly(question: dict[str, Any]) -> dict[str, Any]:
    """Return a right answer to a published question that is graded at once."""
    rule = question.get("rule") or {}
    if question["kind"] in ("short", "number"):
        return {"text": rule.get("value") or rule["accepted"][0]}
    if question["kind"] == "matching":
        return {"places": {pair["id"]: pair["right"] for pair in rule["pairs"]}}
    if question["kind"] == "ordering":
        return {"places": {item["id"]: str(n) for n, item in enumerate(rule["items"], start=1)}}
    if question["kind"] == "gaps":
        return {"places": {gap.key: gap.accepted[0] for gap in gaps_of(rule["text"])}}
    return {"choices": [choice["id"] for choice in choices_of(question) if choice["is_right"]]}


def wrongly(question: dict[str, Any]) -> dict[str, Any]:
    """Return an answer that is not right yet."""
    if question["kind"] in ("short", "number"):
        return {"text": "0"}
    if question["kind"] in PLACED:
        return {"places": dict(list(rightly(question)["places"].items())[:1])}
    return {"choices": [choice["id"] for choice in choices_of(question) if not choice["is_right"]][:1]}
