"""How many letters an academy may send: a bucket in Postgres that fills up evenly and may be overdrawn.

A letter takes its place at once. Where nothing is left it owes one, which says when it may go: it is queued for that moment
and not asked again, so that a thousand letters cost a thousand steps and not a thousand tries each. Letters that somebody
waits for take no place and are never held up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.config import config
from core.db import db
from core.mail.models import Allowance

# A quarter of an hour's letters may go at once: a class is invited without waiting.
AT_ONCE: Final = 4


def take_place(number: int) -> datetime | None:
    """Return when a letter of this academy may go, or None: now. Its place is taken. Use it in the platform's frame."""
    own = db.session.scalar(sa.select(Allowance.per_hour).where(Allowance.number == number))
    per_hour = config().mail_per_hour if own is None else own
    if per_hour == 0:
        return None
    left = _take(number, per_hour)
    return None if left >= 0 else clock.now() + timedelta(hours=-left / per_hour)


def _take(number: int, per_hour: int) -> float:
    """Take one out of the bucket, made full at the first letter; return what is left, below zero what is owed."""
    most, now = max(1.0, per_hour / AT_ONCE), clock.now()
    waited_s = sa.func.greatest(0, sa.extract("epoch", sa.literal(now, sa.DateTime(timezone=True)) - Allowance.counted_at))
    filled = sa.func.least(most, Allowance.left + waited_s * per_hour / 3600)
    made = insert(Allowance).values(number=number, left=most - 1, counted_at=now)
    taken = made.on_conflict_do_update(
        index_elements=["number"], set_={"left": filled - 1, "counted_at": sa.func.greatest(Allowance.counted_at, now)}
    )
    return float(db.session.execute(taken.returning(Allowance.left)).scalar_one())


def set_measure(number: int, per_hour: int | None) -> None:
    """Let this academy send so many letters an hour (0: without limit; None: as the platform says). What it owed is forgiven."""
    most = max(1.0, (per_hour or config().mail_per_hour) / AT_ONCE)
    made = insert(Allowance).values(number=number, per_hour=per_hour, left=most, counted_at=clock.now())
    kept = {"per_hour": per_hour, "left": most, "counted_at": clock.now()}
    db.session.execute(made.on_conflict_do_update(index_elements=["number"], set_=kept))
