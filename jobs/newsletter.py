"""Sends newsletters in parts and keeps the list clean."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core import queue
from core.newsletter import actions, editions, inbound
from jobs.registry import every

__all__ = ["inbound", "send", "sweep"]  # inbound registers what it does with mail


@queue.job("newsletter.send", scope="core")
def send(edition_id: str) -> None:
    """Write the next hundred letters of a newsletter that is due, and come again while there are more."""
    if editions.send_batch(UUID(edition_id)):
        queue.later("newsletter.send", edition_id=edition_id, priority=8)


@queue.job("newsletter.sweep", scope="core")
def sweep() -> None:
    """Delete who never confirmed or left a month ago, and old log lines."""
    actions.sweep()


every(timedelta(days=1), "newsletter.sweep")
