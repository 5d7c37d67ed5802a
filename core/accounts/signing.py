"""Signing in to an account: counted, in the same time for known and unknown addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, limits
from core.accounts import actions, queries, second
from core.accounts.models import Account, AccountSession
from core.accounts.passwords import hash_password, is_outdated
from core.db import db
from core.tokens import hash_of


@dataclass(frozen=True)
class Begun:
    """A sign-in that began: the token for the browser, and whether the second step is still to come."""

    token: str
    is_half: bool


def sign_in(email: str, password: str, device: str, address: str, old_token: str | None) -> Begun | None:
    """Return what began, or None if address and password do not go together. Raises TooMany."""
    counted = limits.sign_in_limits(email, address)
    limits.spend(counted)
    account = queries.account_by_email(email)
    if not actions.has_password(account, password) or account is None:
        return None
    limits.forgive(counted)
    if account.password_hash and is_outdated(account.password_hash):
        account.password_hash = hash_password(password)
    actions.sessions.end(old_token)
    return begin(account, device)


def begin(account: Account, device: str) -> Begun:
    """Let an account in whose password, or link from a mail, was right: at once, or half when it has a second step."""
    if second.of(account.id) is None:
        account.visited_at = clock.now()
        return Begun(actions.sessions.start(account.id, device), is_half=False)
    return Begun(second.wait(account.id, device), is_half=True)


def prove(account_id: UUID, token: str, password: str, address: str) -> bool:
    """Note with the session of `token` that its owner gave the password again; return whether it was right. Raises TooMany."""
    if not knows(account_id, password, address):
        return False
    mine = (AccountSession.account_id == account_id, AccountSession.token_hash == hash_of(token))
    db.session.execute(sa.update(AccountSession).where(*mine).values(proven_at=clock.now()))
    return True


def is_proven(account_id: UUID, token: str, lasts: timedelta) -> bool:
    """Return whether the password was given again in this session in the time that just passed."""
    mine = (AccountSession.account_id == account_id, AccountSession.token_hash == hash_of(token))
    return db.session.scalar(sa.select(sa.exists().where(*mine, AccountSession.proven_at > clock.now() - lasts))) or False


def knows(account_id: UUID, password: str, address: str) -> bool:
    """Return whether the password is this account's; tries are counted like those of signing in. Raises TooMany."""
    account = queries.account(account_id)
    counted = limits.sign_in_limits((account.email if account else None) or "", address)
    limits.spend(counted)
    if not actions.has_password(account, password):
        return False
    limits.forgive(counted)
    return True
