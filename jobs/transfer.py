"""Archives of courses: made, read and built in the background; what has expired is deleted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.transfer import actions


@queue.job("transfer.export", limit_s=900)
def export(transfer_id: str) -> None:
    """Write the archive of a course."""
    actions.make_export(UUID(transfer_id))


@queue.job("transfer.read", limit_s=900)
def read(transfer_id: str) -> None:
    """Look at everything in an archive that was uploaded."""
    actions.read_import(UUID(transfer_id))


@queue.job("transfer.build", limit_s=900)
def build(transfer_id: str) -> None:
    """Make the course of an archive that somebody has looked at."""
    actions.build_import(UUID(transfer_id))


@queue.job("transfer.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the tidying of each academy that stands."""
    living = sa.select(Academy.number).where(Academy.state.in_(("active", "suspended", "closing")))
    for number in db.session.scalars(living):
        queue.later("transfer.sweep", number=number, once="transfer.sweep", priority=9)


@queue.job("transfer.sweep")
def sweep() -> None:
    """Delete archives whose time has passed."""
    actions.sweep()


every(timedelta(days=1), "transfer.sweep_all")
