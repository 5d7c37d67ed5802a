"""Make an academy's schema, role and key; keep a few spares ready so that opening one takes no DDL."""

from __future__ import annotations

from core import keystore
from core.config import config
from core.db import schema_name
from core.durable import make_directory
from core.owner import Connection
from tenants.ddl import schema_script
from tenants.locks import hold, share
from tenants.migrate import head_revision


def next_number(owner: Connection) -> int:
    """Return a number that no academy or spare ever had."""
    row = owner.execute("SELECT nextval('local.academy_numbers')").fetchone()
    assert row is not None
    return int(row[0])


def provision_schema(owner: Connection, number: int) -> None:
    """Make key, directory, role, schema, tables and grants of academy `number`, all or nothing; once made, do nothing.

    The key comes first: what a crash leaves then is a key without a schema, which `orphaned_keys` finds.
    """
    with owner.transaction():
        hold(owner, "academy", number)
        if not _stands(owner, number) and not _is_over(owner, number):
            _make(owner, number)


def refill_spares(owner: Connection, target: int) -> int:
    """Make spares until `target` wait at the newest revision; return how many were made. Several may run at once."""
    made = 0
    while _made_one(owner, target):
        made += 1
    return made


def orphaned_keys(owner: Connection) -> list[str]:
    """Return the holders of keys whose schema was never made, because the machine stopped in between."""
    known = owner.execute(
        "SELECT number FROM local.revisions UNION SELECT number FROM core.academies WHERE state <> 'closed'"
    )
    kept = {"core"} | {schema_name(row[0]) for row in known}
    return [holder for holder in keystore.store().holders() if holder not in kept]


def homeless(owner: Connection) -> list[int]:
    """Return the numbers of schemas that have no directory for their files: the disk was changed or not restored."""
    numbers = [row[0] for row in owner.execute("SELECT number FROM local.revisions ORDER BY number")]
    return [number for number in numbers if not (config().files_dir / schema_name(number)).is_dir()]


def _made_one(owner: Connection, target: int) -> bool:
    with owner.transaction():
        hold(owner, "refill")
        if _spares(owner) >= target:
            return False
        number = next_number(owner)
        _make(owner, number)
        owner.execute("INSERT INTO local.spares (number, made_at) VALUES (%s, now())", [number])
    return True


def _spares(owner: Connection) -> int:
    row = owner.execute(
        "SELECT count(*) FROM local.spares JOIN local.revisions USING (number) WHERE revision = %s",
        [head_revision()],
    ).fetchone()
    return int(row[0]) if row else 0


def _stands(owner: Connection, number: int) -> bool:
    return owner.execute("SELECT 1 FROM local.revisions WHERE number = %s", [number]).fetchone() is not None


def _is_over(owner: Connection, number: int) -> bool:
    """Return whether the number is of an academy that was closed in the meantime."""
    over = "SELECT 1 FROM core.academies WHERE number = %s AND state IN ('fenced', 'closed')"
    return owner.execute(over, [number]).fetchone() is not None


def _make(owner: Connection, number: int) -> None:
    """Make key, directory and schema in the caller's transaction; a migration of all waits, or is waited for."""
    keystore.create(schema_name(number))
    make_directory(config().files_dir / schema_name(number))
    share(owner, "revisions")
    owner.execute(
        f"{schema_script(number)}; INSERT INTO local.revisions (number, revision, changed_at)"
        f" VALUES ({number}, '{head_revision()}', now())"
    )
