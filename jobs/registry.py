"""Imports every file of jobs, so that every name is registered; and what runs by the clock."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from datetime import datetime, timedelta

import jobs

PROCESSES = {"worker", "scheduler", "cli", "start", "perform", "registry", "academy_commands", "platform_commands"}


@dataclass(frozen=True)
class Periodic:
    """A job of the platform that is queued once per period."""

    name: str
    every: timedelta

    def slot(self, now: datetime) -> str:
        """Return the word of the present period; two schedulers queue it once."""
        return f"{self.name}:{int(now.timestamp() // self.every.total_seconds())}"


_periodic: dict[str, Periodic] = {}


def every(period: timedelta, name: str) -> None:
    """Queue platform job `name` once in each `period`."""
    _periodic[name] = Periodic(name, period)


def periodic() -> list[Periodic]:
    """Return what runs by the clock."""
    return list(_periodic.values())


def load() -> None:
    """Import every job file."""
    for module in pkgutil.iter_modules(jobs.__path__):
        if module.name not in PROCESSES and not module.ispkg:
            importlib.import_module(f"jobs.{module.name}")
