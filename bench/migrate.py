"""Adding a column to every academy, against a loop of bare ALTERs in one transaction on one connection."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from bench.figures import figure, ms
from bench.world import world
from core.owner import Connection, owner_connection
from tenants.migrate import head_revision, migrate_academies
from tenants.provision import next_number, provision_schema
from tests.life.histories import longer

ROUNDS = 5


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figures of migrating 200 and 1,000 academies, in milliseconds for all of them."""
    found = []
    with world(), owner_connection() as owner:
        for count in (50, 200) if quick else (200, 1000):
            fill(owner, count)
            found.append(measured(owner, count))
    return found


def fill(owner: Connection, count: int) -> None:
    """Provision academies until there are `count`."""
    row = owner.execute("SELECT count(*) FROM local.revisions").fetchone()
    for _ in range(count - (row[0] if row else 0)):
        provision_schema(owner, next_number(owner))


def measured(owner: Connection, count: int) -> dict[str, Any]:
    """Return the figure of so many academies."""
    before, taken, floor = head_revision(), [], []
    for number in range(ROUNDS):
        floor.append(ms(lambda number=number: bare_loop(owner, f"bare_{count}_{number}")))  # type: ignore[misc]
        add = f'op.add_column("courses", sa.Column("new_{count}_{number}", sa.Text))'
        with tempfile.TemporaryDirectory() as where, longer(Path(where) / "m", add):
            taken.append(ms(migrate))
        owner.execute("UPDATE local.revisions SET revision = %s", [before])
        owner.execute("VACUUM local.revisions")
    return figure(f"migrate.{count}", taken, floor)


def migrate() -> None:
    """Migrate all. Raises RuntimeError if one stopped."""
    report = migrate_academies()
    if report.failed:
        raise RuntimeError(str(report.failed))


def bare_loop(owner: Connection, column: str) -> None:
    """Add a column to each schema, one statement at a time."""
    numbers = [row[0] for row in owner.execute("SELECT number FROM local.revisions ORDER BY number")]
    with owner.transaction():
        for number in numbers:
            owner.execute(f"ALTER TABLE ac_{number}.courses ADD COLUMN {column} text")
