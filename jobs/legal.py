"""Announces new versions to owners, and destroys proofs whose time is over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core import clock, queue
from core.legal import actions
from core.owner import owner_connection
from jobs.registry import every


@queue.job("legal.announce", scope="core")
def announce(version_id: str, after: str | None = None) -> None:
    """Write to the next owners that a version comes."""
    actions.announce(UUID(version_id), UUID(after) if after else None)


@queue.job("legal.sweep", scope="core", owner=True)
def sweep() -> None:
    """Destroy proofs of agreements that ended five years ago; only the tables' owner can."""
    with owner_connection() as owner:
        owner.execute("DELETE FROM core.legal_acceptances WHERE ends_at <= %s", [clock.now()])


every(timedelta(days=1), "legal.sweep")
