"""Signing in as a member: counted, in the same time for known and unknown addresses."""

from __future__ import annotations

from core import clock, limits
from core.accounts.passwords import hash_password, is_outdated, is_right
from core.sessions import Sessions
from core.tokens import Links
from tenants.people import queries
from tenants.people.models import Member, MemberSession, MemberToken

sessions = Sessions(MemberSession, "member_id")
links = Links(MemberToken, "member_id")


def sign_in(email: str, password: str, device: str, address: str, old_token: str | None) -> str | None:
    """Return the token of a new session, or None if address and password do not go together. Raises TooMany."""
    counted = limits.sign_in_limits(email, address)
    limits.spend(counted)
    member = queries.active_by_email(email)
    if not has_password(member, password) or member is None:
        return None
    limits.forgive(counted)
    if member.password_hash and is_outdated(member.password_hash):
        member.password_hash = hash_password(password)
    return fresh_session(member, device, old_token)


def fresh_session(member: Member, device: str, old_token: str | None) -> str:
    """Return the token of a new session of `member`; the one that the browser had before ends (T19)."""
    sessions.end(old_token)
    member.visited_at = clock.now()
    return sessions.start(member.id, device)


def has_password(member: Member | None, password: str) -> bool:
    """Return whether the password is this member's; nobody's takes just as long."""
    return is_right(member.password_hash if member else None, password)
