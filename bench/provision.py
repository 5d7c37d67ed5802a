"""Opening an academy: without a spare against the same DDL as one psql script, with one against one committed row."""

from __future__ import annotations

import itertools
import os
import subprocess
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bench.figures import figure, in_turns
from bench.world import World, account, world
from core import queue
from core.accounts.models import Account
from core.db import CORE, db
from core.owner import owner_connection
from tenants.ddl import tables_script
from tenants.opening import open_academy
from tenants.provision import next_number, provision_schema, refill_spares


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figures of provisioning, in milliseconds per academy."""
    queue.wake = lambda *_: False  # type: ignore[assignment]
    with world() as one:
        return [bare(one, 10 if quick else 40), pool(30 if quick else 200)]


def bare(one: World, rounds: int) -> dict[str, Any]:
    """Return what role, key, schema, tables and grants cost, against psql running the bare DDL in one transaction."""
    numbers = itertools.count(1)
    script = one.home / "bare.sql"
    script.write_text(f"CREATE SCHEMA :name;\nSET search_path = :name;\n{tables_script()}")
    with owner_connection() as owner:
        floor, taken = in_turns(rounds, lambda: psql(one, f"bare_{next(numbers)}"),
                                lambda: provision_schema(owner, next_number(owner)))  # fmt: skip
    return figure("provision.bare", taken, floor)


def psql(one: World, name: str) -> None:
    """Run the bare DDL for a schema of this name."""
    subprocess.run(
        [str(one.postgres.binary("psql")), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-v", f"name={name}",
         "-h", str(one.postgres.socket_dir), "-p", str(one.postgres.port), "-U", "platform_owner",
         "-d", one.postgres.database, "-f", str(one.home / "bare.sql")],
        env={**os.environ, "PGPASSWORD": one.postgres.owner_password}, check=True,
    )  # fmt: skip


def pool(rounds: int) -> dict[str, Any]:
    """Return what an academy costs that takes a spare, owner's row and commit included."""
    owner_id, names = account(), itertools.count(1)
    with owner_connection() as owner:
        refill_spares(owner, rounds + 1)
        owner.execute("CREATE TABLE core.bench (at timestamptz); GRANT INSERT ON core.bench TO core_web")
    floor, taken = in_turns(rounds, one_row, lambda: open_one(owner_id, next(names)))
    return figure("provision.pool", taken, floor)


def one_row() -> None:
    """Commit one row."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.text("INSERT INTO core.bench VALUES (now())"))


def open_one(owner_id: UUID, number: int) -> None:
    """Open an academy, as the page does."""
    with db.scope(CORE, commit=True):
        owner = db.session.get_one(Account, owner_id)
        open_academy("Bakkerij Noord", f"bakkerij-{letters(number)}", owner, "#7a3b1d", "nl")


def letters(number: int) -> str:
    """Return a word for the number, so that no two addresses look alike."""
    return "".join("abcdefghkm"[int(digit)] for digit in f"{number:04d}")
