"""Removes people for good."""

from __future__ import annotations

from uuid import UUID

from core import queue
from tenants.erasure import actions


@queue.job("erasure.erase")
def erase(member_id: str) -> None:
    """Remove one person and all that is theirs; who was removed already is not there any more."""
    actions.erase(UUID(member_id))
