"""A worker as `python -m jobs.worker`, with leases of two seconds and a few jobs for tests."""

from __future__ import annotations

import os
import signal
import sys
import time

import sqlalchemy as sa

from core import queue

queue.LEASE_S = 2

from core.db import db  # noqa: E402
from jobs.worker import main  # noqa: E402

COUNT = sa.text(
    "INSERT INTO settings (name, value) VALUES (:name, '1')"
    " ON CONFLICT (name) DO UPDATE SET value = to_jsonb(CAST(settings.value AS int) + 1)"
)


@queue.job("test.count")
def count(place: int, rest_ms: int) -> None:
    """Add one to the counter `place`, slowly: an effect that shows how often it happened."""
    db.session.execute(COUNT, {"name": f"count-{place}"})
    time.sleep(rest_ms / 1000)


@queue.job("test.freeze")
def freeze(place: int) -> None:
    """Count as well; in the worker that is told to, after stopping the whole process, keeper of the lease and all,
    until somebody sends SIGCONT."""
    db.session.execute(COUNT, {"name": f"count-{place}"})
    if os.environ.get("FREEZE"):
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    sys.exit(main())
