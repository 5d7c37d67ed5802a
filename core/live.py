"""What just happened, told to the pages that are open: ids over Redis, one subscription per process.

`tell` sends after the commit and never fails: Redis is a wake-up here too. What an event carries beside ids is ciphertext of
its academy (`carry`). A process hears everything on one connection and
hands each event to who listens for that academy. While Redis is away, once when it is back, and after a word that could not be
sent, every listener is told to look for itself (`LOOK`), so that nothing is missed; it only comes a little later.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final
from uuid import UUID

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import crypto, keystore
from core.config import config
from core.db import db
from core.errors import KweekError, Tampered

PREFIX: Final = "live:"
# Under which name an event's content is sealed; no table has it.
PLACE: Final = ("live", "content")
LOOK: Final[dict[str, Any]] = {"event": "look"}
DEAF_S: Final = 2.0
QUIET_S: Final = 1.0
WORD: Final = re.compile(r"[A-Za-z0-9_.:-]{0,64}", re.ASCII)
log = structlog.get_logger("kweek.live")
Event = dict[str, Any]
Listener = Callable[[Event], None]


class NotShort(KweekError):
    """A value of an event was something else than an id, a number or a short word."""


class Ciphertext(str):
    """What was sealed with an academy's key, as letters and digits (base64)."""

    __slots__ = ()


def tell(event: Event) -> None:
    """Tell the open pages of the academy at hand, after the commit. Values are ids, numbers, short words and
    what was sealed by `carry` (T36)."""
    holder, text = db.current().holder, _text(event)
    db.after_commit(lambda: mouth.say(holder, text))


def tell_now(event: Event) -> None:
    """Tell the open pages of the academy at hand what is not written down anywhere, such as that somebody types."""
    mouth.say(db.current().holder, _text(event), owes=False)


def carry(event: Event, row_id: UUID, content: str) -> None:
    """Let an event carry content, sealed with the key of the academy at hand as a field of this row and of no other."""
    blob = crypto.seal(keystore.open(db.current().holder), content, table=PLACE[0], column=PLACE[1], row_id=row_id)
    event["sealed"] = Ciphertext(base64.b64encode(blob).decode())


def content_of(holder: str, event: Event, row_id: UUID) -> str | None:
    """Return what an event carries; None where it carries nothing, or what was not sealed for this academy and row."""
    sealed = event.get("sealed")
    if not isinstance(sealed, str):
        return None
    try:
        blob = base64.b64decode(sealed, validate=True)
        return crypto.unseal(keystore.open(holder), blob, table=PLACE[0], column=PLACE[1], row_id=row_id)
    except (Tampered, ValueError):
        return None


def _text(event: Event) -> str:
    for value in event.values():
        if not (isinstance(value, int | Ciphertext) or (isinstance(value, str) and WORD.fullmatch(value))):
            raise NotShort("events hold ids, numbers and short words")
    return json.dumps(event, separators=(",", ":"))


@cache
def connection(url: str) -> redis.Redis:
    """Return the client that a process says and notes things with; it waits for half a second at most."""
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1))


class Mouth:
    """Sends events. What could not be sent is owed: the pages of that academy are told to look as soon as Redis is back."""

    def __init__(self) -> None:
        self._quiet_until = 0.0
        self._owed: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def say(self, holder: str, text: str, owes: bool = True) -> None:
        """Send one event to every process; raises nothing."""
        if time.monotonic() >= self._quiet_until and self._publish(holder, text):
            return
        if owes:
            ear.hand_on(holder, LOOK)
            self._owe(holder)

    def _publish(self, holder: str, text: str) -> bool:
        try:
            connection(config().redis_url).publish(PREFIX + holder, text)
            return True
        except redis.RedisError as error:
            self._quiet_until = time.monotonic() + QUIET_S
            log.warning("redis is away; open pages look for themselves", error=type(error).__name__)
            return False

    def _owe(self, holder: str) -> None:
        with self._lock:
            self._owed.add(holder)
            if self._thread is None:
                self._thread = threading.Thread(target=self._pay, name="kweek-live-owed", daemon=True)
                self._thread.start()

    def _pay(self) -> None:
        while True:
            time.sleep(QUIET_S)
            with self._lock:
                owed, self._owed = self._owed, set()
                if not owed:
                    self._thread = None
                    return
            unpaid = {holder for holder in owed if not self._publish(holder, json.dumps(LOOK))}
            with self._lock:
                self._owed |= unpaid


class Ear:
    """One process's subscription; begins with the first listener."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def listen(self, holder: str, listener: Listener) -> Callable[[], None]:
        """Call `listener(event)`, which must not wait, for what happens at `holder` ("ac_7"); return what ends it."""
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
            except Exception as error:  # whatever it is, this process must hear again
                log.error("hearing failed", error=type(error).__name__)
            self._all_look()
            time.sleep(DEAF_S)

    def _hear(self) -> None:
        client: Any = redis.Redis.from_url(config().redis_url, socket_connect_timeout=1, socket_timeout=30, health_check_interval=10,
                                      retry=Retry(NoBackoff(), 0))  # fmt: skip
        with client, client.pubsub() as heard:
            heard.psubscribe(PREFIX + "*")
            while True:
                message = heard.get_message(timeout=5.0)
                if message is None:
                    continue
                if message["type"] == "psubscribe":  # only now nothing is missed any more
                    self._all_look()
                elif message["type"] == "pmessage":
                    self.hand_on(message["channel"].decode().removeprefix(PREFIX), json.loads(message["data"]))

    def _all_look(self) -> None:
        for holder in list(self._listeners):
            self.hand_on(holder, LOOK)

    def hand_on(self, holder: str, event: Event) -> None:
        """Give an event to who listens for `holder` in this process."""
        for listener in list(self._listeners.get(holder, ())):
            try:
                listener(event)
            except Exception as error:  # one listener's trouble is not another's
                log.error("a listener failed", error=type(error).__name__)


ear = Ear()
mouth = Mouth()
