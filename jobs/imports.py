"""Takes people over from a file, and forgets files."""

from __future__ import annotations

from uuid import UUID

from core import queue
from tenants.imports import actions


@queue.job("imports.take", limit_s=300)
def take(import_id: str) -> None:
    """Take the next 100 rows over; the rest follows in a job of its own."""
    actions.take(UUID(import_id))


@queue.job("imports.forget")
def forget(import_id: str) -> None:
    """Delete an upload 30 days after it came."""
    actions.forget(UUID(import_id))
