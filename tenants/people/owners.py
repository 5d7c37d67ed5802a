"""The owner's own row in the academy: made when they first enter, gone with the ownership."""

from __future__ import annotations

from core import clock
from core.academies.handoff import OwnerFacts, facts_of
from core.academies.models import Academy
from core.academies.owners import on_change
from core.accounts.models import Account
from core.db import academy_scope, db
from core.errors import Refused
from tenants.people import queries
from tenants.people.inviting import withdraw_of
from tenants.people.models import Member, MemberRole
from tenants.people.signing import sessions

OWNER_ROLES = frozenset({"owner", "manager", "author", "trainer"})


def member_for_owner(facts: OwnerFacts) -> Member:
    """Return the owner's member row with all of an owner's roles; make it, or take the one with their address.

    Raises Refused when the address belongs to a member here and the account has not proven it.
    """
    member = queries.member_of_account(facts.account_id) or _member_with_address(facts)
    member.account_id, member.state = facts.account_id, "active"
    if member.email == facts.email:
        member.email_confirmed_at = member.email_confirmed_at or facts.email_confirmed_at
    for role in OWNER_ROLES - member.roles:
        member.role_rows.append(MemberRole(role=role, given_at=clock.now()))
    db.session.flush()
    return member


def first_member(facts: OwnerFacts) -> Member:
    """Return the owner as the first member of an academy that is empty."""
    member = _new_member(facts)
    member.account_id = facts.account_id
    member.role_rows = [MemberRole(role=role, given_at=clock.now()) for role in OWNER_ROLES]
    db.session.flush()
    return member


def _member_with_address(facts: OwnerFacts) -> Member:
    member = queries.member_by_email(facts.email)
    if member is not None:
        if facts.email_confirmed_at is None or member.account_id is not None:
            raise Refused("address")
        return member
    return _new_member(facts)


def _new_member(facts: OwnerFacts) -> Member:
    member = Member(
        email=facts.email, first_name=facts.first_name, last_name=facts.last_name, language=facts.language,
        email_confirmed_at=facts.email_confirmed_at,
    )  # fmt: skip
    db.session.add(member)
    return member


@on_change
def follow_ownership(academy: Academy, account: Account, owns: bool) -> None:
    """Give or take the owner's row in the academy, in the platform's own transaction."""
    facts = facts_of(account)
    with db.aside(academy_scope(academy.number, academy.cluster)):
        if owns:
            member_for_owner(facts)
        else:
            _end_ownership(facts)


def _end_ownership(facts: OwnerFacts) -> None:
    """Take an owner's roles: who leaves keeps nothing but what they made."""
    member = queries.member_of_account(facts.account_id)
    if member is None:
        return
    member.account_id = None
    member.role_rows = [row for row in member.role_rows if row.role not in OWNER_ROLES]
    if not member.role_rows:
        member.state = "removed"
    withdraw_of(member, member.roles)
    sessions.end_all(member.id)
    db.session.flush()
