"""When an answer counts as right: exact, the same for everyone, without a database.

Words: Unicode NFKC, one space between words, no full stop at the end, capitals ignored unless they matter, and as
many typing mistakes as the author allows (optimal string alignment distance: a wrong, missing, extra or swapped
letter is one), but never more than one for each four letters. Numbers: exact decimals within a tolerance. Matches,
orders and gaps: place by place. A share of the points is an exact fraction, 0 to 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tenants.courses.gaps import Gap, gaps_of

LETTERS_PER_TYPO = 4
MAX_TYPOS = 2
MAX_SHORT = 500
NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,18})(?:[.,](?P<part>[0-9]{1,12}))?", re.ASCII)
MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
PLACED = ("matching", "ordering", "gaps")
READ_BY_TRAINERS = ("open", "file")
SPACES = re.compile(r"[\s\u00a0\u202f]+")


class NotANumber(ValueError):
    """The text cannot be read as one number."""


def grade(question: Mapping[str, Any], given: Mapping[str, Any]) -> bool | None:
    """Return whether `given` ({choices: [id]}, {text} or {places: {id: text}}) is right; None if a trainer reads it."""
    earned = share(question, given)
    return None if earned is None else earned == 1


def share(question: Mapping[str, Any], given: Mapping[str, Any]) -> Fraction | None:
    """Return which part of the question is right, 0 to 1; None if a trainer reads it. Raises NotANumber.

    Without `partial` in its rule a question is right as a whole or not at all.
    """
    kind, rule = question["kind"], question.get("rule") or {}
    if kind in READ_BY_TRAINERS:
        return None
    if kind == "short":
        return Fraction(is_accepted(given.get("text", ""), rule))
    if kind == "number":
        return Fraction(is_within(given.get("text", ""), rule))
    if kind in PLACED:
        right, total = places_right(question, given)
        return _whole(Fraction(right, total) if total else Fraction(0), rule)
    asked = rule.get("areas", ()) if kind == "hotspot" else question["choices"]
    right_ids = {one["id"] for one in asked if one["is_right"]}
    return _choices_share(kind, right_ids, set(given.get("choices", ())), rule)


def _whole(earned: Fraction, rule: Mapping[str, Any]) -> Fraction:
    return earned if earned == 1 or rule.get("partial") else Fraction(0)


def _choices_share(kind: str, right: Set[str], given: Set[str], rule: Mapping[str, Any]) -> Fraction:
    """Return the share of choices: of several, each right one earns its part and each wrong one costs as much."""
    if are_right(kind, right, given):
        return Fraction(1)
    if kind != "multiple" or not right:
        return Fraction(0)
    earned = Fraction(len(given & right) - len(given - right), len(right))
    return _whole(max(Fraction(0), earned), rule)


def are_right(kind: str, right: Set[str], given: Set[str]) -> bool:
    """Return whether exactly the right choices are given; of several right ones a single choice takes one."""
    if kind == "multiple":
        return bool(right) and given == right
    return len(given) == 1 and given <= right


def places_right(question: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many places of a match, an order or a text with gaps are right, and how many there are."""
    places, rule = given.get("places") or {}, question.get("rule") or {}
    if question["kind"] == "matching":
        verdicts = [same(places.get(pair["id"], ""), pair["right"]) for pair in rule.get("pairs", ())]
    elif question["kind"] == "ordering":
        verdicts = [places.get(item["id"]) == str(n) for n, item in enumerate(rule.get("items", ()), start=1)]
    else:
        verdicts = [_fills(places.get(gap.key, ""), gap, rule) for gap in gaps_of(rule.get("text", ""))]
    return sum(verdicts), len(verdicts)


def same(one: str, other: str) -> bool:
    """Return whether two texts are the same to a reader."""
    return bool(one) and plain(one, True) == plain(other, True)


def _fills(text: str, gap: Gap, rule: Mapping[str, Any]) -> bool:
    if gap.wrong:
        return any(same(text, one) for one in gap.accepted)
    return is_accepted(text, {**rule, "accepted": gap.accepted})


def is_accepted(text: str, rule: Mapping[str, Any]) -> bool:
    """Return whether the text is one of the accepted answers, by the rule's care for capitals and typing mistakes."""
    said = plain(text, bool(rule.get("case")))
    wanted = [plain(one, bool(rule.get("case"))) for one in rule.get("accepted", ())]
    return bool(said) and any(one and distance(said, one) <= typos_allowed(one, rule) for one in wanted)


def typos_allowed(accepted: str, rule: Mapping[str, Any]) -> int:
    """Return how many typing mistakes this accepted answer bears: a short word has hardly any to spare."""
    return min(int(rule.get("typos", 0)), MAX_TYPOS, len(accepted) // LETTERS_PER_TYPO)


def plain(text: str, keep_case: bool) -> str:
    """Return the text as it is compared."""
    line = SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().rstrip(".!").strip()
    return line if keep_case else line.casefold()


def distance(one: str, other: str) -> int:
    """Return the optimal string alignment distance between two texts."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        now = [i]
        for j, b in enumerate(other, start=1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, row = row, now
    return row[-1]


def is_within(text: str, rule: Mapping[str, Any]) -> bool:
    """Return whether the number is the wanted one, give or take the tolerance. Raises NotANumber."""
    number = number_of(text, str(rule.get("unit", "")))
    return abs(number - Decimal(rule["value"])) <= Decimal(rule.get("tolerance") or "0")


def number_of(text: str, unit: str = "") -> Decimal:
    """Return the number in the text; comma and point both mark decimals, the unit may follow. Raises NotANumber."""
    line = SPACES.sub("", unicodedata.normalize("NFKC", text)).translate(MINUS)
    ending = SPACES.sub("", unicodedata.normalize("NFKC", unit))
    if ending and line.casefold().endswith(ending.casefold()):
        line = line[: -len(ending)]
    found = NUMBER.fullmatch(line)
    if found is None:
        raise NotANumber(text)
    return Decimal(f"{found['sign']}{found['whole']}.{found['part'] or '0'}")
