"""Writing, taking, finishing and giving up work. Claims commit at once: they are a promise to other workers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from core import clock
from core.db import CORE, db
from core.errors import KweekError, Refused
from core.outbox.models import Work

SLOWEST_S = 3600
KEPT = timedelta(days=7)
LEASE_S = 60
WORK = ("work_id", "work_job", "work_args", "work_due", "work_priority", "work_once")


class LeaseLost(KweekError):
    """Another worker has the row now; what this one did is rolled back."""


@dataclass(frozen=True)
class Order:
    """Work as it is asked for; `due` None means now."""

    id: UUID
    job: str
    args: dict[str, Any]
    due: datetime | None = None
    priority: int = 5
    once: str | None = None


@dataclass(frozen=True)
class Claim:
    """A row in this worker's hands until its lease ends."""

    id: UUID
    number: int | None
    job: str
    args: dict[str, Any]
    tries: int
    lease: UUID


def put(order: Order) -> None:
    """Write the row in the present transaction; Postgres fills in whose it is from the role.

    Raises Refused when Postgres does not take it: an academy asks for more than it may.
    """
    put_in = db.session.scalar(
        sa.text("SELECT local.put_work(:id, :job, CAST(:args AS jsonb), :due, :priority, :once)"),
        {"id": order.id, "job": order.job, "args": json.dumps(order.args), "due": order.due,
         "priority": order.priority, "once": order.once},
    )  # fmt: skip
    if put_in is None:
        raise Refused("too much work")


def piece() -> sa.ColumnElement[UUID | None]:
    """Return the column of a SELECT that writes a row as `put` does, its values told as parameters (`values_of`); NULL says
    that it was refused."""
    types: tuple[Any, ...] = (sa.Uuid, sa.Text, sa.Text, sa.DateTime(timezone=True), sa.Integer, sa.Text)
    casts: list[Any] = [sa.cast(sa.bindparam(name), kind) for name, kind in zip(WORK, types, strict=True)]
    work_id, job, args, due, priority, once = casts
    return sa.func.local.put_work(work_id, job, args.op("::")(sa.text("jsonb")), due, priority, once, type_=sa.Uuid)


def values_of(order: Order) -> dict[str, Any]:
    """Return the parameters by which `piece` writes this row."""
    said = (order.id, order.job, json.dumps(order.args), order.due, order.priority, order.once)
    return dict(zip(WORK, said, strict=True))


def put_for(number: int | None, order: Order) -> bool:
    """Write a row for academy `number` in the platform's transaction; return whether it is new."""
    values = {"id": order.id, "number": number, "job": order.job, "args": order.args, "once": order.once,
              "priority": order.priority, "due_at": order.due or sa.func.now(), "made_at": sa.func.now(),
              "tries": 0}  # fmt: skip
    new = insert(Work).values(**values).on_conflict_do_nothing().returning(Work.id)
    return db.session.execute(new).first() is not None


def claim(work_id: UUID | None = None, leases: Mapping[str, int] | None = None) -> Claim | None:
    """Return the most urgent row that is due (or only `work_id`) as ours, or None; commits.

    `leases` says for how many seconds each job's row is ours; other jobs get LEASE_S.
    """
    with db.scope(CORE):
        row = db.session.scalars(_open(work_id)).first()
        if row is None:
            return None
        row.lease, row.leased_until, row.tries = uuid4(), _in((leases or {}).get(row.job, LEASE_S)), row.tries + 1
        found = Claim(row.id, row.number, row.job, dict(row.args), row.tries, row.lease)
        db.commit()
        return found


def _open(work_id: UUID | None) -> sa.Select[Work]:
    """Return the query of rows to take. A row is due by this clock or the database's, whichever is later."""
    query = (
        sa.select(Work)
        .where(Work.done_at.is_(None), Work.failed_at.is_(None))
        .where(Work.due_at <= sa.func.greatest(clock.now(), sa.func.now()))
        .where(sa.or_(Work.leased_until.is_(None), Work.leased_until < sa.func.now()))
        .order_by(Work.priority, Work.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return query if work_id is None else query.where(Work.id == work_id)


def _in(seconds: float) -> Any:
    """Return the moment `seconds` from now by the database's clock: leases are between machines."""
    return sa.func.now() + timedelta(seconds=seconds)


def extend(held: Claim, lease_s: int) -> None:
    """Hold the row for `lease_s` seconds more; commits. Raises LeaseLost."""
    with db.scope(CORE, commit=True):
        changed = db.session.execute(
            sa.update(Work).where(Work.id == held.id, Work.lease == held.lease)
            .values(leased_until=_in(lease_s)).returning(Work.id)
        ).first()  # fmt: skip
        if changed is None:
            raise LeaseLost(str(held.id))


def finish(held: Claim) -> None:
    """Mark the row done in the present frame's transaction, as its academy. Raises LeaseLost."""
    done = db.session.scalar(sa.text("SELECT local.finish_work(:id, :lease)"), {"id": held.id, "lease": held.lease})
    if done is None:
        raise LeaseLost(str(held.id))


def finish_as_platform(held: Claim) -> None:
    """Mark the row of an owner's job done; commits. A row that went with its academy is done too."""
    with db.scope(CORE, commit=True):
        _change(held, done_at=sa.func.now())


def put_back(held: Claim, error: str, most_tries: int) -> bool:
    """Let the row wait, longer after each try, or give it up after `most_tries`; return whether it was given up.

    Keeps the error's class, never its text; commits.
    """
    given_up = held.tries >= most_tries
    wait_s = min(SLOWEST_S, 2 ** min(held.tries, 12))
    try:
        with db.scope(CORE, commit=True):
            _change(held, error=error, due_at=clock.now() + timedelta(seconds=wait_s),
                    failed_at=sa.func.now() if given_up else None)  # fmt: skip
    except IntegrityError:
        # Meanwhile the same work was asked for again: that younger row does it.
        with db.scope(CORE, commit=True):
            _change(held, error=error, done_at=sa.func.now())
    return given_up


def try_again(job: str | None = None) -> int:
    """Let rows that were given up (of `job`, or all) be tried anew, in the present frame; return how many.

    A row whose twin waits stays given up: the twin does it.
    """
    twin = aliased(Work)
    same = sa.and_(twin.job == Work.job, twin.once == Work.once, twin.number.is_not_distinct_from(Work.number))
    waits = sa.and_(twin.lease.is_(None), twin.done_at.is_(None), twin.failed_at.is_(None))
    given_up = sa.select(Work.id).where(Work.failed_at.is_not(None), ~sa.exists().where(same, waits))
    given_up = given_up.ext(distinct_on(Work.number, Work.job, sa.func.coalesce(Work.once, sa.cast(Work.id, sa.Text))))
    if job is not None:
        given_up = given_up.where(Work.job == job)
    fresh = {"failed_at": None, "lease": None, "leased_until": None, "tries": 0, "due_at": sa.func.now()}
    again = sa.update(Work).where(Work.id.in_(given_up)).values(fresh).returning(Work.id)
    return len(db.session.execute(again).all())


def _change(held: Claim, **values: Any) -> None:
    """Change the row and let it go, if it is still ours."""
    mine = sa.update(Work).where(Work.id == held.id, Work.lease == held.lease, Work.done_at.is_(None))
    db.session.execute(mine.values(lease=None, leased_until=None, **values))


def sweep_done() -> int:
    """Delete rows done more than 7 days ago, in the present frame; return how many."""
    gone = db.session.execute(sa.delete(Work).where(Work.done_at < clock.now() - KEPT).returning(Work.id))
    return len(gone.all())
