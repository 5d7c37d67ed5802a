"""Judges and takes over past results from a file, and forgets files."""

from __future__ import annotations

from uuid import UUID

from core import queue
from tenants.past import actions


@queue.job("past.read", limit_s=300)
def read(import_id: str) -> None:
    """Judge the next 500 rows; the rest follows in a job of its own."""
    actions.read_on(UUID(import_id))


@queue.job("past.take", limit_s=300)
def take(import_id: str) -> None:
    """Take every good row over, in one transaction."""
    actions.take(UUID(import_id))


@queue.job("past.forget")
def forget(import_id: str) -> None:
    """Delete a file 30 days after it came."""
    actions.forget(UUID(import_id))
