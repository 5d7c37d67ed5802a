"""Work that would hold up everybody's requests: done in gevent's thread pool where gevent runs, else right here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from gevent import get_hub, monkey

from core.errors import TooMany

# What large pictures take of memory and processor while they are drawn: so many at once, others wait their turn for so long.
MOST_AT_ONCE: Final = 2
PATIENCE_S: Final = 30.0
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)

P = ParamSpec("P")
R = TypeVar("R")


def apart(function: Callable[P, R], *args: P.args, **kw: P.kwargs) -> R:
    """Return `function(*args)`, called off the event loop. It must not touch the database: a frame stays behind."""
    if monkey.is_module_patched("threading"):
        result: R = get_hub().threadpool.apply(function, args, kw)
        return result
    return function(*args, **kw)


def apart_in_turn(function: Callable[P, R], *args: P.args, **kw: P.kwargs) -> R:
    """Return `apart(function, *args)` for what takes much: few at once. Raises TooMany when the turn does not come."""
    if not _turns.acquire(timeout=PATIENCE_S):
        raise TooMany(round(PATIENCE_S))
    try:
        return apart(function, *args, **kw)
    finally:
        _turns.release()
