"""Destroys requests for a demo twelve months after the last contact."""

from __future__ import annotations

from datetime import timedelta

from core import queue
from core.leads import actions
from jobs.registry import every


@queue.job("leads.sweep", scope="core")
def sweep() -> None:
    """Destroy what is over."""
    actions.sweep()


every(timedelta(days=1), "leads.sweep")
