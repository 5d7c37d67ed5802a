"""When an answer counts as right: exact, the same for everyone, without a database.

Words: Unicode NFKC, one space between words, no full stop at the end, capitals ignored unless they matter, and as
many typing mistakes as the author allows (optimal string alignment distance: a wrong, missing, extra or swapped
letter is one), but never more than one for each four letters. Numbers: exact decimals within a tolerance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any

LETTERS_PER_TYPO = 4
MAX_TYPOS = 2
MAX_SHORT = 500
NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,18})(?:[.,](?P<part>[0-9]{1,12}))?", re.ASCII)
MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
SPACES = re.compile(r"[\s\u00a0\u202f]+")


class NotANumber(ValueError):
    """The text cannot be read as one number."""


def grade(question: Mapping[str, Any], given: Mapping[str, Any]) -> bool | None:
    """Return whether `given` ({choices: [id]} or {text}) is right; None for an open question, which a trainer reads."""
    kind, rule = question["kind"], question.get("rule") or {}
    if kind == "open":
        return None
    if kind == "short":
        return is_accepted(given.get("text", ""), rule)
    if kind == "number":
        return is_within(given.get("text", ""), rule)
    right = {choice["id"] for choice in question["choices"] if choice["is_right"]}
    return are_right(kind, right, set(given.get("choices", ())))


def are_right(kind: str, right: Set[str], given: Set[str]) -> bool:
    """Return whether exactly the right choices are given; of several right ones a single choice takes one."""
    if kind == "multiple":
        return bool(right) and given == right
    return len(given) == 1 and given <= right


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
