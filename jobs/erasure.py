"""Removes a person when the day of their removal has come."""

from __future__ import annotations

from uuid import UUID

from core import queue
from tenants.erasure import actions


@queue.job("erasure.run")
def run(erasure_id: str) -> None:
    """Remove the person of this plan, unless it was taken back or is done."""
    actions.run(UUID(erasure_id))
