"""Taking, finishing and giving up work. Claims commit at once: they are a promise to other workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from core import clock
from core.db import CORE, db
from core.errors import KweekError
from core.outbox.models import Work

MOST_TRIES = 20
SLOWEST_S = 3600
KEPT = timedelta(days=7)


class LeaseLost(KweekError):
    """Another worker has the row now; what this one did is rolled back."""


@dataclass(frozen=True)
class Claim:
    """A row in this worker's hands until its lease ends."""

    id: UUID
    number: int | None
    job: str
    args: dict[str, Any]
    tries: int
    lease: UUID


def claim(work_id: UUID | None = None, lease_s: int = 60) -> Claim | None:
    """Return the row `work_id` (or the next one due) as ours for `lease_s` seconds, or None; commits."""
    with db.scope(CORE):
        row = db.session.scalars(_open(work_id, clock.now())).first()
        if row is None:
            return None
        row.lease, row.leased_until, row.tries = uuid4(), clock.now() + timedelta(seconds=lease_s), row.tries + 1
        found = Claim(row.id, row.number, row.job, dict(row.args), row.tries, row.lease)
        db.commit()
        return found


def _open(work_id: UUID | None, now: datetime) -> sa.Select[tuple[Work]]:
    query = (
        sa.select(Work)
        .where(Work.done_at.is_(None), Work.failed_at.is_(None), Work.due_at <= now)
        .where(sa.or_(Work.leased_until.is_(None), Work.leased_until < now))
        .order_by(Work.priority, Work.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return query if work_id is None else query.where(Work.id == work_id)


def extend(held: Claim, lease_s: int) -> None:
    """Hold the row for `lease_s` seconds more; commits. Raises LeaseLost."""
    with db.scope(CORE, commit=True):
        changed = db.session.execute(
            sa.update(Work).where(Work.id == held.id, Work.lease == held.lease)
            .values(leased_until=clock.now() + timedelta(seconds=lease_s)).returning(Work.id)
        ).first()  # fmt: skip
        if changed is None:
            raise LeaseLost(str(held.id))


def finish(held: Claim) -> None:
    """Mark the row done in the present frame's transaction, as its academy. Raises LeaseLost."""
    done = db.session.scalar(
        sa.text("SELECT local.finish_work(:id, :lease)"), {"id": held.id, "lease": held.lease}
    )
    if done is None:
        raise LeaseLost(str(held.id))


def finish_as_platform(held: Claim) -> None:
    """Mark the row of an owner's job done; commits. A row that went with its academy is done too."""
    with db.scope(CORE, commit=True):
        db.session.execute(
            sa.update(Work).where(Work.id == held.id, Work.lease == held.lease)
            .values(done_at=clock.now(), lease=None, leased_until=None)
        )  # fmt: skip


def put_back(held: Claim, error: str, for_ever: bool = False) -> None:
    """Let the row wait, longer after each try, or give it up; keeps the error's class, never its text; commits."""
    gives_up = for_ever or held.tries >= MOST_TRIES
    wait_s = min(SLOWEST_S, 2**held.tries)
    with db.scope(CORE, commit=True):
        db.session.execute(
            sa.update(Work).where(Work.id == held.id, Work.lease == held.lease).values(
                lease=None, leased_until=None, error=error, due_at=clock.now() + timedelta(seconds=wait_s),
                failed_at=clock.now() if gives_up else None,
            )
        )  # fmt: skip


def sweep_done() -> int:
    """Delete rows done more than 7 days ago, in the present frame; return how many."""
    gone = db.session.execute(sa.delete(Work).where(Work.done_at < clock.now() - KEPT).returning(Work.id))
    return len(gone.all())
