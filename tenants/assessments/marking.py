"""Points of a sitting: exact fractions, rounded only to be stored or shown, and then down. Without a database.

A question earns its share (learning/grading.py) of what it is worth; what a trainer gave goes before. Percentages are cut
to two decimals, and a pass mark has no more than two: so what is shown reaches the mark exactly when the test is passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from tenants.courses.gaps import gaps_of
from tenants.learning.answering import choices_of
from tenants.learning.grading import READ_BY_TRAINERS, NotANumber, share

Given = Mapping[str, Any]
Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Marked:
    """One question of a sitting: what it is worth, what it earned (None: a trainer has to say), whether it is right."""

    question_id: str
    worth: Fraction
    points: Fraction | None
    is_given: bool

    @property
    def is_right(self) -> bool | None:
        """Return whether all points were earned; None while that waits."""
        return None if self.points is None else self.points == self.worth

    @property
    def waits(self) -> bool:
        """Return whether a trainer has to give it points."""
        return self.points is None


@dataclass(frozen=True)
class Total:
    """What a sitting earned so far, of how much, and how many questions wait for a trainer."""

    points: Fraction
    most: Fraction
    waiting: int

    @property
    def percent(self) -> Fraction:
        """Return the exact percentage, 0 when nothing could be earned."""
        return self.points * 100 / self.most if self.most else Fraction(0)

    def passes(self, pass_percent: Decimal) -> bool:
        """Return whether the exact percentage reaches the mark."""
        return self.percent >= Fraction(pass_percent)


def is_given(given: Given | None) -> bool:
    """Return whether anything was chosen or written."""
    return given is not None and any(given.values())


def marked(asked: Asked, given: Given | None, by_trainer: Decimal | None = None) -> Marked:
    """Return one question marked; `asked` is {question, worth}. Nothing given earns nothing, whatever the kind."""
    question, worth = asked["question"], Fraction(Decimal(asked["worth"]))
    points: Fraction | None = Fraction(0)
    if by_trainer is not None:
        points = min(worth, max(Fraction(0), Fraction(by_trainer)))
    elif is_given(given):
        points = None if question["kind"] in READ_BY_TRAINERS else worth * _share(question, given or {})
    return Marked(question["id"], worth, points, is_given(given))


def _share(question: Given, given: Given) -> Fraction:
    try:
        return share(question, given) or Fraction(0)
    except NotANumber:
        return Fraction(0)


def total_of(marks: Iterable[Marked]) -> Total:
    """Return the sum, exactly."""
    points, most, waiting = Fraction(0), Fraction(0), 0
    for one in marks:
        points, most, waiting = points + (one.points or 0), most + one.worth, waiting + one.waits
    return Total(points, most, waiting)


def cut(value: Fraction, places: int = 2) -> Decimal:
    """Return the value cut (not rounded up) to so many decimals."""
    exact = Decimal(value.numerator * 10**places // value.denominator)
    return exact.scaleb(-places).quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)


def right_given(question: Given) -> dict[str, Any]:
    """Return a right answer in the shape of what is given; {} where a trainer reads it."""
    rule, kind = question.get("rule") or {}, question["kind"]
    if kind in READ_BY_TRAINERS:
        return {}
    if kind == "short":
        return {"text": " / ".join(rule.get("accepted", ()))}
    if kind == "number":
        tolerance = f" ± {rule['tolerance']}" if Decimal(rule.get("tolerance") or "0") else ""
        return {"text": " ".join(filter(None, (f"{rule['value']}{tolerance}", rule.get("unit", ""))))}
    if kind == "matching":
        return {"places": {pair["id"]: pair["right"] for pair in rule.get("pairs", ())}}
    if kind == "ordering":
        return {"places": {item["id"]: str(n) for n, item in enumerate(rule.get("items", ()), start=1)}}
    if kind == "gaps":
        return {"places": {gap.key: " / ".join(gap.accepted) for gap in gaps_of(rule.get("text", ""))}}
    return {"choices": [choice["id"] for choice in choices_of(question) if choice["is_right"]]}
