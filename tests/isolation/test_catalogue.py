"""T05 and T10: the house knows each function of the catalogue and each table in the database."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

import core.models
from core.owner import connect
from tenants.models import academy_metadata
from tests.opened import Opened

KNOWN = Path(__file__).parent / "known_functions.txt"


def test_T05_every_function_of_the_catalogue_is_known(owner_url: str) -> None:
    known = set(KNOWN.read_text().split())
    with connect(owner_url) as owner:
        rows = owner.execute(
            "SELECT DISTINCT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'pg_catalog'"
        ).fetchall()
    new = {row[0] for row in rows} - known
    assert not new, f"look whether one of these runs SQL text, then add it to {KNOWN.name}: {sorted(new)}"


def test_T05_no_function_outside_the_catalogue_is_open_to_an_academy(owner_url: str, academy: Opened) -> None:
    with connect(owner_url) as owner:
        rows = owner.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
            "   AND has_schema_privilege(%(role)s, n.oid, 'USAGE')"
            "   AND has_function_privilege(%(role)s, p.oid, 'EXECUTE')",
            {"role": academy.scope.role},
        ).fetchall()
    assert all(row[0].startswith("local.") for row in rows), rows
    assert rows, "an academy must be able to queue work"


@pytest.mark.parametrize("schema", ["core", "local"])
def test_T10_every_table_in_the_database_is_declared(owner_url: str, schema: str) -> None:
    declared = {t.name for m in (core.models.core_metadata, core.models.local_metadata)
                for t in m.sorted_tables if t.schema == schema}  # fmt: skip
    assert tables_in(owner_url, schema) - {"alembic_version"} == declared


def test_T10_every_table_of_an_academy_is_declared(owner_url: str, academy: Opened) -> None:
    assert tables_in(owner_url, academy.scope.role) == {t.name for t in academy_metadata.sorted_tables}


def test_T10_nothing_lives_outside_the_known_schemas(owner_url: str) -> None:
    with connect(owner_url) as owner:
        rows = owner.execute(
            "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_schema !~ '^(pg_|ac_[0-9]+$)'"
        ).fetchall()
    assert {row[0] for row in rows} <= {"core", "local", "information_schema"}


def tables_in(url: str, schema: str) -> set[str]:
    """Return the names of the tables in `schema`."""
    with connect(url) as owner:
        rows = owner.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
    return {row[0] for row in rows}


def every_column() -> list[sa.Column[object]]:
    """Return every column of every declared table."""
    metadatas = (core.models.core_metadata, core.models.local_metadata, academy_metadata)
    return [column for m in metadatas for table in m.sorted_tables for column in table.columns]


@pytest.mark.parametrize("column", every_column(), ids=str)
def test_T41_every_column_says_what_it_is(column: sa.Column[object]) -> None:
    info = column.info
    assert info.get("purpose"), f"{column} says no purpose"
    assert info.get("personal") in ("none", "identifying", "content")
    assert info.get("retention")
    verb = (info.get("on_erasure") or "").split(":")[0]
    assert verb in ("delete", "anonymise", "keep")
    if info["personal"] != "none":
        assert info.get("sealed") or info.get("why_plain"), f"{column} is personal, in plain text and unjustified"
