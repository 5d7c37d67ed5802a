"""`python -m jobs.worker`: does the outbox's work. RQ wakes it; without Redis it looks for itself every second.

One process, one queue, one job at a time, no fork: rq loses a job silently when a worker dies just after taking
it, so nothing rests on rq. The row stays open until its effects are committed, and every worker looks at the table.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from typing import Any

import redis
import structlog
from rq import Queue, SimpleWorker
from rq.exceptions import DequeueTimeout
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty

import jobs.registry
from core import queue
from core.config import ConfigError, config
from core.errors import place
from jobs import perform
from jobs.start import start

LOOK_EVERY_S = 1
HEARTBEAT_S = 30
log = structlog.get_logger("kweek.worker")


class NoPenalty(BaseDeathPenalty):  # type: ignore[misc]
    """Leaves SIGALRM alone: jobs/perform.py limits each job by its own measure."""

    def setup_death_penalty(self) -> None:
        """Set up nothing."""

    def cancel_death_penalty(self) -> None:
        """Cancel nothing."""


class Listener(SimpleWorker):  # type: ignore[misc]
    """An rq worker whose loop is ours: it is asked for one wake-up at a time."""

    death_penalty_class = NoPenalty
    _beat = 0.0

    def hear(self, timeout_s: int | None) -> None:
        """Take one wake-up and act on it; wait `timeout_s` seconds for it (None: do not wait). Raises RedisError."""
        if time.monotonic() - self._beat > HEARTBEAT_S:
            self._live()
        try:
            found = Queue.dequeue_any(self.queues, timeout_s, connection=self.connection,
                                      serializer=self.serializer, death_penalty_class=NoPenalty)  # fmt: skip
        except DequeueTimeout:
            return
        if found is not None:
            self.execute_job(*found)

    def _live(self) -> None:
        """Say that this worker lives, and let rq tidy what a dead one left in its books."""
        self.heartbeat()
        self.clean_registries()  # type: ignore[no-untyped-call]
        self._beat = time.monotonic()


class Worker:
    """Waits for a wake-up, or for a second, and then does what is due; until it is stopped."""

    def __init__(self) -> None:
        self.stopping = perform.halt
        self._listener: Listener | None = None
        self._is_deaf = False

    def stop(self, *_: Any) -> None:
        """Finish the present piece of work, then end."""
        self.stopping.set()

    def run(self) -> None:
        """Work until stopped."""
        is_idle = True
        while not self.stopping.is_set():
            heard = self._hear(LOOK_EVERY_S if is_idle else None)
            if not heard and is_idle:
                self.stopping.wait(LOOK_EVERY_S)
            is_idle = self._look() == 0
        self._leave()

    def _hear(self, timeout_s: int | None) -> bool:
        """Listen to Redis for a moment; return whether it is there."""
        try:
            if self._listener is None:
                self._listener = listener()
            self._listener.hear(timeout_s)
        except redis.RedisError as error:
            if not self._is_deaf:
                log.warning("redis is away; looking at the outbox every second", error=type(error).__name__)
            self._is_deaf, self._listener = True, None
            return False
        except Exception as error:  # rq's books are no reason to stop working
            log.error("rq failed", error=type(error).__name__, at=place(error))
            self._listener = None
            return False
        self._is_deaf = False
        return True

    def _look(self) -> int:
        try:
            return perform.drain()
        except Exception as error:  # Postgres away: the rows wait there
            log.warning("cannot look at the outbox", error=type(error).__name__)
            self.stopping.wait(LOOK_EVERY_S)
            return 0

    def _leave(self) -> None:
        try:
            if self._listener is not None:
                self._listener.register_death()  # type: ignore[no-untyped-call]
        except redis.RedisError:
            log.warning("redis is away; it will forget this worker by itself")


def listener() -> Listener:
    """Return an rq worker on our one queue. Raises RedisError."""
    connection = redis.Redis.from_url(config().redis_url, socket_timeout=5, socket_connect_timeout=1)
    made = Listener([queue.QUEUE], connection=connection, serializer=JSONSerializer)
    made.register_birth()  # type: ignore[no-untyped-call]
    return made


def main() -> int:
    """Start, work, and return the exit status."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
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
