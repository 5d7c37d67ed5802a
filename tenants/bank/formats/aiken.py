"""Aiken in: a question, lettered answers, and a line ANSWER: with the right letter."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tenants.bank.formats.fit import fitting, shortened
from tenants.bank.formats.question import Notes, ReadChoice, Reading, ReadQuestion, Unfit

ANSWER = re.compile(r"\s*ANSWER\s*:\s*(.*)", re.IGNORECASE)
LETTER = re.compile(r"\s*([A-Za-z])(?:\)(\s*)|\.(\s+))(.*)")  # "A.I. helps" is no answer
LETTERS = re.compile(r"[A-Za-z](?:\s*[,;&+ ]\s*[A-Za-z])*")
MOST_LETTERS = 120  # signs; a longer line is no answer, and would only keep the pattern busy


@dataclass
class _Open:
    """The question being read."""

    line: int = 0
    prompt: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    is_broken: bool = False


def read_aiken(text: str) -> Reading:
    """Return the questions of an Aiken file and the report on it."""
    reading, now, after_gap = Reading(), _Open(), False
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if not bare:
            after_gap = True
            continue
        answer = ANSWER.fullmatch(bare)
        if answer:
            _finish(reading, now, number, answer.group(1))
            now = _Open()
        else:
            now = _gather(reading, now, number, bare, after_gap)
        after_gap = False
    _give_up(reading, now)
    return reading


def _gather(reading: Reading, now: _Open, number: int, bare: str, after_gap: bool) -> _Open:
    """Return the question after one more line, which is an answer, or belongs to its text or to the next question."""
    found = LETTER.fullmatch(bare)
    if found and _is_next(now, found.group(1)):
        now.answers.append(found.group(4).strip())
        return now
    if now.answers and after_gap:
        _give_up(reading, now)
        now = _Open()
    if now.answers:
        now.answers[-1] += f"\n{bare}"
    elif found and not now.prompt and found.group(1).upper() == "A":
        reading.leave(number, "answer_without_question", bare)
    else:
        now.line = now.line or number
        now.prompt.append(bare)
    return now


def _is_next(now: _Open, letter: str) -> bool:
    return bool(now.prompt) and ord(letter.upper()) - ord("A") == len(now.answers)


def _finish(reading: Reading, now: _Open, number: int, answer: str) -> None:
    if not now.prompt:
        reading.leave(number, "answer_without_question", f"ANSWER: {answer}")
        return
    notes = Notes()
    try:
        reading.keep(now.line, _question(now, answer, notes), notes)
    except Unfit as why:
        reading.leave(now.line, why.code, shortened(" ".join(now.prompt)), **why.facts)


def _question(now: _Open, answer: str, notes: Notes) -> ReadQuestion:
    if not now.answers:
        raise Unfit("few_answers")
    answer = answer.strip().rstrip(".)").strip()
    if len(answer) > MOST_LETTERS or not LETTERS.fullmatch(answer):
        raise Unfit("no_right")
    right = {ord(letter.upper()) - ord("A") for letter in re.findall("[A-Za-z]", answer)}
    if max(right) >= len(now.answers):
        raise Unfit("no_right")
    choices = tuple(ReadChoice(text, place in right) for place, text in enumerate(now.answers))
    several = len(right) > 1
    return fitting(ReadQuestion("multiple" if several else "single", "\n".join(now.prompt), choices=choices,
                                rule={"partial": True} if several else {}), notes)  # fmt: skip


def _give_up(reading: Reading, now: _Open) -> None:
    """Note a question that never got its line ANSWER:."""
    if now.prompt:
        reading.leave(now.line, "no_answer_line", shortened(" ".join(now.prompt)))
