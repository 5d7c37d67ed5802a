"""What just happened, told to the pages that are open: ids over Redis, one subscription per process.

`tell` sends after the commit and never fails: Redis is a wake-up here too. A process hears everything on one connection and
hands each event to who listens for that academy. While Redis is away, and once when it is back, every listener is told to
look for itself (`LOOK`), so that nothing is missed; it only comes later.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, Final

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.config import config
from core.db import db

PATTERN: Final = "live:*"
LOOK: Final[dict[str, Any]] = {"event": "look"}
DEAF_S: Final = 2.0
# How far back a look goes for what was said while Redis was away: pages that missed more are opened anew.
LOOK_BACK: Final = timedelta(minutes=30)
log = structlog.get_logger("kweek.live")
Event = dict[str, Any]
Listener = Callable[[Event], None]
_quiet_until = 0.0


def tell(event: Event) -> None:
    """Tell the open pages of the academy at hand, after the commit. Values are ids, numbers and short words (T36)."""
    channel, text = f"live:{db.current().holder}", json.dumps(event)
    db.after_commit(lambda: _send(channel, text))


def _send(channel: str, text: str) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        _connection(config().redis_url).publish(channel, text)
    except redis.RedisError as error:
        _quiet_until = time.monotonic() + DEAF_S
        log.warning("redis is away; open pages look for themselves", error=type(error).__name__)


@cache
def _connection(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1))


class Ear:
    """One process's subscription; begins with the first listener."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def listen(self, holder: str, listener: Listener) -> Callable[[], None]:
        """Call `listener(event)` for what happens at `holder` ("ac_7"), in this process's own thread for that; return what
        ends it."""
        with self._lock:
            self._listeners.setdefault(holder, []).append(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._hear_for_ever, name="kweek-live", daemon=True)
                self._thread.start()
        return lambda: self._forget(holder, listener)

    def _forget(self, holder: str, listener: Listener) -> None:
        with self._lock:
            left = [one for one in self._listeners.get(holder, []) if one is not listener]
            if left:
                self._listeners[holder] = left
            else:
                self._listeners.pop(holder, None)

    def _hear_for_ever(self) -> None:
        while True:
            try:
                self._hear()
            except (redis.RedisError, OSError) as error:
                log.warning("redis is away; open pages look for themselves", error=type(error).__name__)
            self._all_look()
            time.sleep(DEAF_S)

    def _hear(self) -> None:
        connection = redis.Redis.from_url(config().redis_url, socket_connect_timeout=1, socket_timeout=30, health_check_interval=10)
        with connection, connection.pubsub(ignore_subscribe_messages=True) as heard:
            heard.psubscribe(PATTERN)
            self._all_look()
            while True:
                message = heard.get_message(timeout=5.0)
                if message is not None:
                    self._hand_on(message["channel"].decode().partition(":")[2], json.loads(message["data"]))

    def _all_look(self) -> None:
        for holder in list(self._listeners):
            self._hand_on(holder, LOOK)

    def _hand_on(self, holder: str, event: Event) -> None:
        for listener in list(self._listeners.get(holder, ())):
            try:
                listener(event)
            except Exception as error:  # one listener's trouble is not another's
                log.error("a listener failed", error=type(error).__name__)


ear = Ear()
