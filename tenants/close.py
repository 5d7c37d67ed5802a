"""Ask for the closing of an academy, or take it back while it waits; tenants/closing carries it out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.academies import queries, rules
from core.academies.actions import StateRefused, move_to
from core.academies.models import Academy, Closing
from core.audit.actions import record
from core.db import academy_scope, db
from core.errors import Refused


def ask_closing(
    academy: Academy, actor_id: UUID | None, undo_days: int, holder_id: UUID | None = None, by_operator: bool = False,
) -> Closing:
    """Return the closing that will begin in `undo_days`; tell the members. Raises StateRefused or Refused.

    `holder_id` names the account that may fetch the final export; without it, the first owner. An academy that is
    suspended stays so while it waits. `by_operator`: the platform asks, and only the platform may undo it.
    """
    if not 0 <= undo_days <= rules.LONGEST_UNDO_DAYS:
        raise Refused("days")
    db.session.refresh(academy, with_for_update={"of": Academy})
    if not rules.may_close(academy.state):
        raise StateRefused(academy.state)
    closing = _closing(academy, actor_id, undo_days, holder_id or _first_owner(academy))
    closing.by_operator, closing.was_suspended = by_operator, academy.state == "suspended"
    move_to(academy, "closing", academy.state_reason)
    record("academy.closing_asked", actor_id=actor_id, number=academy.number, undo_days=undo_days)
    queue.later("academies.close", academy=academy.number, due=closing.undo_until, once=f"close-{closing.id}")
    if queries.is_ready(academy):
        with db.aside(academy_scope(academy.number, academy.cluster)):
            queue.later("academies.tell_members", until_s=int(closing.undo_until.timestamp()))
    return closing


def undo_closing(academy: Academy, actor_id: UUID | None, is_operator: bool = False) -> None:
    """Let the academy live, suspended if it was. Raises StateRefused once the closing has begun.

    Raises Refused for an owner when the platform asked for the closing.
    """
    closing = db.session.scalars(
        sa.select(Closing).where(Closing.number == academy.number, Closing.undone_at.is_(None)).with_for_update()
    ).one_or_none()
    if closing is None or closing.step != "waiting":
        raise StateRefused(academy.state)
    if not rules.may_undo(closing.by_operator, is_operator):
        raise Refused("by operator")
    closing.undone_at = clock.now()
    move_to(academy, "suspended" if closing.was_suspended else "active", academy.state_reason)
    record("academy.closing_undone", actor_id=actor_id, number=academy.number)
    if queries.is_ready(academy):
        with db.aside(academy_scope(academy.number, academy.cluster)):
            queue.later("academies.tell_undone")


def _closing(academy: Academy, actor_id: UUID | None, undo_days: int, holder_id: UUID | None) -> Closing:
    now = clock.now()
    closing = Closing(
        academy_id=academy.id, number=academy.number, asked_by=actor_id, asked_at=now,
        undo_until=now + timedelta(days=undo_days), export_holder=holder_id, receipt={},
    )  # fmt: skip
    db.session.add(closing)
    db.session.flush()
    return closing


def _first_owner(academy: Academy) -> UUID | None:
    owners = sorted(academy.owners, key=lambda ownership: ownership.since)
    return owners[0].account_id if owners else None
