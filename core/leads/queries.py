"""Reads of requests for a demo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.accounts.models import Account
from core.accounts.rules import clean_email
from core.db import db
from core.errors import NotFound
from core.leads.models import STATES, Lead, LeadNote
from core.leads.rules import MONTHS_KEPT
from core.paging import PER_PAGE, Page, page_of
from core.sealed import matches


def lead(lead_id: UUID, lock: bool = False) -> Lead:
    """Return a request. Raises NotFound."""
    row = db.session.get(Lead, lead_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("no such request")
    return row


def by_form(form_id: UUID) -> Lead | None:
    """Return the request that this form made, or None."""
    return db.session.scalar(sa.select(Lead).where(Lead.form_id == form_id))


def leads(state: str | None, email: str, number: int) -> Page[Lead]:
    """Return a page of the requests, newest first. Without a state those that look as if a machine sent them stay away; an
    address is found whole only, for it is encrypted."""
    wanted = sa.select(Lead).where(Lead.state == state if state in STATES else Lead.state != "suspected")
    if email:
        wanted = sa.select(Lead).where(matches(Lead, "email", clean_email(email)))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
    number, start = page_of(total, number)
    rows = db.session.scalars(wanted.order_by(Lead.asked_at.desc(), Lead.id).offset(start).limit(PER_PAGE)).all()
    return Page(rows, total, number)


def every() -> Sequence[Lead]:
    """Return all requests but those of machines, newest first."""
    return db.session.scalars(sa.select(Lead).where(Lead.state != "suspected").order_by(Lead.asked_at.desc())).all()


def count_by_state() -> dict[str, int]:
    """Return how many requests are in each state."""
    found = db.session.execute(sa.select(Lead.state, sa.func.count()).group_by(Lead.state))
    return dict.fromkeys(STATES, 0) | {state: count for state, count in found}


def notes_of(row: Lead) -> Sequence[tuple[LeadNote, str]]:
    """Return what was noted about a request, newest first, each with by whom ("": an operator who is gone)."""
    wanted = sa.select(LeadNote, Account).outerjoin(Account, Account.id == LeadNote.actor_id).where(LeadNote.lead_id == row.id)
    rows = db.session.execute(wanted.order_by(LeadNote.made_at.desc(), LeadNote.id.desc()))
    return [(note, account.name if account is not None else "") for note, account in rows]


def team() -> Sequence[Account]:
    """Return the operators, who are told of a new request."""
    return db.session.scalars(sa.select(Account).where(Account.is_operator, Account.email_confirmed_at.is_not(None)).order_by(Account.id)).all()


def ends_at(row: Lead) -> datetime:
    """Return when a request is destroyed."""
    return db.session.scalars(sa.select(_end()).where(Lead.id == row.id)).one()


def is_over(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that the last contact lies twelve months back."""
    return _end() <= now


def _end() -> sa.ColumnElement[datetime]:
    """Return twelve months after the last contact: the same day, or the last of a shorter month."""
    return Lead.contacted_at + sa.text(f"interval '{MONTHS_KEPT} months'")
