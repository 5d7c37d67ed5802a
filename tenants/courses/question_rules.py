"""What counts as right, by kind of question: from a form to what is stored, and back. See `Question.rule` for shapes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from tenants.courses.rules import decimal_text

MAX_ACCEPTED = 20
MAX_ACCEPTED_CHARS = 200
MAX_NUMBER_CHARS = 40
MAX_ROWS = 20
MAX_ROW_CHARS = 500
MAX_GAPPED = 10_000
NEW_PAIRS = 3
KEYS: dict[str, tuple[str, ...]] = {
    "multiple": ("partial",),
    "short": ("accepted", "typos", "case"),
    "number": ("value", "tolerance", "unit"),
    "matching": ("pairs", "extra", "partial"),
    "ordering": ("items", "partial"),
    "gaps": ("text", "typos", "case", "partial"),
    "hotspot": ("file_id", "alt", "width", "height", "areas"),
    "file": ("most",),
}  # fmt: skip
Rule = Mapping[str, Any]


def rule_of(kind: str, rule: Rule) -> dict[str, Any]:
    """Return the part of the rule that this kind of question has; what another kind left is for when it is that again.

    A pair of which nothing is filled in is no pair: the editor offers rows that may stay empty.
    """
    own = {name: rule[name] for name in KEYS.get(kind, ()) if name in rule}
    return {**own, "pairs": [pair for pair in own["pairs"] if pair["left"] or pair["right"]]} if own.get("pairs") else own


def rule_kept(kind: str, sent: Rule, old: Rule) -> dict[str, Any]:
    """Return the rule to store, from what a form sent and what was stored before."""
    made = _MAKERS[kind](sent, old) if kind in _MAKERS else {}
    return {**old, **made}


def rule_typed(rule: Rule) -> dict[str, Any]:
    """Return the rule as a form shows it: accepted answers, items and further options one per line."""
    return {
        **rule, "accepted": "\n".join(rule.get("accepted", ())),
        "items": "\n".join(item["text"] for item in rule.get("items", ())),
        "extra": "\n".join(one["text"] for one in rule.get("extra", ())),
    }  # fmt: skip


def _lines(sent: Rule, name: str, most: int, chars: int) -> list[str]:
    lines = [line.strip()[:chars] for line in str(sent.get(name, "")).split("\n")]
    return list(dict.fromkeys(line for line in lines if line))[:most]


def _choices(sent: Rule, _old: Rule) -> dict[str, Any]:
    return _partial(sent)


def _partial(sent: Rule) -> dict[str, Any]:
    return {"partial": True} if sent.get("partial") else {"partial": False} if "has_partial" in sent else {}


def _words(sent: Rule, _old: Rule) -> dict[str, Any]:
    return {"accepted": _lines(sent, "accepted", MAX_ACCEPTED, MAX_ACCEPTED_CHARS), **_care(sent)}


def _care(sent: Rule) -> dict[str, Any]:
    """Return how many typing mistakes are borne, and whether capitals matter."""
    return {"case": bool(sent.get("case")), "typos": {"1": 1, "2": 2}.get(str(sent.get("typos")), 0)}


def _number(sent: Rule, _old: Rule) -> dict[str, Any]:
    """Return the rule of a question for a number, as it was typed: publishing says what cannot be read."""
    texts = {name: str(sent.get(name, "")).strip()[:MAX_NUMBER_CHARS] for name in ("value", "tolerance", "unit")}
    return {name: text if name == "unit" else decimal_text(text) for name, text in texts.items()}


def _matching(sent: Rule, old: Rule) -> dict[str, Any]:
    known = {pair["id"] for pair in old.get("pairs", ())}
    rows = list(sent.get("pairs", ())) or [{}] * NEW_PAIRS
    pairs = [
        {"id": _id(pair, known), "left": _line(pair, "left"), "right": _line(pair, "right")}
        for pair in rows
    ]
    extra = _lines(sent, "extra", MAX_ROWS, MAX_ROW_CHARS)
    return {"pairs": pairs[:MAX_ROWS], "extra": _with_ids(extra, old.get("extra", ())), **_partial(sent)}


def _ordering(sent: Rule, old: Rule) -> dict[str, Any]:
    return {"items": _with_ids(_lines(sent, "items", MAX_ROWS, MAX_ROW_CHARS), old.get("items", ())), **_partial(sent)}


def _with_ids(lines: list[str], old: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the lines with ids; a line that was there keeps its own, a changed one at the same place too."""
    known = {one["text"]: one["id"] for one in old}
    taken = {known[line] for line in lines if line in known}
    made = []
    for place, line in enumerate(lines):
        there = old[place]["id"] if place < len(old) else None
        key = known.get(line) or (there if there not in taken else None) or _fresh()
        taken.add(key)
        made.append({"id": key, "text": line})
    return made


def _gaps(sent: Rule, _old: Rule) -> dict[str, Any]:
    return {"text": str(sent.get("text", "")).strip()[:MAX_GAPPED], **_care(sent), **_partial(sent)}


def _hotspot(sent: Rule, old: Rule) -> dict[str, Any]:
    known = {area["id"] for area in old.get("areas", ())}
    areas = [
        {"id": _id(area, known), "label": _line(area, "label"), "is_right": bool(area.get("is_right")),
         **{side: percent(area.get(side)) for side in ("x", "y", "w", "h")}}
        for area in sent.get("areas", ())
    ]  # fmt: skip
    return {"alt": _line(sent, "alt"), "areas": areas[:MAX_ROWS]}


def percent(typed: object) -> float:
    """Return a place or size in percent of the image, 0-100, with one decimal; 0 for what is not a number."""
    try:
        number = float(str(typed).replace(",", "."))
    except ValueError:
        return 0.0
    return round(min(100.0, max(0.0, number)), 1) if number == number else 0.0


def _id(row: Rule, known: set[str]) -> str:
    return row["id"] if row.get("id") in known else _fresh()


def _line(row: Rule, name: str) -> str:
    return str(row.get(name, "")).strip()[:MAX_ROW_CHARS]


def _fresh() -> str:
    """Return an id that does not tell the order in which things were written."""
    return secrets.token_hex(5)


_MAKERS: dict[str, Callable[[Rule, Rule], dict[str, Any]]] = {
    "multiple": _choices, "short": _words, "number": _number, "matching": _matching, "ordering": _ordering,
    "gaps": _gaps, "hotspot": _hotspot,
}
