"""Background work of the question bank."""

from __future__ import annotations

from uuid import UUID

from core import queue
from tenants.bank import importing


@queue.job("bank.forget")
def forget(import_id: str) -> None:
    """Delete an import with its report, 30 days after the upload."""
    importing.forget(UUID(import_id))
