"""Passwords: argon2id off the event loop, and which ones are too weak."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import get_hub, monkey

R = TypeVar("R")
# 46 MiB and one pass: the first of OWASP's equal settings; about 40 ms here, and ten at once fit in 0.5 GB.
_hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    return _apart(_hasher.hash, password)


def is_right(stored: str | None, password: str) -> bool:
    """Return whether `password` belongs to the stored hash; without one it takes just as long (T31)."""
    right = _apart(_verify, stored or _nobodys_hash(), password)
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Return whether the hash was made with older settings and should be made anew."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def _apart(function: Callable[..., R], *args: str) -> R:
    """Call in gevent's thread pool where gevent runs: on the loop, argon2 would stop everybody's requests."""
    if monkey.is_module_patched("threading"):
        result: R = get_hub().threadpool.apply(function, args)
        return result
    return function(*args)
