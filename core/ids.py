"""Row ids, made by our own server code before the insert.

`uuid7()` is for every row whose moment of making says nothing of a person. Where a time stamp would
identify someone (an anonymous answer), take `uuid.uuid4()` and a coarse date instead.
"""

from __future__ import annotations

import os
import threading
import time
import uuid

_COUNTER_BITS = 12
_TAIL_BITS = 62
_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7 (RFC 9562, method 1), greater than every earlier one of this process."""
    stamp = _next_stamp()
    tail = int.from_bytes(os.urandom(8), "big") >> (64 - _TAIL_BITS)
    ms, counter = stamp >> _COUNTER_BITS, stamp & ((1 << _COUNTER_BITS) - 1)
    return uuid.UUID(int=ms << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | tail)


def _next_stamp() -> int:
    """Return the milliseconds since 1970 and, below them, a counter of 12 bits; grows with every call.

    A new millisecond starts its counter at a random value with the top bit clear, which leaves room for
    2,048 ids or more; a counter that overflows borrows from the next millisecond, as does a clock set back.
    """
    global _last
    seed = int.from_bytes(os.urandom(2), "big") >> (16 - _COUNTER_BITS + 1)
    now = (time.time_ns() // 1_000_000) << _COUNTER_BITS | seed
    with _lock:
        same_ms = now >> _COUNTER_BITS <= _last >> _COUNTER_BITS
        _last = _last + 1 if same_ms else now
        return _last
