"""How fast one person may ask for something small, counted in this process and nowhere else: it costs no statement.

Where a try must count across processes and restarts (passwords, mail), `core/limits.py` counts it instead.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from core.errors import TooMany

MOST_KNOWN: Final = 20_000


class Pace:
    """At most `most` at once, and after that as many as come back over `window_s` seconds. Keys are ids."""

    def __init__(self, most: int, window_s: float) -> None:
        self.most, self._per_s = most, most / window_s
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def has_room(self, key: Hashable) -> bool:
        """Count one; return whether it came slowly enough."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.pop(key, (float(self.most), now))
            left = min(float(self.most), left + (now - at) * self._per_s)
            is_slow = left >= 1
            self._left[key] = (left - 1 if is_slow else left, now)
            if len(self._left) > MOST_KNOWN:
                self._left.popitem(last=False)
        return is_slow

    def keep(self, key: Hashable) -> None:
        """Count one. Raises TooMany when it came too fast."""
        if not self.has_room(key):
            raise TooMany(max(1, round(1 / self._per_s)))
