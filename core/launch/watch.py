"""Starts again what dies, more slowly each time. Standard library only."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.launch.server import ServerFailed
from core.launch.venv import REPOSITORY

SLOWEST_RESTART_S = 30.0
FORGIVEN_AFTER_S = 60.0


@dataclass
class Child:
    """One process of the platform."""

    name: str
    command: list[str]
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def start(self) -> None:
        """Start it; its output goes to its log. What a dead one left in its group is ended first."""
        self._end_group()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environ, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def stop(self, wait_s: float = 20) -> None:
        """Ask it to end, and insist after `wait_s` seconds."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(wait_s)
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Watched:
    """Something that should live: how to see that it does, and how to start it."""

    name: str
    pid: Callable[[], int | None]
    start: Callable[[], None]
    say: Callable[[str], None]
    deaths: int = 0
    due: float | None = None
    born: float = field(default_factory=time.monotonic)

    def look(self) -> bool:
        """Start it again if it died and its pause is over; return whether it was started now."""
        now = time.monotonic()
        if self.pid() is not None:
            return False
        if self.due is None:
            self._mourn(now)
        elif now >= self.due:
            return self._revive(now)
        return False

    def _mourn(self, now: float, why: str = "died") -> None:
        self.deaths = 1 if now - self.born > FORGIVEN_AFTER_S else self.deaths + 1
        pause_s = min(SLOWEST_RESTART_S, 2.0 ** (self.deaths - 1))
        self.due = now + pause_s
        self.say(f"{self.name} {why}; starting it again in {pause_s:.0f} s")

    def _revive(self, now: float) -> bool:
        self.born = now
        try:
            self.start()
        except (ServerFailed, OSError) as error:
            self._mourn(now, f"did not start ({error})")
            return False
        self.due = None
        self.say(f"{self.name} started again")
        return True
