"""Signing in to an account: counted, in the same time for known and unknown addresses."""

from __future__ import annotations

from core import clock, limits
from core.accounts import actions, queries
from core.accounts.passwords import hash_password, is_outdated


def sign_in(email: str, password: str, device: str, address: str, old_token: str | None) -> str | None:
    """Return the token of a new session, or None if address and password do not go together. Raises TooMany."""
    counted = limits.sign_in_limits(email, address)
    limits.spend(counted)
    account = queries.account_by_email(email)
    if not actions.has_password(account, password) or account is None:
        return None
    limits.forgive(counted)
    if account.password_hash and is_outdated(account.password_hash):
        account.password_hash = hash_password(password)
    actions.sessions.end(old_token)
    account.visited_at = clock.now()
    return actions.sessions.start(account.id, device)
