"""What can be given as an answer, by kind of question, and how it reads: without a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.errors import Refused
from tenants.courses.gaps import gaps_of
from tenants.courses.order import mixed, mixed_up
from tenants.learning.grading import MAX_SHORT, PLACED
from tenants.learning.rules import MAX_TEXT

WRITTEN = ("open", "short", "number")
MAX_GAP = 200
Given = Mapping[str, Any]


def stored_of(question: Given, given: Given) -> dict[str, Any]:
    """Return what was given, in the shape that is stored. Raises Refused for what the question does not offer.

    {text} for what is written, {choices: [id]} for what is chosen, {places: {id: text}} for what is put somewhere.
    """
    if question["kind"] in WRITTEN:
        return {"text": _text(given.get("text", ""), MAX_TEXT if question["kind"] == "open" else MAX_SHORT)}
    if question["kind"] in PLACED:
        return {"places": _places(question, given.get("places") or {})}
    known = {choice["id"] for choice in choices_of(question)}
    chosen = sorted(set(given.get("choices", ())))
    if not known.issuperset(chosen) or (question["kind"] != "multiple" and len(chosen) > 1):
        raise Refused("no such choice")
    return {"choices": chosen}


def _text(text: object, most: int) -> str:
    plain = str(text).replace("\x00", "").strip()
    if len(plain) > most:
        raise Refused("answer too long")
    return plain


def _places(question: Given, places: Given) -> dict[str, str]:
    offered = offers_of(question)
    kept = {}
    for key, options in offered.items():
        text = _text(places.get(key, ""), MAX_GAP if question["kind"] == "gaps" else MAX_TEXT)
        if text and options and text not in options:
            raise Refused("no such choice")
        if text:
            kept[key] = text
    return kept


def choices_of(question: Given) -> list[dict[str, Any]]:
    """Return what can be chosen: [{id, text, is_right, feedback}]; the areas of an image read by their labels."""
    if question["kind"] != "hotspot":
        return list(question["choices"])
    return [
        {"id": area["id"], "text": area["label"], "is_right": area["is_right"], "feedback": area.get("feedback", "")}
        for area in (question.get("rule") or {}).get("areas", ())
    ]


def offers_of(question: Given) -> dict[str, list[str]]:
    """Return what each place of the question offers, by the place's id; an empty list where one writes freely."""
    rule = question.get("rule") or {}
    if question["kind"] == "matching":
        options = match_options(question)
        return {pair["id"]: options for pair in rule.get("pairs", ())}
    if question["kind"] == "ordering":
        items = rule.get("items", ())
        return {item["id"]: [str(n) for n in range(1, len(items) + 1)] for item in items}
    return {gap.key: gap.options for gap in gaps_of(rule.get("text", ""))}


def match_options(question: Given) -> list[str]:
    """Return what can be matched, right ones and others, each once, in an order that tells nothing."""
    rule = question.get("rule") or {}
    texts = [pair["right"] for pair in rule.get("pairs", ())] + [one["text"] for one in rule.get("extra", ())]
    return mixed(list(dict.fromkeys(texts)), question["id"])


def order_shown(question: Given) -> list[dict[str, str]]:
    """Return the items of an order as participants first see them: never in the right order."""
    items = {item["id"]: item for item in (question.get("rule") or {}).get("items", ())}
    return [items[key] for key in mixed_up(list(items), question["id"])]


def order_now(question: Given, places: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the items as the participant put them; those without a place come behind as first shown."""
    return sorted(order_shown(question), key=lambda item: int(places.get(item["id"]) or 10_000))


def lines_of(question: Given, given: Given) -> list[str]:
    """Return the answer as a trainer reads it, a line each."""
    return _LINES.get(question["kind"], _chosen_lines)(question, given)


def _written_lines(_question: Given, given: Given) -> list[str]:
    return [line for line in str(given.get("text", "")).split("\n") if line.strip()]


def _chosen_lines(question: Given, given: Given) -> list[str]:
    return [choice["text"] for choice in choices_of(question) if choice["id"] in set(given.get("choices", ()))]


def _matching_lines(question: Given, given: Given) -> list[str]:
    places = given.get("places") or {}
    return [f"{pair['left']} → {places.get(pair['id'], '…')}" for pair in question["rule"].get("pairs", ())]


def _ordering_lines(question: Given, given: Given) -> list[str]:
    places = given.get("places") or {}
    return [f"{places.get(item['id'], '…')}. {item['text']}" for item in order_now(question, places)]


def _gaps_lines(question: Given, given: Given) -> list[str]:
    places = given.get("places") or {}
    return [f"{gap.key}: {places.get(gap.key, '…')}" for gap in gaps_of(question["rule"].get("text", ""))]


_LINES: dict[str, Callable[[Given, Given], list[str]]] = {
    "open": _written_lines, "short": _written_lines, "number": _written_lines, "matching": _matching_lines,
    "ordering": _ordering_lines, "gaps": _gaps_lines,
}
