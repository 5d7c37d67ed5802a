"""Reads of the outbox: what is due and in nobody's hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from core import clock
from core.db import db
from core.outbox.models import Work


def overlooked(most: int, older_than: timedelta) -> Sequence[tuple[object, int | None]]:
    """Return (id, academy's number) of up to `most` rows that were due `older_than` ago and that nobody has."""
    query = (
        sa.select(Work.id, Work.number)
        .where(Work.done_at.is_(None), Work.failed_at.is_(None), Work.due_at <= clock.now() - older_than)
        .where(sa.or_(Work.leased_until.is_(None), Work.leased_until < sa.func.now()))
        .order_by(Work.priority, Work.due_at)
        .limit(most)
    )
    return [(row.id, row.number) for row in db.session.execute(query)]


def waiting_s() -> tuple[float, float]:
    """Return for how many seconds the oldest work that is due waits to be begun, and the oldest mail. One statement, in the
    platform's frame."""
    is_mail = Work.job.like("mail.%")
    is_waiting = sa.and_(Work.done_at.is_(None), Work.failed_at.is_(None), Work.due_at <= clock.now(), Work.leased_until.is_(None))
    oldest = (sa.func.min(Work.due_at).filter(sa.not_(is_mail)), sa.func.min(Work.due_at).filter(is_mail))
    found = db.session.execute(sa.select(*oldest).where(is_waiting)).one()
    work, mail = ((clock.now() - at).total_seconds() if at is not None else 0.0 for at in found)
    return work, mail
