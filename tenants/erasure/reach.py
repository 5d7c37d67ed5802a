"""Which rows are somebody's: found in the tables' own foreign keys, so that a new table cannot be forgotten.

A row is a person's own when it goes with them: a chain of `ON DELETE CASCADE` leads from it to `members`. A row that only
names them (`ON DELETE SET NULL`) stays and forgets who it was. What leads nowhere and is personal all the same (a letter
holds an address) is found by a step in `actions`; tests/erasure walks every column and fails on one that nobody reaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from core.db import academy_metadata

MEMBERS = "members"


@cache
def own_tables() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return, by table, the pairs (column, table above) by which its rows go with a person; `members` itself first."""
    found: dict[str, tuple[tuple[str, str], ...]] = {MEMBERS: ()}
    for table in academy_metadata.sorted_tables:
        up = tuple(
            (key.parent.name, key.column.table.name)
            for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
            if key.ondelete == "CASCADE" and key.column.table.name in found
        )
        if up:
            found[table.name] = up
    return found


def rows_of(name: str, member_id: UUID) -> sa.ColumnElement[bool]:
    """Return the condition "this row of the table is the member's own"."""
    table = academy_metadata.tables[name]
    if name == MEMBERS:
        return table.c.id == member_id
    return sa.or_(*(_by(table.c[column], above, member_id) for column, above in own_tables()[name]))


def _by(column: sa.Column[UUID], above: str, member_id: UUID) -> sa.ColumnElement[bool]:
    if above == MEMBERS:
        return column == member_id
    parent = academy_metadata.tables[above]
    return column.in_(sa.select(parent.c.id).where(rows_of(above, member_id)))


def counts_of(member_id: UUID) -> sa.Select[tuple[int, ...]]:
    """Return the SELECT of one row: how many rows of each table go with the member, a column for each table."""
    counted = [
        sa.select(sa.func.count()).select_from(academy_metadata.tables[name]).where(rows_of(name, member_id))
        .scalar_subquery().label(name)
        for name in own_tables()
    ]  # fmt: skip
    return sa.select(*counted)


def files_of(member_id: UUID) -> sa.Select[UUID]:
    """Return the SELECT of the ids of files that the member's own rows hold: what they handed in, what was made for them."""
    files = academy_metadata.tables["files"]
    held = [
        files.c.id.in_(sa.select(table.c[column]).where(rows_of(table.name, member_id)))
        for table, column in _file_columns() if table.name in own_tables()
    ]  # fmt: skip
    return sa.select(files.c.id).where(sa.or_(sa.false(), *held))


def _file_columns() -> Iterator[tuple[sa.Table, str]]:
    for table in academy_metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "files":
                yield table, key.parent.name
