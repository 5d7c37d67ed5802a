"""Tells people: what was done elsewhere becomes notices; what is due is mailed and pushed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants import telling
from tenants.notifications import actions, mailing, pushing

PUSH_TRIES = 8  # about eight minutes: a message about something is no use hours later
PUSH_LIMIT_S = 30


@queue.job("notifications.tell")
def tell(what: str, subject_id: str) -> None:
    """Make notices of one event for everybody whom it concerns."""
    telling.tell(what, UUID(subject_id))


@queue.job("notifications.due")
def due() -> None:
    """Queue the mail of everybody for whom something is due."""
    mailing.queue_due()


@queue.job("notifications.mail")
def mail(member_id: str) -> None:
    """Write what is due to one member."""
    mailing.mail_to(UUID(member_id))


@queue.job("notifications.push_due")
def push_due() -> None:
    """Queue the telling of everybody's browsers for whom something is due."""
    pushing.queue_due()


@queue.job("notifications.push")
def push(member_id: str) -> None:
    """Queue the messages to one member's browsers."""
    pushing.push_to(UUID(member_id))


@queue.job("notifications.push_one", limit_s=PUSH_LIMIT_S, tries=PUSH_TRIES)
def push_one(browser_id: str, notice_id: str, count: int) -> None:
    """Send one message to one browser."""
    pushing.push_one(UUID(browser_id), UUID(notice_id), count)


@queue.job("notifications.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the tidying of each answering academy."""
    for number in db.session.scalars(sa.select(Academy.number).where(Academy.state.in_(("active", "closing")))):
        queue.later("notifications.sweep", number=number, once="notifications.sweep", priority=9)


@queue.job("notifications.sweep")
def sweep() -> None:
    """Delete old notices, and queue what was due and overlooked."""
    actions.sweep()
    mailing.queue_due(mailing.OVERLOOKED)
    pushing.queue_due(mailing.OVERLOOKED)


every(timedelta(hours=1), "notifications.sweep_all")
