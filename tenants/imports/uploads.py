"""Reads that every kind of imported file shares: how many of its rows have which fate, and one page of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db

PER_PAGE = 100


@dataclass(frozen=True)
class Counts:
    """How many rows of a file have which fate."""

    by_fate: dict[str, int]

    def __getitem__(self, fate: str) -> int:
        return self.by_fate.get(fate, 0)

    @property
    def total(self) -> int:
        """Return how many rows there are."""
        return sum(self.by_fate.values())

    @property
    def done(self) -> int:
        """Return how many rows of those to be taken over have been looked at."""
        return self.total - self["waiting"] - self["wrong"]


def counted(row: Any, import_id: UUID) -> Counts:
    """Return how many rows (of the class `row`) of an upload have which fate."""
    wanted = sa.select(row.fate, sa.func.count()).where(row.import_id == import_id).group_by(row.fate)
    return Counts({fate: number for fate, number in db.session.execute(wanted)})


def page_of_rows(row: Any, import_id: UUID, page: int, fates: Collection[str] = ()) -> list[Any]:
    """Return one page of the rows in the order of the file, only of these fates if there are any."""
    wanted = sa.select(row).where(row.import_id == import_id)
    if fates:
        wanted = wanted.where(row.fate.in_(fates))
    found = wanted.order_by(row.line).limit(PER_PAGE).offset((max(1, page) - 1) * PER_PAGE)
    return list(db.session.scalars(found))
