"""Reads about the people of the academy at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.accounts.rules import clean_email
from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import blind, stored, unseal_rows
from core.tokens import hash_of
from tenants.people.models import Invitation, Member, MemberRole, MemberSession

PER_PAGE = 25


def session_and_member(token: str) -> tuple[MemberSession, Member] | None:
    """Return the living session of `token` and its active member with roles, in one statement, or None."""
    query = (
        sa.select(MemberSession, Member)
        .join(Member, Member.id == MemberSession.member_id)
        .where(MemberSession.token_hash == hash_of(token), MemberSession.expires_at > clock.now(),
               Member.state == "active")
    )  # fmt: skip
    row = db.session.execute(query).unique().one_or_none()
    return None if row is None else (row[0], row[1])


def member_by_email(email: str) -> Member | None:
    """Return the member with this address, active or removed, or None."""
    index = blind(Member, "email", clean_email(email))
    return db.session.scalars(sa.select(Member).where(Member.email_index == index)).unique().one_or_none()  # type: ignore[attr-defined]


def active_by_email(email: str) -> Member | None:
    """Return the member with this address who may sign in, or None."""
    member = member_by_email(email)
    return member if member is not None and member.is_active else None


def member_of_account(account_id: UUID) -> Member | None:
    """Return the member row of an owner's account, or None."""
    return db.session.scalars(sa.select(Member).where(Member.account_id == account_id)).unique().one_or_none()


def member(member_id: UUID) -> Member:
    """Return an active member. Raises NotFound."""
    found = db.session.get(Member, member_id)
    if found is None or not found.is_active:
        raise NotFound("member")
    return found


@dataclass(frozen=True)
class PeoplePage:
    """One page of the people of an academy."""

    members: list[Member]
    total: int
    number: int

    @property
    def first(self) -> int:
        """Return the place of the first person on this page, from 1."""
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """Return the place of the last person on this page."""
        return self.first + len(self.members) - 1

    @property
    def has_next(self) -> bool:
        """Return whether another page follows."""
        return self.last < self.total


def people_page(number: int = 1, role: str | None = None, search: str = "") -> PeoplePage:
    """Return active members by name, 25 a page; those with `role`, whose name or address has `search`."""
    ids = _ids_by_name(role, search)
    number = max(1, min(number, -(-len(ids) // PER_PAGE) or 1))
    wanted = ids[(number - 1) * PER_PAGE : number * PER_PAGE]
    rows = db.session.scalars(sa.select(Member).where(Member.id.in_(wanted))).unique()
    by_id = {one.id: one for one in rows}
    return PeoplePage([by_id[one] for one in wanted if one in by_id], len(ids), number)


def _ids_by_name(role: str | None, search: str) -> list[UUID]:
    """Return ids sorted by name. Names are sealed, so they are opened here and sorted in Python."""
    query = sa.select(Member.id, *(stored(Member, name) for name in ("first_name", "last_name", "email")))
    query = query.where(Member.state == "active")
    if role:
        query = query.where(Member.id.in_(sa.select(MemberRole.member_id).where(MemberRole.role == role)))
    rows = db.session.execute(query).all()
    opened = [_opened(name, [(row[0], row[place]) for row in rows])
              for place, name in enumerate(("first_name", "last_name", "email"), 1)]  # fmt: skip
    people = [(normalised(f"{first} {last}"), normalised(email or ""), row[0])
              for row, first, last, email in zip(rows, *opened, strict=True)]  # fmt: skip
    sought = normalised(search)
    return [one for name, email, one in sorted(people) if sought in name or sought in email]


def _opened(name: str, rows: list[Any]) -> list[str | None]:
    return unseal_rows(Member, name, rows)


def open_invitations() -> list[Invitation]:
    """Return invitations that wait or have expired, newest first; accepted and withdrawn ones are over."""
    query = sa.select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    return list(db.session.scalars(query.order_by(Invitation.id.desc())))


def open_invitation(invitation_id: UUID) -> Invitation:
    """Return an invitation that waits or has expired. Raises NotFound."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.accepted_at is not None or found.withdrawn_at is not None:
        raise NotFound("invitation")
    return found


def invitation_by_token(token: str) -> Invitation | None:
    """Return the invitation of this link, in whatever state, or None."""
    query = sa.select(Invitation).where(Invitation.token_hash == hash_of(token))
    return db.session.scalars(query).one_or_none()


def waiting_for(email: str) -> list[Invitation]:
    """Return the invitations of this address that nobody accepted or withdrew."""
    index = blind(Invitation, "email", clean_email(email))
    query = sa.select(Invitation).where(Invitation.email_index == index, Invitation.accepted_at.is_(None),  # type: ignore[attr-defined]
                                        Invitation.withdrawn_at.is_(None))  # fmt: skip
    return list(db.session.scalars(query))


def invitations_by(member_id: UUID) -> list[Invitation]:
    """Return the invitations of this member that nobody accepted or withdrew."""
    return [row for row in open_invitations() if row.invited_by == member_id]


def counts_by_role() -> dict[str, int]:
    """Return how many active members have each role."""
    query = (
        sa.select(MemberRole.role, sa.func.count()).join(Member, Member.id == MemberRole.member_id)
        .where(Member.state == "active").group_by(MemberRole.role)
    )  # fmt: skip
    return {role: count for role, count in db.session.execute(query)}


def own_academy() -> tuple[str, str]:
    """Return subdomain and default language of the academy at hand, as core tells the asking role."""
    row = db.session.execute(sa.text("SELECT slug, language FROM local.own_academy()")).one()
    return row.slug, row.language
