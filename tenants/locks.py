"""Advisory locks of the academies' life. They end with the transaction: a session's lock through PgBouncer
was granted twice."""

from __future__ import annotations

from typing import Literal

from core.owner import Connection

What = Literal["refill", "revisions", "academy", "rotation"]
# The first word of each pair; the second is an academy's number, or 0.
SPACES: dict[What, int] = {"refill": 0x4B770001, "revisions": 0x4B770002, "academy": 0x4B770003, "rotation": 0x4B770004}


def hold(connection: Connection, what: What, number: int = 0) -> None:
    """Wait for the lock and hold it until the transaction ends."""
    connection.execute(f"SELECT pg_advisory_xact_lock({SPACES[what]}, {int(number)})")


def share(connection: Connection, what: What) -> None:
    """Hold the lock together with others who share it; who holds it alone keeps us out."""
    connection.execute(f"SELECT pg_advisory_xact_lock_shared({SPACES[what]}, 0)")


def try_hold(connection: Connection, what: What, number: int = 0) -> bool:
    """Return whether the lock was free and is now ours until the transaction ends."""
    row = connection.execute(f"SELECT pg_try_advisory_xact_lock({SPACES[what]}, {int(number)})").fetchone()
    return bool(row and row[0])
