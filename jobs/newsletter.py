"""Sends newsletters in parts and keeps the list clean."""

from __future__ import annotations

from uuid import UUID

from core import queue
from core.newsletter import editions, inbound

__all__ = ["inbound", "send"]  # inbound registers what it does with mail


@queue.job("newsletter.send", scope="core")
def send(edition_id: str) -> None:
    """Write the next hundred letters of a newsletter that is due, and come again while there are more."""
    if editions.send_batch(UUID(edition_id)):
        queue.later("newsletter.send", edition_id=edition_id, priority=8)
