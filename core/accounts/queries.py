"""Reads about accounts."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.accounts.models import Account, AccountSession
from core.accounts.rules import clean_email
from core.db import db
from core.sealed import blind
from core.tokens import hash_of


def account_by_email(email: str) -> Account | None:
    """Return the account with this address, however it is capitalised, or None."""
    index = blind(Account, "email", clean_email(email))
    return db.session.scalars(sa.select(Account).where(Account.email_index == index)).one_or_none()  # type: ignore[attr-defined]


def account(account_id: UUID) -> Account | None:
    """Return the account with this id, or None."""
    return db.session.get(Account, account_id)


def session_and_account(token: str) -> tuple[AccountSession, Account] | None:
    """Return the living session of `token` and its account, in one statement, or None."""
    query = (
        sa.select(AccountSession, Account)
        .join(Account, Account.id == AccountSession.account_id)
        .where(AccountSession.token_hash == hash_of(token), AccountSession.expires_at > clock.now())
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])
