"""What a survey may ask, what counts as an answer, and what of the results may be shown. No database, no Flask.

A result is shown from five answers on. A part of the results (some months) is shown only if every other part
has five answers too, or none: else the difference to the whole would show what is hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid4

KINDS = ("scale", "nps", "single", "multiple", "open")
CHOICES = ("single", "multiple")
SCORES = {"scale": range(1, 6), "nps": range(11)}
FEWEST = 5
MAX_QUESTIONS = 30
MAX_OPTIONS = 20
MAX_PROMPT = 1_000
MAX_LINE = 200
MAX_WORDS = 4_000
EDITORS = frozenset({"author", "manager", "owner"})
READERS = frozenset({"trainer", "author", "manager", "owner"})

Question = Mapping[str, Any]
Given = dict[str, dict[str, Any]]


class NotAnAnswer(ValueError):
    """A question does not have this answer: it was changed, or the form was made by hand."""


def new_question(kind: str, prompt: str = "") -> dict[str, Any]:
    """Return an empty question."""
    return {"id": str(uuid4()), "kind": kind, "prompt": prompt, "low": "", "high": "", "options": []}


def options_of(text: str, known: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the options written one per line. One that only changed its words or place keeps its id, so that
    answers already given still count for it."""
    lines = list(dict.fromkeys(" ".join(line.split())[:MAX_LINE] for line in text.splitlines() if line.strip()))
    lines = lines[:MAX_OPTIONS]
    ids = {option["text"]: option["id"] for option in known}
    free = [option["id"] for option in known if option["text"] not in lines]
    reworded = len(lines) == len(known)
    return [
        {"id": ids.get(line) or (free.pop(0) if reworded and free else str(uuid4())), "text": line} for line in lines
    ]


def problem_of(questions: Sequence[Question]) -> str | None:
    """Return what keeps a survey from being published: "no_questions", "no_prompt", "few_options"; or None."""
    if not questions:
        return "no_questions"
    if not all(question["prompt"].strip() for question in questions):
        return "no_prompt"
    few = any(question["kind"] in CHOICES and len(question["options"]) < 2 for question in questions)
    return "few_options" if few else None


def pressed(questions: Sequence[dict[str, Any]], button: str) -> list[dict[str, Any]]:
    """Return the questions after the button: `add:<kind>`, `up:<id>`, `down:<id>` or `remove:<id>`."""
    verb, _colon, what = button.partition(":")
    found = list(questions)
    if verb == "add" and what in KINDS and len(found) < MAX_QUESTIONS:
        return [*found, new_question(what)]
    at = next((n for n, question in enumerate(found) if question["id"] == what), None)
    if at is None:
        return found
    moved = found.pop(at)
    if verb != "remove":
        found.insert(max(0, at + {"up": -1, "down": 1}.get(verb, 0)), moved)
    return found


def given_in(questions: Sequence[Question], sent: Callable[[str], list[str]]) -> Given:
    """Return what was answered, by question id; `sent(id)` gives the values of the form. Raises NotAnAnswer."""
    found: Given = {}
    for question in questions:
        values = [value.replace("\x00", "") for value in sent(question["id"]) if value.strip()]
        if values:
            found[question["id"]] = _answer(question, values)
    return found


def _answer(question: Question, values: list[str]) -> dict[str, Any]:
    kind = question["kind"]
    if kind == "open":
        words = values[0].replace("\r\n", "\n").strip()
        if len(words) > MAX_WORDS:
            raise NotAnAnswer("too long")
        return {"words": words}
    if kind in SCORES:
        if not values[0].isascii() or not values[0].isdigit() or int(values[0][:3]) not in SCORES[kind]:
            raise NotAnAnswer("no such score")
        return {"score": int(values[0])}
    chosen = sorted(set(values))
    if not {option["id"] for option in question["options"]}.issuperset(chosen) or (kind == "single" and len(chosen) > 1):
        raise NotAnAnswer("no such option")
    return {"options": chosen}


def is_enough(number: int) -> bool:
    """Return whether so many answers may be shown."""
    return number >= FEWEST


def month_of(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def spans_of(months: Mapping[date, int]) -> list[tuple[date, ...]]:
    """Return the months in spans of at least five answers each, in order; [] when that gives fewer than two."""
    spans: list[list[date]] = []
    open_, number = [], 0
    for month in sorted(months):
        open_.append(month)
        number += months[month]
        if is_enough(number):
            spans.append(open_)
            open_, number = [], 0
    if open_ and spans:
        spans[-1].extend(open_)
    return [tuple(span) for span in spans] if len(spans) > 1 else []


def may_split(months: Mapping[date, int], spans: Iterable[Iterable[date]]) -> bool:
    """Return whether a question's answers may be shown span by span: five in each, or none."""
    numbers = [sum(months.get(month, 0) for month in span) for span in spans]
    return all(number == 0 or is_enough(number) for number in numbers)


def average_of(scores: Mapping[int, int]) -> Decimal | None:
    """Return the mean of (score -> how often), to one decimal place; None without answers."""
    number = sum(scores.values())
    if not number:
        return None
    total = Decimal(sum(score * times for score, times in scores.items()))
    return (total / number).quantize(Decimal("0.1"), ROUND_HALF_UP)


def nps_of(scores: Mapping[int, int]) -> int | None:
    """Return the net promoter score, -100 to 100: share of 9 and 10 minus share of 0 to 6; None without answers."""
    number = sum(scores.values())
    if not number:
        return None
    promoters = sum(times for score, times in scores.items() if score >= 9)
    critics = sum(times for score, times in scores.items() if score <= 6)
    return int((Decimal(100 * (promoters - critics)) / number).quantize(Decimal(1), ROUND_HALF_UP))


def percent_of(part: int, whole: int) -> int:
    """Return the share in whole percent, 0 of nothing."""
    return int((Decimal(100 * part) / whole).quantize(Decimal(1), ROUND_HALF_UP)) if whole else 0


def tally(values: Iterable[Any]) -> Counter[Any]:
    """Return how often each value occurs."""
    return Counter(values)


def uuid_of(text: str) -> UUID | None:
    """Return the id that the text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
