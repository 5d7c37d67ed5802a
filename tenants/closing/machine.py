"""The closing of one academy, step by step; each step and its own advance are one transaction.

Killed at any point and run again, by one process or by five at once, it ends closed, once: every transaction
holds the academy's lock, reads the step that stands in core.closings, and does only that.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from core import clock
from core.owner import Connection
from tenants.closing import crash, drop, ending, export, fence
from tenants.closing.state import State, locked, written
from tenants.locks import hold

log = structlog.get_logger("kweek.closing")

# Each act returns the step to do next: the next one in this order, or its own name when there is more to do.
ACTS: dict[str, Callable[[Connection, State], str]] = {
    "waiting": fence.wait,
    "fence": fence.shut,
    "drain": fence.drain,
    "cancel": fence.cancel_work,
    "export": export.export,
    "drop": drop.drop_some,
    "files": ending.delete_files,
    "key": ending.destroy_key,
}


def close_academy(owner: Connection, number: int) -> str | None:
    """Go on with the closing as far as it goes now; return the step reached, "done" at the end, None if there is none.

    Raises what stopped a step, such as LockNotAvailable or OSError; a later run does that step again.
    """
    while True:
        step, moves = run_step(owner, number)
        if not moves:
            return step


def run_step(owner: Connection, number: int) -> tuple[str | None, bool]:
    """Do the step that stands there; return the step that stands then, and whether to go on at once."""
    with owner.transaction():
        hold(owner, "academy", number)
        state = locked(owner, number)
        if state is None or state.step == "done":
            return state.step if state else None, False
        crash.point(f"{state.step}:begun")
        before, state.step = state.step, ACTS[state.step](owner, state)
        if state.step != before:
            state.receipt.setdefault("steps", {})[before] = clock.now().isoformat(timespec="seconds")
        written(owner, state)
        crash.point(f"{before}:done")
    crash.point(f"{before}:advanced")
    log.info("closing_step", number=number, done=before, next=state.step)
    return state.step, state.step not in ("waiting", "done")
