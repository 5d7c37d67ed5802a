"""The tidying of files: what an upload left behind that was rolled back."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.files.actions import sweep_orphans


@queue.job("files.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the tidying of each academy that stands."""
    living = sa.select(Academy.number).where(Academy.state.in_(("active", "suspended", "closing")))
    for number in db.session.scalars(living):
        queue.later("files.sweep", number=number, once="files.sweep", priority=9)


@queue.job("files.sweep")
def sweep() -> None:
    """Delete files on disk that no row has known for a day."""
    sweep_orphans()


every(timedelta(days=1), "files.sweep_all")
