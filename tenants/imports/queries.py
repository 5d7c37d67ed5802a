"""Reads about imports of people."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import NotFound
from core.sealed import blind
from tenants.courses.choices import courses_to_join
from tenants.imports.heads import plain_title
from tenants.imports.models import PeopleImport, PeopleImportRow
from tenants.imports.uploads import PER_PAGE, Counts, counted, page_of_rows
from tenants.people.models import Invitation, Member

SHOWN = 20
__all__ = ["PER_PAGE", "Counts"]


def imports_of(by: Member) -> list[PeopleImport]:
    """Return the member's uploads, the latest first."""
    wanted = sa.select(PeopleImport).where(PeopleImport.made_by == by.id).order_by(PeopleImport.made_at.desc()).limit(SHOWN)
    return list(db.session.scalars(wanted))


def import_of(by: Member, import_id: UUID, lock: bool = False) -> PeopleImport:
    """Return an upload of this person's own. Raises NotFound."""
    wanted = sa.select(PeopleImport).where(PeopleImport.id == import_id, PeopleImport.made_by == by.id)
    found = db.session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound("import")
    return found


def counts_of(draft: PeopleImport) -> Counts:
    """Return how many rows have which fate."""
    return counted(PeopleImportRow, draft.id)


def rows_of(draft: PeopleImport, page: int, only_wrong: bool = False) -> list[PeopleImportRow]:
    """Return one page of the rows in the order of the file."""
    return page_of_rows(PeopleImportRow, draft.id, page, ("wrong", "failed") if only_wrong else ())


def course_ids_by_title() -> dict[str, list[UUID]]:
    """Return the courses that people can be invited to, by plain title."""
    found: dict[str, list[UUID]] = {}
    for course_id, title in courses_to_join():
        found.setdefault(plain_title(title), []).append(UUID(course_id))
    return found


def known(emails: Collection[str]) -> tuple[set[str], set[str]]:
    """Return which addresses are of active members, and which have an invitation that still works."""
    members = {blind(Member, "email", email): email for email in emails}
    invited = {blind(Invitation, "email", email): email for email in emails}
    member_index, invited_index = Member.email_index, Invitation.email_index  # type: ignore[attr-defined]
    here = db.session.scalars(sa.select(member_index).where(member_index.in_(members), Member.state == "active"))
    waits = db.session.scalars(sa.select(invited_index).where(
        invited_index.in_(invited), Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > clock.now(),
    ))  # fmt: skip
    return {members[one] for one in here}, {invited[one] for one in waits}
