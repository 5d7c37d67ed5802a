"""Questions of the bank as a file of another maker's format, with a report of what that format cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tenants.bank.content import problem_of, read_of
from tenants.bank.formats.gift_write import write_gift
from tenants.bank.formats.moodle_xml_write import write_moodle_xml
from tenants.bank.formats.question import CHANGED, LEFT, Line, ReadQuestion
from tenants.bank.models import BankItem

WRITERS: dict[str, Callable[[Sequence[ReadQuestion]], tuple[str, list[Line]]]] = {
    "gift": write_gift, "moodle_xml": write_moodle_xml,
}  # fmt: skip
SUFFIXES = {"gift": ("gift.txt", "text/plain"), "moodle_xml": ("xml", "application/xml")}


@dataclass(frozen=True)
class Exported:
    """The file and its report; `lines` name each question by its number from 1 in the list of titles."""

    text: str
    lines: list[Line]
    titles: list[str]

    @property
    def changed(self) -> int:
        """Return how many questions the format holds in another way."""
        return len({line.line for line in self.lines if line.question is not None and line.what in (CHANGED, LEFT)})

    @property
    def left(self) -> int:
        """Return how many questions the format cannot hold."""
        return sum(line.question is None for line in self.lines)

    @property
    def whole(self) -> int:
        """Return how many questions go over as they are."""
        return len(self.titles) - self.changed - self.left


def gather(items: Sequence[BankItem]) -> list[tuple[ReadQuestion, bool]]:
    """Return the items as the formats write them, and whether each is ready to be asked."""
    return [(read_of(item.title, item.tags, question), problem_of(question) is None)
            for item in items for question in [item.question]]  # fmt: skip


def write(form: str, gathered: Sequence[tuple[ReadQuestion, bool]]) -> Exported:
    """Return the file and its report; what is not finished is left out. Needs no database."""
    ready = [place for place, (_question, is_ready) in enumerate(gathered) if is_ready]
    text, lines = WRITERS[form]([gathered[place][0] for place in ready])
    moved = [Line(ready[line.line - 1] + 1, line.what, line.code, line.facts, line.question) for line in lines]
    unfinished = [Line(place + 1, LEFT, "unfinished") for place, (_q, is_ready) in enumerate(gathered) if not is_ready]
    return Exported(text, sorted([*moved, *unfinished], key=lambda line: line.line), [q.name for q, _ready in gathered])
