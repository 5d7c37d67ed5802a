"""Signing in as a member: counted, in the same time for known and unknown addresses and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core import clock, limits
from core.accounts.passwords import hash_password, is_outdated, is_right
from core.sessions import Sessions
from core.tokens import Links
from tenants.people import queries, rules
from tenants.people.codes import code_of
from tenants.people.models import Member, MemberSession, MemberToken

sessions = Sessions(MemberSession, "member_id")
links = Links(MemberToken, "member_id")
START_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Start:
    """Somebody signed in with their start code: the token of the link by which they choose a password, None if it is late."""

    token: str | None


def sign_in(said: str, secret: str, device: str, address: str, old_token: str | None) -> str | Start | None:
    """Return the token of a new session, a Start for a start code, or None if the two do not go together.

    `said` is an address or a personnel number. Whoever it is and whether or not they exist, a password is checked and a
    code is looked for (T31). Raises TooMany.
    """
    said = rules.clean_said(said)
    counted = limits.sign_in_limits(said, address)
    limits.spend(counted)
    member = queries.active_by_said(said)
    knows, code = has_password(member, secret), code_of(member, secret)
    if member is None or not (knows or code):
        return None
    limits.forgive(counted)
    if not knows:
        return Start(links.make(member.id, "start", START_LASTS) if code and code.is_good else None)
    if member.password_hash and is_outdated(member.password_hash):
        member.password_hash = hash_password(secret)
    return fresh_session(member, device, old_token)


def fresh_session(member: Member, device: str, old_token: str | None) -> str:
    """Return the token of a new session of `member`; the one that the browser had before ends (T19)."""
    sessions.end(old_token)
    member.visited_at = clock.now()
    return sessions.start(member.id, device)


def has_password(member: Member | None, password: str) -> bool:
    """Return whether the password is this member's; nobody's takes just as long."""
    return is_right(member.password_hash if member else None, password)
