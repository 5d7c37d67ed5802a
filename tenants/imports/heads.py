"""What every imported table has in common: how large it may be, which known column stands where, and when it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

MOST_ROWS, MOST_CELL = 5_000, 320
Columns = Mapping[str, tuple[str, ...]]


class NotReadable(ValueError):
    """The file is no table of the kind that was asked for; `why` is a word for the sentence to show."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Head:
    """Which column stands where; what is known and not taken over; how many columns nobody recognises."""

    places: Mapping[str, int]
    left_out: tuple[str, ...]
    strange: int


def head_of(
    cells: Sequence[str], columns: Columns, left_out: Collection[str], needs: Sequence[tuple[Collection[str], str]]
) -> Head:
    """Return what the first row says. `columns`: the words for each; `needs`: one of these, else this word says why not.
    Raises NotReadable, also for a column that stands there twice."""
    names = {known: name for name, all_ in columns.items() for known in all_}
    found = [names.get(re.sub(r"[^a-z]", "", cell.casefold())) for cell in cells]
    known = [one for one in found if one]
    for wanted, why in needs:
        if not set(wanted) & set(known):
            raise NotReadable(why)
    if len(set(known)) < len(known):
        raise NotReadable("column_twice")
    strange = sum(1 for cell, one in zip(cells, found, strict=True) if cell.strip() and one is None)
    places = {one: place for place, one in enumerate(found) if one and one not in left_out}
    return Head(places, tuple(one for one in left_out if one in known), strange)


def cells_by_name(cells: Sequence[str], head: Head) -> Callable[[str], str]:
    """Return what gives the text of a row under a column, without double spaces; empty where there is none."""

    def cell(name: str) -> str:
        place = head.places.get(name, len(cells))
        return " ".join(cells[place].split()) if place < len(cells) else ""

    return cell


def plain_title(title: str) -> str:
    """Return the title as it is compared: case and double spaces do not matter."""
    return " ".join(title.casefold().split())
