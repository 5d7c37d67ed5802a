"""One row in each table of an academy that says something of one person, made from what the tables declare."""

from __future__ import annotations

import os
import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from core import clock, ids
from core.db import academy_metadata, db
from core.sealed import columns_for, field, unseal
from tenants.erasure import walk

NAME = "Zephyrine Quakkelstein"
EMAIL = "zephyrine@quakkelstein.example"
# What a table's CHECKs ask for and its types do not tell.
ALSO: dict[str, dict[str, Any]] = {}


def write_rows(member_id: UUID) -> dict[str, dict[str, Any]]:
    """Add a row to every table but members; each reference to a member is the person. Return the keys by table."""
    made: dict[str, dict[str, Any]] = {"members": {"id": member_id}}
    for model in sorted(walk.models(), key=lambda one: academy_metadata.sorted_tables.index(walk.table_of(one))):
        table = walk.table_of(model)
        if table.name != "members":
            made[table.name] = _write(model, table, made)
    return made


def _write(model: type[Any], table: sa.Table, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    row_id = ids.uuid7()
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.info.get("sealed"):
            name = walk.field_of(column)
            values |= columns_for(model, row_id, **{name: _words(table, column, name)})
        elif column.name not in values:
            values |= _plain(table, column, row_id, made)
    values |= ALSO.get(table.name, {})
    try:
        with db.session.begin_nested():
            db.session.execute(sa.insert(table).values(values))
    except sa.exc.IntegrityError as error:
        raise AssertionError(f"say in ALSO what the CHECKs of {table.name} ask for: {error.orig}") from error
    return values | {"id": row_id}


def _words(table: sa.Table, column: sa.Column[Any], name: str) -> str:
    if column.info["on_erasure"].startswith("keep:"):
        return "Words of nobody"
    return EMAIL if name in walk.ADDRESSES else NAME


def _plain(table: sa.Table, column: sa.Column[Any], row_id: UUID, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    for key in column.foreign_keys:
        found = made.get(key.column.table.name)
        return {column.name: found[key.column.name]} if found else {}
    if column.name == "id":
        return {"id": row_id}
    if column.nullable or column.default is not None or column.server_default is not None:
        return {}
    return {column.name: _allowed(table, column) or _of_type(column.type)}


def _allowed(table: sa.Table, column: sa.Column[Any]) -> str | None:
    for check in table.constraints:
        if isinstance(check, sa.CheckConstraint):
            found = re.search(rf"\b{column.name} in \(\s*'([^']+)'", str(check.sqltext))
            if found:
                return found.group(1)
    return None


def _of_type(kind: Any) -> Any:
    if isinstance(kind, JSONB):
        return {}
    if isinstance(kind, sa.ARRAY):
        return []
    if isinstance(kind, sa.LargeBinary):
        return os.urandom(16)
    if isinstance(kind, sa.Uuid):
        return ids.uuid7()
    python = kind.python_type
    known = {datetime: clock.now, date: lambda: clock.now().date(), str: lambda: "x", bool: lambda: False}
    return known[python]() if python in known else python(1)


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Return every row of the academy with its sealed columns opened, by table."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in walk.models():
        table = walk.table_of(model)
        found[table.name] = [_opened(model, dict(row)) for row in db.session.execute(sa.select(table)).mappings()]
    return found


def _opened(model: type[Any], row: dict[str, Any]) -> dict[str, Any]:
    for column in walk.table_of(model).columns:
        if column.info.get("sealed"):
            name = walk.field_of(column)
            row[name] = unseal(model, name, row["id"], row.pop(column.name))
            row.pop(field(model, name).index_column, None)
    return row


def telling(rows: dict[str, list[dict[str, Any]]], *signs: str) -> list[str]:
    """Return the tables in which one of the signs stands anywhere."""
    return sorted({table for table, found in rows.items() for row in found if any(one in repr(row) for one in signs)})
