"""The tidying of files: what an upload left behind that was rolled back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.chat import attachments
from tenants.files import playable
from tenants.files.actions import sweep_orphans
from tenants.media import actions as media


@queue.job("files.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the tidying of each academy that stands."""
    living = sa.select(Academy.number).where(Academy.state.in_(("active", "suspended", "closing")))
    for number in db.session.scalars(living):
        queue.later("files.sweep", number=number, once="files.sweep", priority=9)


@queue.job("files.sweep")
def sweep() -> None:
    """Delete what authors deleted 30 days ago, files of messages that are gone, and files on disk that no row has known for a day."""
    media.sweep()
    attachments.sweep()
    sweep_orphans()


@queue.job("files.make_playable", owner=True, limit_s=playable.MOST_S + 600, tries=3)
def make_playable(file_id: str, number: int) -> None:
    """Make a film playable. It opens frames of its own: no transaction stands open while ffmpeg works."""
    playable.make(number, UUID(file_id))


every(timedelta(days=1), "files.sweep_all")
