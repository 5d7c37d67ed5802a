"""Reads about the people of the academy at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.accounts.rules import clean_email
from core.db import db
from core.errors import NotFound
from core.figures import Figure
from core.paging import PER_PAGE, Page, page_of
from core.sealed import blind
from core.tokens import hash_of
from tenants.people.models import Invitation, Member, MemberRole, MemberSession
from tenants.people.names import folded, matches
from tenants.people.roster import ORDERS, Entry, roster
from tenants.people.rules import clean_number

STATES: Final[dict[str, Callable[[Entry], bool]]] = {
    "active": lambda one: one.state == "active",
    "new": lambda one: one.state == "active" and one.visited_at is None,
    "unbegun": lambda one: one.state == "active" and one.visited_at is None and not one.by_email,
    "unmailed": lambda one: one.state == "active" and not one.by_email,
    "bounced": lambda one: one.state == "active" and one.bounces,
    "removed": lambda one: one.state == "removed",
}


Rider = Callable[[], Figure]
_riders: dict[str, Rider] = {}


def rides_along(name: str) -> Callable[[Rider], Rider]:
    """Let every request learn a number about its member within the statement that finds the session: the decorated function
    returns a subquery that names Member; the number stands in `member.along[name]`."""

    def register(rider: Rider) -> Rider:
        _riders[name] = rider
        return rider

    return register


def session_and_member(token: str) -> tuple[MemberSession, Member] | None:
    """Return the living session of `token` and its active member with roles, in one statement, or None."""
    query = (
        sa.select(MemberSession, Member, *(rider().label(f"along_{name}") for name, rider in _riders.items()))
        .join(Member, Member.id == MemberSession.member_id)
        .where(MemberSession.token_hash == hash_of(token), MemberSession.expires_at > clock.now(),
               Member.state == "active")
    )  # fmt: skip
    row = db.session.execute(query).unique().one_or_none()
    if row is None:
        return None
    row[1].along = dict(zip(_riders, row[2:], strict=True))
    return row[0], row[1]


def member_by_email(email: str) -> Member | None:
    """Return the member with this address, active or removed, or None."""
    index = blind(Member, "email", clean_email(email))
    return db.session.scalars(sa.select(Member).where(Member.email_index == index)).unique().one_or_none()  # type: ignore[attr-defined]


def active_by_email(email: str) -> Member | None:
    """Return the member with this address who may sign in, or None."""
    member = member_by_email(email)
    return member if member is not None and member.is_active else None


def member_by_number(number: str) -> Member | None:
    """Return the member with this personnel number, active or removed, or None."""
    index = blind(Member, "number", clean_number(number))
    return db.session.scalars(sa.select(Member).where(Member.number_index == index)).unique().one_or_none()  # type: ignore[attr-defined]


def active_by_said(said: str) -> Member | None:
    """Return the member who may sign in with this address or personnel number, or None."""
    member = member_by_email(said) if "@" in said else member_by_number(said)
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
class Wanted:
    """Whom a list shows: role, words of a name, address or number, one of STATES: in which order, which page."""

    role: str | None = None
    search: str = ""
    state: str = "active"
    sort: str = "name"
    number: int = 1

    @property
    def order(self) -> str:
        """Return the order without its direction."""
        return self.sort.removeprefix("-")




def people_page(wanted: Wanted, *among: sa.ColumnElement[bool]) -> Page[Member]:
    """Return 25 of the people wanted, of those that the conditions `among` let through. At most four statements."""
    ids = wanted_ids(wanted, *among)
    number, start = page_of(len(ids), wanted.number)
    return Page(members_in_order(ids[start : start + PER_PAGE]), len(ids), number)


def wanted_ids(wanted: Wanted, *among: sa.ColumnElement[bool]) -> list[UUID]:
    """Return the ids of everybody wanted, in order. Names are searched and sorted in this process: see roster."""
    conditions = [one for one in among if not isinstance(one, sa.True_)]
    if wanted.role:
        conditions.append(Member.id.in_(sa.select(MemberRole.member_id).where(MemberRole.role == wanted.role)))
    let_in = set(db.session.scalars(sa.select(Member.id).where(*conditions))) if conditions else None
    fits, sought = STATES.get(wanted.state, STATES["active"]), folded(wanted.search)
    found = [
        one.id for one in roster().sorted_by(wanted.order if wanted.order in ORDERS else "name")
        if fits(one) and matches(sought, one.sought) and (let_in is None or one.id in let_in)
    ]  # fmt: skip
    return found[::-1] if wanted.sort.startswith("-") else found


def members_in_order(ids: Sequence[UUID]) -> list[Member]:
    """Return the members with these ids, in the order of the ids; who is gone is left out."""
    by_id = {one.id: one for one in db.session.scalars(sa.select(Member).where(Member.id.in_(ids))).unique()}
    return [by_id[one] for one in ids if one in by_id]


def numbers_in_use() -> bool:
    """Return whether anybody here has a personnel number."""
    known = sa.select(Member.id).where(Member.number_index.is_not(None))  # type: ignore[attr-defined]
    return db.session.scalar(known.limit(1)) is not None


def bounced_count(*among: sa.ColumnElement[bool]) -> int:
    """Return how many active members, of those that the conditions let through, have an address from which mail came back."""
    bounced = sa.select(sa.func.count()).select_from(Member).where(Member.state == "active", Member.bounced_at.is_not(None), *among)
    return db.session.scalar(bounced) or 0


def is_unanswered() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions "nobody accepted or withdrew this invitation"."""
    return Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)


def open_invitations(*among: sa.ColumnElement[bool]) -> list[Invitation]:
    """Return invitations that wait or have expired, newest first, of those that the conditions let through; accepted and
    withdrawn ones are over."""
    return list(db.session.scalars(sa.select(Invitation).where(*is_unanswered(), *among).order_by(Invitation.id.desc())))


def open_invitation(invitation_id: UUID, *among: sa.ColumnElement[bool]) -> Invitation:
    """Return an invitation that waits or has expired, if the conditions let it through. Raises NotFound."""
    found = db.session.scalar(sa.select(Invitation).where(Invitation.id == invitation_id, *is_unanswered(), *among))
    if found is None:
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


def counts_by_role(*among: sa.ColumnElement[bool]) -> dict[str, int]:
    """Return how many active members have each role, of those that the conditions let through."""
    query = (
        sa.select(MemberRole.role, sa.func.count()).join(Member, Member.id == MemberRole.member_id)
        .where(Member.state == "active", *among).group_by(MemberRole.role)
    )  # fmt: skip
    return {role: count for role, count in db.session.execute(query)}


def own_academy() -> tuple[str, str]:
    """Return subdomain and default language of the academy at hand, as core tells the asking role."""
    row = db.session.execute(sa.text("SELECT slug, language FROM local.own_academy()")).one()
    return row.slug, row.language
