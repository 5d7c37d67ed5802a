"""Reads before somebody is removed for good: who, and what goes."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.crypto import normalised
from core.db import academy_metadata, db
from core.errors import Forbidden, NotFound
from tenants.erasure.walk import own_files, own_rows
from tenants.people import rules
from tenants.people.models import Member


def member_to_erase(member_id: UUID, by: Member) -> Member:
    """Return a member, active or blocked, that `by` may remove for good. Raises NotFound, Forbidden."""
    found = db.session.get(Member, member_id)
    if found is None or found.state == "erasing":
        raise NotFound("member")
    if not rules.may_remove(by.roles, found.roles, is_self=found.id == by.id):
        raise Forbidden("member")
    return found


def what_goes(member_id: UUID) -> dict[str, int]:
    """Return how many rows of each table are this person's, and how many "files", in one statement."""
    counts = {
        name: sa.select(sa.func.count()).select_from(academy_metadata.tables[name]).where(condition).scalar_subquery()
        for name, condition in own_rows(member_id).items()
    }
    files = own_files(member_id).subquery()
    counts["files"] = sa.select(sa.func.count()).select_from(files).scalar_subquery()
    row = db.session.execute(sa.select(*(count.label(name) for name, count in counts.items()))).one()
    return {name: count for name, count in row._mapping.items() if count}


def blocked() -> list[Member]:
    """Return who is blocked or about to go, by name: they stand in no other list."""
    found = db.session.scalars(sa.select(Member).where(Member.state != "active")).unique()
    return sorted(found, key=lambda member: normalised(member.name))
