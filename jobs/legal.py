"""Announces new versions of legal documents to owners."""

from __future__ import annotations

from uuid import UUID

from core import queue
from core.legal import actions


@queue.job("legal.announce", scope="core")
def announce(version_id: str, after: str | None = None) -> None:
    """Write to the next owners that a version comes."""
    actions.announce(UUID(version_id), UUID(after) if after else None)
