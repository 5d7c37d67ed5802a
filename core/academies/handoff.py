"""The pass by which an owner steps from the platform into their academy: 30 seconds, once, one academy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.academies.models import Academy, Handoff, Ownership
from core.accounts.models import Account
from core.db import CORE, db
from core.errors import Gone, NotFound
from core.tokens import hash_of, new_token

LASTS = timedelta(seconds=30)


@dataclass(frozen=True)
class OwnerFacts:
    """What the academy may know of an owner's account."""

    account_id: UUID
    email: str
    first_name: str
    last_name: str
    language: str
    email_confirmed_at: datetime | None


def make_pass(account_id: UUID, academy_id: UUID) -> tuple[str, str]:
    """Return the academy's slug and a new pass. Raises NotFound unless the account owns the academy."""
    query = sa.select(Academy).join(Ownership).where(Academy.id == academy_id, Ownership.account_id == account_id)
    academy = db.session.scalars(query).one_or_none()
    if academy is None or academy.slug is None:
        raise NotFound("academy")
    token = new_token()
    until = clock.now() + LASTS
    db.session.add(Handoff(token_hash=hash_of(token), account_id=account_id, number=academy.number, expires_at=until))
    db.session.flush()
    return academy.slug, token


def take_pass(token: str, number: int) -> OwnerFacts:
    """Use the pass up and return who enters academy `number`. Raises Gone for any other pass, time or academy.

    It is used up in a transaction of its own: whatever happens next, it will not work again.
    """
    with db.scope(CORE, commit=True):
        taken = (
            sa.update(Handoff)
            .where(Handoff.token_hash == hash_of(token), Handoff.number == number, Handoff.used_at.is_(None),
                   Handoff.expires_at > clock.now())
            .values(used_at=clock.now()).returning(Handoff.account_id)
        )  # fmt: skip
        account_id = db.session.execute(taken).scalar_one_or_none()
        account = None if account_id is None else _owner(account_id, number)
        facts = None if account is None else facts_of(account)
    if facts is None:
        raise Gone("pass")
    return facts


def note_visit(account_id: UUID) -> None:
    """Note that an owner was in one of their academies: that is a visit like one to the platform. Written once a day at most, in
    a transaction of its own."""
    with db.scope(CORE, commit=True):
        old = (Account.id == account_id, Account.visited_at < clock.now() - timedelta(days=1))
        db.session.execute(sa.update(Account).where(*old).values(visited_at=clock.now()))


def sweep() -> int:
    """Delete passes that are over; return how many."""
    old = sa.delete(Handoff).where(Handoff.expires_at < clock.now() - timedelta(days=1)).returning(Handoff.id)
    return len(db.session.execute(old).all())


def facts_of(account: Account) -> OwnerFacts:
    """Return what an academy may know of this account."""
    return OwnerFacts(
        account.id, account.email or "", account.first_name or "", account.last_name or "", account.language,
        account.email_confirmed_at,
    )  # fmt: skip


def _owner(account_id: UUID, number: int) -> Account | None:
    """Return the account if it still owns the academy: the ownership may have ended within the 30 seconds."""
    query = (
        sa.select(Account).join(Ownership, Ownership.account_id == Account.id)
        .join(Academy, Academy.id == Ownership.academy_id)
        .where(Account.id == account_id, Academy.number == number)
    )  # fmt: skip
    return db.session.scalars(query).one_or_none()
