"""`python -m jobs.worker`: does the outbox's work. RQ wakes it; without Redis it looks for itself.

One queue only: rq loses a job silently when a worker that listens on several dies just after taking one.
Here even that costs nothing but time, because the row stays open until its effects are committed.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Any

import redis
import structlog
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

import jobs.registry
from core import queue
from core.config import ConfigError, config
from jobs.perform import drain
from jobs.start import start

LOOK_EVERY_S = float(os.environ.get("KWEEK_LOOK_EVERY_S", "1"))
log = structlog.get_logger("kweek.worker")


class Worker:
    """Looks at the table every second in the main thread; a second thread listens to Redis for less waiting."""

    def __init__(self) -> None:
        self.stopping = threading.Event()

    def stop(self, *_: Any) -> None:
        """Finish the present piece of work, then end."""
        self.stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        threading.Thread(target=self._listen, daemon=True).start()
        while not self.stopping.is_set():
            try:
                drain()
            except Exception as error:  # Postgres away: the rows wait there
                log.warning("cannot look at the outbox", error=type(error).__name__)
            self.stopping.wait(LOOK_EVERY_S)

    def _listen(self) -> None:
        while not self.stopping.is_set():
            try:
                listener().work(with_scheduler=False, logging_level="WARNING")
            except redis.RedisError as error:
                log.warning("redis is away", error=type(error).__name__)
            except Exception as error:
                log.warning("listening failed", error=type(error).__name__)
            self.stopping.wait(1)


class Listener(SimpleWorker):
    """An rq worker that lives in a thread: signals belong to the main thread."""

    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        """Leave signals alone."""


def listener() -> Listener:
    """Return an rq worker on our one queue."""
    connection = redis.Redis.from_url(config().redis_url)
    return Listener([queue.QUEUE], connection=connection, serializer=JSONSerializer)


def main() -> int:
    """Start, work, and return the exit status."""
    logging.basicConfig(level=logging.WARNING)
    try:
        start(os.environ)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    jobs.registry.load()
    worker = Worker()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, worker.stop)
    worker.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
