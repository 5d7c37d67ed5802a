"""Reads about invitations: how each stands, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.accounts.rules import clean_email
from core.db import db
from core.paging import PER_PAGE, Page, page_of
from core.sealed import matches
from tenants.people.models import Invitation, Member

STATES: Final = ("waiting", "bounced", "expired", "accepted", "withdrawn")


@dataclass(frozen=True)
class InvitationPage(Page[Invitation]):
    """One page of invitations, with the names of who invited, by id."""

    names: dict[UUID, str]



def state_of() -> sa.Case[str]:
    """Return `Invitation.state` for a SELECT."""
    return sa.case(
        (Invitation.accepted_at.is_not(None), "accepted"), (Invitation.withdrawn_at.is_not(None), "withdrawn"),
        (Invitation.bounced_at.is_not(None), "bounced"), (Invitation.expires_at > clock.now(), "waiting"), else_="expired",
    )  # fmt: skip


def invitation_counts(*among: sa.ColumnElement[bool]) -> dict[str, int]:
    """Return how many invitations, of those that the conditions let through, stand how."""
    state = state_of().label("state")
    found = sa.select(state, sa.func.count()).select_from(Invitation).where(*among).group_by(sa.literal_column("state"))
    return {one: number for one, number in db.session.execute(found)}


def invitation_page(state: str | None, email: str, number: int, *among: sa.ColumnElement[bool]) -> InvitationPage:
    """Return 25 invitations in this state (None: in any), or to this address, of those that the conditions let through, the
    last sent first."""
    wanted = [*among, *([state_of() == state] if state else [])]
    if email:
        wanted.append(matches(Invitation, "email", clean_email(email)))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Invitation).where(*wanted)) or 0
    number, start = page_of(total, number)
    query = sa.select(Invitation).where(*wanted).order_by(Invitation.made_at.desc(), Invitation.id.desc())
    rows = list(db.session.scalars(query.limit(PER_PAGE).offset(start)))
    inviters = {row.invited_by for row in rows if row.invited_by}
    people = db.session.scalars(sa.select(Member).where(Member.id.in_(inviters))).unique()
    return InvitationPage(rows, total, number, {one.id: one.name for one in people})
