"""Which rows are a person's: told by the tables themselves, so that a new table takes part by what it declares.

- Rows that hang on the member by ON DELETE CASCADE, however far, are the person's and go.
- Rows that only mention the member (ON DELETE SET NULL) stay without the mention; what such a row declares as
  "anonymise" is written over.
- Rows that know the person by an address alone (`ADDRESSES`) are found by opening it, and go.
- What people are called in running text (`LINES`) loses the lines that begin with the name.
- "keep: why" stays. Whatever fits none of these is told by `unhandled()`, which a test keeps empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from core.db import AcademyBase, academy_metadata
from tenants.files.models import File
from tenants.people.models import Member

ADDRESSES = frozenset({"email", "recipient"})
LINES = frozenset({("certificate_designs", "signers")})
MEMBERS = cast(sa.Table, Member.__table__)
FILES = cast(sa.Table, File.__table__)

Condition = sa.ColumnElement[bool]


def own_rows(member_id: UUID) -> dict[str, Condition]:
    """Return, by the name of the table, the condition that a row is this person's and goes with them."""
    conditions: dict[str, Condition] = {}
    for table in academy_metadata.sorted_tables:
        if table is MEMBERS:
            conditions[table.name] = MEMBERS.c.id == member_id
            continue
        ways = [_hangs_on(key, conditions, member_id) for key in _keys(table, "CASCADE")
                if key.column.table.name in conditions]  # fmt: skip
        if ways:
            conditions[table.name] = sa.or_(*ways)
    return conditions


def _hangs_on(key: sa.ForeignKey, conditions: dict[str, Condition], member_id: UUID) -> Condition:
    if key.column.table is MEMBERS:
        return key.parent == member_id
    return key.parent.in_(sa.select(key.column).where(conditions[key.column.table.name]))


def _keys(table: sa.Table, rule: str) -> list[sa.ForeignKey]:
    return [key for key in table.foreign_keys if key.ondelete == rule]


def file_links() -> list[sa.ForeignKey]:
    """Return every reference to a file."""
    return [key for table in academy_metadata.sorted_tables for key in table.foreign_keys if key.column.table is FILES]


def own_files(member_id: UUID) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """Return the SELECT of the ids of files that the person's rows refer to."""
    own = own_rows(member_id)
    return sa.union(*(
        sa.select(key.parent).where(own[key.parent.table.name], key.parent.is_not(None))
        for key in file_links() if key.parent.table.name in own
    ))  # fmt: skip


def mentions() -> Iterator[tuple[type[Any], sa.Column[Any], list[sa.Column[Any]]]]:
    """Yield (model, reference to a member, columns to write over) of each table whose rows may stay without the person."""
    for model in models():
        table = table_of(model)
        written_over = [column for column in table.columns if column.info["on_erasure"] == "anonymise"]
        for key in _keys(table, "SET NULL"):
            if key.column.table is MEMBERS and written_over:
                yield model, key.parent, written_over


def addressed() -> list[tuple[type[Any], str]]:
    """Return (model, field) of tables that know people by an address; their rows may hang on somebody else too."""
    return [(model, name) for model in models() if table_of(model) is not MEMBERS
            for name in sorted(ADDRESSES) if f"{name}_sealed" in table_of(model).columns]  # fmt: skip


def unhandled() -> list[str]:
    """Return the personal columns ("table.column") and references that no rule of this file deals with."""
    own, known = own_rows(UUID(int=0)), {table_of(model).name for model, _ in addressed()}
    mentioned = {model: columns for model, _, columns in mentions()}
    over = {column for columns in mentioned.values() for column in columns}
    left = []
    for table in academy_metadata.sorted_tables:
        left += [f"{table.name}.{key.parent.name} (SET NULL or CASCADE)" for key in table.foreign_keys
                 if key.column.table is MEMBERS and key.ondelete not in ("CASCADE", "SET NULL")]  # fmt: skip
        if table.name in own or table.name in known:
            continue
        left += [f"{table.name}.{column.name}" for column in table.columns if _is_open(column, over)]
    return left


def _is_open(column: sa.Column[Any], over: set[sa.Column[Any]]) -> bool:
    """Return whether the column of a row that stays says something of a person and nothing deals with it."""
    if column.info["personal"] == "none" or column.info["on_erasure"].startswith("keep:") or column in over:
        return False
    return (column.table.name, field_of(column)) not in LINES


def field_of(column: sa.Column[Any]) -> str:
    """Return the name of the sealed field that the column stores."""
    return column.name.removesuffix("_sealed")


def models() -> list[type[Any]]:
    """Return every model of an academy."""
    return [mapper.class_ for mapper in AcademyBase.registry.mappers]


def table_of(model: type[Any]) -> sa.Table:
    """Return the table of a model."""
    return cast(sa.Table, sa.inspect(model).local_table)
