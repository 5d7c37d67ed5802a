"""Where tests may pull the plug: `KWEEK_CRASH_AT=drop:advanced` ends the process there as a power cut would."""

from __future__ import annotations

import os
import signal


def point(name: str) -> None:
    """Die here if a test asked for it; anywhere but in a test, pass."""
    if os.environ.get("KWEEK_CRASH_AT") == name and os.environ.get("KWEEK_ENV") == "test":
        os.kill(os.getpid(), signal.SIGKILL)
