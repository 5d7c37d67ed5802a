"""Reports as files that are made in the background, and reports that are mailed by the week or the month."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.reports import files, schedules


@queue.job("reports.make", limit_s=900)
def make(file_id: str) -> None:
    """Make one file and mail its link."""
    files.make_file(UUID(file_id))


@queue.job("reports.send")
def send(schedule_id: str, day: str) -> None:
    """Let the file of a schedule be made for this day, if the day is still its next one."""
    schedules.send(UUID(schedule_id), date.fromisoformat(day))


@queue.job("reports.forget")
def forget() -> None:
    """Delete files that were made while somebody was removed."""
    files.forget_made()


@queue.job("reports.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the tidying of each academy that stands, and a look for what was overlooked in each that is open."""
    living = sa.select(Academy.number, Academy.state).where(Academy.state.in_(("active", "suspended", "closing")))
    for number, state in db.session.execute(living):
        queue.later("reports.sweep", number=number, once="reports.sweep", priority=9)
        if state == "active":
            queue.later("reports.overlooked", number=number, once="reports.overlooked", priority=8)


@queue.job("reports.sweep")
def sweep() -> None:
    """Delete files whose time has passed."""
    files.sweep()


@queue.job("reports.overlooked")
def overlooked() -> None:
    """Queue the schedules whose day has come and that nothing was done for."""
    schedules.find_overlooked()


every(timedelta(hours=6), "reports.sweep_all")
