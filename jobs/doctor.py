"""Checks the installation every night, as ./run doctor does by hand."""

from __future__ import annotations

from datetime import timedelta

from core import queue
from core.checks import actions
from core.db import CORE, db
from jobs.checks import complaints
from jobs.registry import every


@queue.job("checks.run", scope="core", owner=True)
def run() -> None:
    """Keep what is not in order, and tell operators what is new."""
    found = list(complaints())
    with db.scope(CORE, commit=True):
        actions.keep(found)


every(timedelta(days=1), "checks.run")
