"""`python -m jobs.scheduler`: queues what runs by the clock, and wakes workers for rows that they overlooked.

Two of them do nothing twice: a period's row has one id, and a second wake-up finds the row taken.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

import jobs.registry
from core import clock, queue
from core.config import ConfigError
from core.db import CORE, db
from core.ids import uuid7
from core.outbox.actions import Order, put_for
from core.outbox.queries import overlooked
from jobs.start import start

TICK_S = 1.0
OVERLOOKED = timedelta(seconds=3)
WAKE_UPS = 10
log = structlog.get_logger("kweek.scheduler")


class Scheduler:
    """Remembers which periods it has queued, so that a tick seldom writes."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._queued: dict[str, UUID] = {}

    def stop(self, *_: Any) -> None:
        """End after this tick."""
        self.stopping.set()

    def run(self) -> None:
        """Tick until stopped."""
        while not self.stopping.is_set():
            try:
                self.tick()
                self.sweep()
            except Exception as error:  # Postgres away: the next tick queues it
                log.warning("cannot queue", error=type(error).__name__)
            self.stopping.wait(TICK_S)

    def tick(self) -> int:
        """Queue each job whose period has begun; return how many are new."""
        now = clock.now()
        begun = [(one, one.work_id(now)) for one in jobs.registry.periodic()]
        fresh = [(one, work_id) for one, work_id in begun if self._queued.get(one.name) != work_id]
        if not fresh:
            return 0
        with db.scope(CORE, commit=True):
            new = [work_id for one, work_id in fresh if put_for(None, Order(work_id, one.name, {}, priority=8))]
        self._queued.update({one.name: work_id for one, work_id in fresh})
        for work_id in new:
            queue.wake(work_id)
        return len(new)

    def sweep(self) -> int:
        """Wake workers for rows that have been due for some seconds: they were delayed, put back, or their wake-up
        was lost. Return how many wake-ups were sent; none while the queue holds some."""
        with db.scope(CORE):
            found = overlooked(WAKE_UPS, OVERLOOKED)
        if not found or not queue.is_quiet():
            return 0
        return sum(queue.wake(uuid7(), "core") for _ in found)


def main() -> int:
    """Start, tick, and return the exit status."""
    logging.basicConfig(level=logging.WARNING)
    try:
        start(os.environ)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    jobs.registry.load()
    scheduler = Scheduler()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, scheduler.stop)
    scheduler.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
