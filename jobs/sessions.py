"""Letters about sessions, and seats of people who left the academy or the course."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.sessions import letters, notices, sweeping


@queue.job("sessions.tell")
def tell(seat_id: str, what: str) -> None:
    """Write to one person about their seat."""
    letters.write_to_one(UUID(seat_id), what)


@queue.job("sessions.tell_all")
def tell_all(session_id: str, what: str) -> None:
    """Write to everybody on the list of a session."""
    letters.write_to_all(UUID(session_id), what)


@queue.job("sessions.remind_all", scope="core")
def remind_all() -> None:
    """Queue the reminding of who comes tomorrow for each open academy."""
    for number in db.session.scalars(sa.select(Academy.number).where(Academy.state == "active")):
        queue.later("sessions.remind", number=number, once="sessions.remind", priority=8)


@queue.job("sessions.remind")
def remind() -> None:
    """Tell everybody with a seat in a session that begins within a day."""
    notices.remind_all()


@queue.job("sessions.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the freeing of empty seats for each answering academy."""
    for number in db.session.scalars(sa.select(Academy.number).where(Academy.state.in_(("active", "closing")))):
        queue.later("sessions.sweep", number=number, once="sessions.sweep", priority=9)


@queue.job("sessions.sweep")
def sweep() -> None:
    """Free the seats of people who can no longer come."""
    sweeping.free_lost_seats()


every(timedelta(hours=6), "sessions.sweep_all")
every(timedelta(hours=1), "sessions.remind_all")
