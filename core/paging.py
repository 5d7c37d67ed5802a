"""Pages of a long list: which rows stand on one, and what its foot says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

Row = TypeVar("Row")
PER_PAGE = 25


def page_of(total: int, wanted: int, per_page: int = PER_PAGE) -> tuple[int, int]:
    """Return the number of the page that is shown, from 1, and where its rows begin, from 0; one too far is the last."""
    number = max(1, min(wanted, -(-total // per_page) or 1))
    return number, (number - 1) * per_page


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list: its rows, how many there are in all, and which page it is, from 1."""

    rows: Sequence[Row]
    total: int
    number: int
    per_page: ClassVar[int] = PER_PAGE

    @property
    def first(self) -> int:
        """Return the place of the first row, from 1; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Return the place of the last row."""
        return (self.number - 1) * self.per_page + len(self.rows)

    @property
    def has_next(self) -> bool:
        """Return whether another page follows."""
        return self.last < self.total
