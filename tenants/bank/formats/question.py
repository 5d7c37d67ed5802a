"""A question between formats, and the fidelity report: what came over, what changed, what did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

What = Literal["came over", "changed", "left out"]
WHOLE, CHANGED, LEFT = "came over", "changed", "left out"
MOST_QUESTIONS = 20_000
MOST_LINES = 60_000


@dataclass(frozen=True)
class ReadChoice:
    """An answer that can be chosen; `share` is its part of the points in percent, where the format says one."""

    text: str
    is_right: bool = False
    feedback: str = ""
    share: Decimal | None = None


@dataclass(frozen=True)
class ReadQuestion:
    """A question in plain text; `kind` and `rule` as `tenants.courses.models.Question` describes them."""

    kind: str
    prompt: str
    name: str = ""
    tags: tuple[str, ...] = ()
    choices: tuple[ReadChoice, ...] = ()
    feedback_right: str = ""
    feedback_again: str = ""
    hint: str = ""
    rule: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One remark of the report: where in the file (a line, or the number of a question or row), what became of it, a
    code for why, and facts for the sentence. `question` is the place in `Reading.questions`, None when it did not come over."""

    line: int
    what: str
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    question: int | None = None


class Unfit(Exception):
    """This question cannot come over; `code` and `facts` say why. The next ones still can."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class Unreadable(Exception):
    """The file as a whole cannot be read; `code` and `facts` say why."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass
class Notes:
    """What changes in one question while it is read or written, each remark once."""

    found: dict[tuple[str, str], Mapping[str, str | int]] = field(default_factory=dict)

    def changed(self, code: str, **facts: str | int) -> None:
        """Note that something is kept in another way."""
        self.found.setdefault((CHANGED, code), facts)

    def lost(self, code: str, **facts: str | int) -> None:
        """Note that a part of the question is left out."""
        self.found.setdefault((LEFT, code), facts)


@dataclass
class Reading:
    """The questions that a file holds, and the report on it."""

    questions: list[ReadQuestion] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def keep(self, line: int, question: ReadQuestion, notes: Notes) -> None:
        """Add a question with what changed in it. Raises Unreadable when there are too many."""
        if len(self.questions) >= MOST_QUESTIONS:
            raise Unreadable("too_many", most=MOST_QUESTIONS)
        place = len(self.questions)
        self.questions.append(question)
        remarks = [Line(line, what, code, facts, place) for (what, code), facts in notes.found.items()]
        self.lines.extend(remarks or [Line(line, WHOLE, "whole", {}, place)])

    def leave(self, line: int, code: str, title: str = "", **facts: str | int) -> None:
        """Note a question or a piece of the file that does not come over. Raises Unreadable when there are too many."""
        if len(self.lines) >= MOST_LINES:
            raise Unreadable("too_many", most=MOST_QUESTIONS)
        more = {"title": title[:80]} if title else {}
        self.lines.append(Line(line, LEFT, code, {**more, **facts}))

    def remark(self, line: int, code: str, **facts: str | int) -> None:
        """Note something that concerns the whole file or what follows."""
        self.lines.append(Line(line, CHANGED, code, facts))
