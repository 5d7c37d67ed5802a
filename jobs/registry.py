"""Imports every file of jobs, so that every name is registered; and what runs by the clock."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

import jobs

PROCESSES = {"worker", "scheduler", "cli", "start", "perform", "registry", "academy_commands", "platform_commands"}
LONGEST = timedelta(days=6)


@dataclass(frozen=True)
class Periodic:
    """A platform job that is queued once per period."""

    name: str
    every: timedelta

    def work_id(self, now: datetime) -> UUID:
        """Return the id of the row for the period at hand. Two schedulers, or one that was restarted, make the
        same id, and done rows stay for a week: the period's work is written once."""
        period = int(now.timestamp() // self.every.total_seconds())
        return uuid5(NAMESPACE_URL, f"kweek:{self.name}:{self.every.total_seconds():.0f}:{period}")


_periodic: dict[str, Periodic] = {}


def every(period: timedelta, name: str) -> None:
    """Queue platform job `name` once in each `period`, up to 6 days. Raises ValueError for a longer one."""
    if not timedelta(seconds=1) <= period <= LONGEST:
        raise ValueError(f"{name}: a period is between a second and {LONGEST.days} days")
    _periodic[name] = Periodic(name, period)


def periodic() -> list[Periodic]:
    """Return what runs by the clock."""
    return list(_periodic.values())


def load() -> None:
    """Import every job file."""
    for module in pkgutil.iter_modules(jobs.__path__):
        if module.name not in PROCESSES and not module.ispkg:
            importlib.import_module(f"jobs.{module.name}")
