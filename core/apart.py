"""Work that would hold up everybody's requests: done in gevent's thread pool where gevent runs, else right here."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gevent import get_hub, monkey

P = ParamSpec("P")
R = TypeVar("R")


def apart(function: Callable[P, R], *args: P.args, **kw: P.kwargs) -> R:
    """Return `function(*args)`, called off the event loop. It must not touch the database: a frame stays behind."""
    if monkey.is_module_patched("threading"):
        result: R = get_hub().threadpool.apply(function, args, kw)
        return result
    return function(*args, **kw)
