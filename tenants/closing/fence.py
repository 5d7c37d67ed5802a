"""The fence: nobody enters the academy any more, who is inside goes out, and its waiting work is cancelled.

A transaction that was open when the role was revoked may still write: REVOKE does not end it. So every right on
the tables is taken as well, which stops a transaction that has touched nothing yet; one that has touched a table
holds a lock on it until its end, and pg_locks shows it. Those are waited out, then ended.
"""

from __future__ import annotations

import time

from core import clock
from core.academies.actions import CHANGED
from core.foundation import APP
from core.owner import Connection
from tenants.closing.state import State

GRACE_S, PATIENCE_S, PAUSE_S = 3.0, 15.0, 0.05

INSIDE = """
SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
  JOIN pg_catalog.pg_class c ON c.oid = l.relation
 WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s) AND a.usename = %s
"""


class StillInside(RuntimeError):
    """Transactions in the academy did not end in time; the step is done again later."""


def wait(owner: Connection, state: State) -> str:
    """Stay until the days to undo are over."""
    return "fence" if clock.now() >= state.undo_until else "waiting"


def shut(owner: Connection, state: State) -> str:
    """Take the academy off its host, the role from the application, and every right from the role."""
    role = state.schema
    owner.execute("UPDATE core.academies SET state = 'fenced' WHERE number = %s", [state.number])
    owner.execute(f"SELECT pg_notify('{CHANGED}', '{state.number}')")
    if role_stands(owner, role):
        owner.execute(f"""
            REVOKE {role} FROM {APP};
            REVOKE ALL ON ALL TABLES IN SCHEMA {role} FROM {role};
            REVOKE ALL ON SCHEMA {role}, local FROM {role};
        """)
    return "drain"


def drain(owner: Connection, state: State) -> str:
    """Wait for the transactions that hold a table of the academy, then end them. Raises StillInside."""
    started = time.monotonic()
    ended: set[int] = set()
    while inside := _inside(owner, state):
        waited = time.monotonic() - started
        if waited > PATIENCE_S:
            raise StillInside(f"academy {state.number}: {len(inside)} transactions")
        if waited > GRACE_S:
            ended |= _end(owner, inside - ended)
        time.sleep(PAUSE_S)
    state.receipt["transactions_ended"] = state.receipt.get("transactions_ended", 0) + len(ended)
    return "cancel"


def cancel_work(owner: Connection, state: State) -> str:
    """Forget the academy's waiting work and the passes into it."""
    state.receipt["work_cancelled"] = forget_work(owner, state.number)
    owner.execute("DELETE FROM core.handoffs WHERE number = %s", [state.number])
    return "export"


def forget_work(owner: Connection, number: int) -> int:
    """Return how many rows of unfinished work were deleted; finished rows go too, uncounted."""
    open_rows = owner.execute(
        "DELETE FROM local.outbox WHERE number = %s AND done_at IS NULL AND failed_at IS NULL", [number]
    ).rowcount
    owner.execute("DELETE FROM local.outbox WHERE number = %s", [number])
    return open_rows


def role_stands(owner: Connection, name: str) -> bool:
    """Return whether the role exists; an academy closed before it got its schema has none."""
    return owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None


def _inside(owner: Connection, state: State) -> set[int]:
    return {row[0] for row in owner.execute(INSIDE, [state.schema, APP])}


def _end(owner: Connection, pids: set[int]) -> set[int]:
    for pid in pids:
        owner.execute("SELECT pg_terminate_backend(%s)", [pid])
    return pids
