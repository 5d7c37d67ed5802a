"""Work of learning: what a new day in an academy brings."""

from __future__ import annotations

from core import queue
from tenants.learning import deadlines


@queue.job("learning.day")
def day() -> None:
    """Remind of deadlines."""
    deadlines.remind_all()
