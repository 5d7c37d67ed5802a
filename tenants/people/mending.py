"""Mending invitations: a mistyped address, and many that wait too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.accounts.rules import clean_email, clean_name
from core.db import db
from core.errors import Forbidden, Refused
from tenants.audit.actions import record
from tenants.people import inviting, queries, rules
from tenants.people.inviting import Guest, Host
from tenants.people.joined import Place
from tenants.people.models import Invitation, Member

AT_ONCE = 100


def correct(
    row: Invitation, guest: Guest, roles: Iterable[str], note: str | None, by: Member, host: Host,
    knows: Callable[[Member], bool] = inviting.knows_all,
) -> None:  # fmt: skip
    """Change whom the invitation is for and mail it anew: the old link is dead. The one who corrects is who invites now.

    Raises Forbidden for roles that `by` may not give, Refused if the address is a member's or one's own is not proven.
    """
    roles = frozenset(roles)
    if not rules.may_give(by.roles, row.roles):
        raise Forbidden("roles")
    row.sees = "groups" if by.is_limited else row.sees
    inviting.check_may_invite(by, roles, Place(row.organisation_id, row.group_id, row.sees))
    email = clean_email(guest.email)
    member = queries.active_by_email(email)
    if member is not None and knows(member):
        raise Refused("is member")
    inviting.replace_earlier(email, by, but=row)
    row.email, row.number = email, guest.number or row.number
    row.first_name, row.last_name = clean_name(guest.first_name or "") or None, clean_name(guest.last_name or "") or None
    row.roles, row.note, row.invited_by = sorted(roles), rules.clean_note(note or ""), by.id
    inviting.send(row, by, host)
    db.session.flush()
    record("member.reinvited", actor_id=by.id, invitation=str(row.id))


def remind_all(by: Member, days: int, *among: sa.ColumnElement[bool]) -> int:
    """Let a job mail the invitations anew that wait longer than `days`, of those that the conditions let through; return how
    many. What came back is left out."""
    if not by.is_confirmed:
        raise Refused("unconfirmed")
    before = clock.now() - timedelta(days=days)
    number = sum(rules.may_give(by.roles, roles) for (roles,) in db.session.execute(sa.select(Invitation.roles).where(*_late(before), *among)))
    if number:
        queue.later("people.remind", by_id=by.id, before=int(before.timestamp()), priority=5)
        record("member.reminded", actor_id=by.id, invitations=number)
    return number


def remind_some(by: Member, before: int, after: UUID, host: Host, *among: sa.ColumnElement[bool]) -> UUID | None:
    """Mail the next invitations anew that were sent before `before` (seconds); return where to go on, or None at the end.

    Run again it mails nobody twice: who was mailed waits no longer.
    """
    late = sa.select(Invitation).where(*_late(datetime.fromtimestamp(before, UTC)), Invitation.id > after, *among)
    rows = list(db.session.scalars(late.order_by(Invitation.id).limit(AT_ONCE).with_for_update(skip_locked=True)))
    for row in rows:
        if by.is_active and by.is_confirmed and rules.may_give(by.roles, row.roles) and inviting.may_be_mailed(row.email or ""):
            inviting.send(row, by, host)
    db.session.flush()
    return rows[-1].id if len(rows) == AT_ONCE else None


def _late(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (*queries.is_unanswered(), Invitation.bounced_at.is_(None), Invitation.made_at < before)
