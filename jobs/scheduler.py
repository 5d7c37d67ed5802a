"""`python -m jobs.scheduler`: queues what runs by the clock. Two of them do nothing twice."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Any

import structlog

import jobs.registry
from core import clock, queue
from core.config import ConfigError
from core.db import CORE, db
from jobs.start import start

TICK_S = 2.0
log = structlog.get_logger("kweek.scheduler")


class Scheduler:
    """Remembers which periods it has queued; the table's unique word guards against another scheduler."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._queued: dict[str, str] = {}

    def stop(self, *_: Any) -> None:
        """End after this tick."""
        self.stopping.set()

    def run(self) -> None:
        """Tick until stopped."""
        while not self.stopping.is_set():
            try:
                self.tick()
            except Exception as error:  # Postgres away: the next tick queues it
                log.warning("cannot queue", error=type(error).__name__)
            self.stopping.wait(TICK_S)

    def tick(self) -> int:
        """Queue each job whose period has begun; return how many were queued."""
        now = clock.now()
        fresh = [(one, one.slot(now)) for one in jobs.registry.periodic() if self._queued.get(one.name) != one.slot(now)]
        if fresh:
            with db.scope(CORE, commit=True):
                for one, slot in fresh:
                    queue.later(one.name, once=slot)
            self._queued.update({one.name: slot for one, slot in fresh})
        return len(fresh)


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
