"""A new schema: whole, with role, key and grants; spares are made once however many ask; it equals a migrated one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core import keystore
from core.owner import Connection, owner_connection
from tenants import history
from tenants.ddl import tables_script
from tenants.history import START, head_revision, steps
from tenants.migrate import advance, migrate_academies
from tenants.provision import next_number, orphaned_keys, provision_schema, refill_spares
from tests.life.histories import longer
from tests.life.lives import Life

CATALOGUE = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attacl::text
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %(schema)s",
    "objects": """
        SELECT relname, relkind::text, relpersistence::text, pg_get_userbyid(relowner), relacl::text
          FROM pg_class WHERE relnamespace = %(schema)s::regnamespace AND relkind <> 'i'""",
    "schema": """
        SELECT nspacl::text, pg_get_userbyid(nspowner), d.defaclacl::text FROM pg_namespace n
          LEFT JOIN pg_default_acl d ON d.defaclnamespace = n.oid WHERE nspname = %(schema)s""",
}


def catalogue(owner: Connection, number: int) -> dict[str, set[str]]:
    """Return everything the catalogue says of the schema, its own name taken out."""
    name = f"ac_{number}"
    return {
        part: {" | ".join(map(str, row)).replace(name, "ac") for row in owner.execute(query, {"schema": name})}
        for part, query in CATALOGUE.items()
    }


def test_fresh_schema_equals_a_migrated_one(life: Life) -> None:
    """The models make what the history makes, table by table, grant by grant."""
    if head_revision() == START:
        pytest.skip("there is no academy revision yet")
    with owner_connection() as owner:
        fresh, migrated = next_number(owner), next_number(owner)
        provision_schema(owner, fresh)
        empty_schema(owner, migrated)
        advance(owner, migrated, START)
        assert catalogue(owner, migrated) == catalogue(owner, fresh)


def empty_schema(owner: Connection, number: int) -> None:
    """Make the schema as it stands before the first revision: role and grants, no table."""
    provision_schema(owner, number)
    tables = owner.execute("SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'r' AND relnamespace ="
                           " %s::regnamespace", [f"ac_{number}"]).fetchall()  # fmt: skip
    owner.execute(f"DROP TABLE {', '.join(row[0] for row in tables)} CASCADE")
    owner.execute("UPDATE local.revisions SET revision = %s WHERE number = %s", [START, number])


def test_revision_gives_new_tables_to_the_academy(life: Life, tmp_path: Path) -> None:
    with owner_connection() as owner:
        number = next_number(owner)
        provision_schema(owner, number)
        before = head_revision()
        with longer(tmp_path / "m", 'op.create_table("new_rooms", sa.Column("id", sa.Uuid, primary_key=True))'):
            advance(owner, number, before)
        acl = owner.execute(f"SELECT relacl::text FROM pg_class WHERE oid = 'ac_{number}.new_rooms'::regclass").fetchone()
        assert acl is not None and f"ac_{number}=arwd/" in acl[0]
        owner.execute(f"DROP TABLE ac_{number}.new_rooms")
        owner.execute("UPDATE local.revisions SET revision = %s WHERE number = %s", [before, number])


def test_role_reaches_its_own_schema_only(life: Life) -> None:
    with owner_connection() as owner:
        one, other = next_number(owner), next_number(owner)
        provision_schema(owner, one)
        provision_schema(owner, other)
        rights = owner.execute(
            "SELECT has_schema_privilege(%s, %s, 'USAGE'), has_schema_privilege(%s, %s, 'USAGE'),"
            " has_schema_privilege(%s, %s, 'CREATE'), has_table_privilege(%s, %s, 'DELETE'),"
            " has_table_privilege(%s, %s, 'DELETE')",
            [*[f"ac_{one}"] * 2, f"ac_{one}", f"ac_{other}", *[f"ac_{one}"] * 2,
             f"ac_{one}", f"ac_{one}.answers", f"ac_{one}", f"ac_{one}.audit"],
        ).fetchone()  # fmt: skip
        assert rights == (True, False, False, True, False)


def test_several_refills_at_once_make_the_target_once(life: Life) -> None:
    def refill(_: int) -> int:
        with owner_connection() as owner:
            return refill_spares(owner, 4)

    with owner_connection() as owner:
        before = spares(owner)
        with ThreadPoolExecutor(5) as pool:
            assert sum(pool.map(refill, range(5))) == max(0, 4 - before)
        assert spares(owner) == max(before, 4)
        assert all(keystore.exists(f"ac_{row[0]}") for row in owner.execute("SELECT number FROM local.spares"))


def test_failed_provision_leaves_only_a_key_that_the_doctor_finds(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    with owner_connection() as owner:
        number = next_number(owner)
        monkeypatch.setattr("tenants.provision.schema_script", lambda n: f"CREATE SCHEMA ac_{n}; SELECT 1/0")
        with pytest.raises(psycopg.errors.DivisionByZero):
            provision_schema(owner, number)
        monkeypatch.undo()
        assert owner.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [f"ac_{number}"]).fetchone() is None
        assert orphaned_keys(owner) == [f"ac_{number}"]
        provision_schema(owner, number)
        assert orphaned_keys(owner) == []


def test_provisioning_twice_is_provisioning_once(life: Life) -> None:
    with owner_connection() as owner:
        number = next_number(owner)
        provision_schema(owner, number)
        provision_schema(owner, number)
        assert owner.execute("SELECT count(*) FROM local.revisions WHERE number = %s", [number]).fetchone() == (1,)


def test_spares_are_migrated_like_the_rest(life: Life, tmp_path: Path) -> None:
    with owner_connection() as owner:
        refill_spares(owner, 2)
        before = head_revision()
        with longer(tmp_path / "m", 'op.execute("SELECT 1")') as names:
            assert refill_spares(owner, 0) == 0
            migrate_academies()
            revisions = owner.execute("SELECT DISTINCT revision FROM local.revisions").fetchall()
            assert revisions == [(names[0],)]
        owner.execute("UPDATE local.revisions SET revision = %s", [before])


def test_history_and_models_are_read_without_a_database() -> None:
    assert tables_script().count("CREATE TABLE") == len(history.academy_metadata.tables)
    assert all(isinstance(step.sql, str) for step in steps())


def spares(owner: Connection) -> Any:
    """Return how many spares wait."""
    row = owner.execute("SELECT count(*) FROM local.spares").fetchone()
    assert row is not None
    return row[0]
