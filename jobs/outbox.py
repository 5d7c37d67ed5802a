"""Tidies the outbox itself."""

from __future__ import annotations

from datetime import timedelta

from core import queue
from core.outbox.actions import sweep_done
from jobs.registry import every


@queue.job("outbox.sweep", scope="core")
def sweep() -> None:
    """Delete rows that were done more than 7 days ago."""
    sweep_done()


every(timedelta(hours=1), "outbox.sweep")
