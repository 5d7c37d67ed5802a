"""Work of the catalogue: answers to strangers, next courses of a path, and what a new day brings.

A day begins at midnight in the academy's own zone. The platform looks every hour where one has begun; at 00 UTC it
goes through all academies, so that an hour that the scheduler missed is made up for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core import clock, queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.catalogue import joining, lasting, paths, places

HOUR = timedelta(hours=1)


@queue.job("catalogue.answer_joining")
def answer_joining(joining_id: str) -> None:
    """Mail a stranger the link that proves their address, or a member where to sign in."""
    joining.answer(UUID(joining_id))


@queue.job("catalogue.advance")
def advance(member_id: str) -> None:
    """Open the next courses of the member's paths."""
    paths.advance_member(UUID(member_id))


@queue.job("catalogue.advance_path")
def advance_path(path_id: str) -> None:
    """Open what a change of the path opened, for everyone on it."""
    paths.advance_path(UUID(path_id))


def has_new_day(zone: str, now: datetime) -> bool:
    """Return whether a day began in the zone within the last hour; also where clocks jump over midnight."""
    here = ZoneInfo(zone)
    return now.astimezone(here).date() != (now - HOUR).astimezone(here).date()


@queue.job("catalogue.day_all", scope="core")
def day_all() -> None:
    """Queue the new day of each academy in whose zone it has begun; at 00 UTC of every one."""
    now = clock.now()
    living = sa.select(Academy.number, Academy.zone).where(Academy.state.in_(("active", "closing")))
    for number, zone in db.session.execute(living):
        if now.hour == 0 or has_new_day(zone, now):
            for name in ("catalogue.day", "learning.day", "assessments.day"):
                queue.later(name, number=number, once=name, priority=8)


@queue.job("catalogue.day")
def day() -> None:
    """Expire what is over, pass places on, note reminders, look at the paths, forget unproven strangers."""
    lasting.expire_all()
    places.fill_all()
    lasting.remind_all()
    paths.advance_all()
    joining.sweep()


every(HOUR, "catalogue.day_all")
