"""Reads about imports of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import NotFound
from core.sealed import blind
from tenants.courses.choices import courses_to_join
from tenants.groups.sight import invitations_seen_by, visible_to
from tenants.imports.heads import plain_title
from tenants.imports.models import PeopleImport, PeopleImportRow
from tenants.imports.uploads import PER_PAGE, Counts, counted, page_of_rows
from tenants.people.models import Invitation, Member
from tenants.people.queries import is_unanswered

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


def rows_with(draft: PeopleImport, problem: str) -> list[PeopleImportRow]:
    """Return the rows in which this is wrong, in the order of the file."""
    wanted = sa.select(PeopleImportRow).where(PeopleImportRow.import_id == draft.id, PeopleImportRow.problems.contains([problem]))
    return list(db.session.scalars(wanted.order_by(PeopleImportRow.line)))


def unknown_organisations(draft: PeopleImport) -> list[str]:
    """Return the organisations that rows name and nobody knows, each once, as the file first writes it."""
    found: dict[str, str] = {}
    for row in rows_with(draft, "organisation_unknown") if draft.state == "read" else ():
        found.setdefault(plain_title(row.organisation or ""), row.organisation or "")
    return list(found.values())


def course_ids_by_title() -> dict[str, list[UUID]]:
    """Return the courses that people can be invited to, by plain title."""
    found: dict[str, list[UUID]] = {}
    for course_id, title in courses_to_join():
        found.setdefault(plain_title(title), []).append(UUID(course_id))
    return found


@dataclass(frozen=True)
class Known:
    """Whom the rows of a file name: members by address and by number, who of them is blocked or unknown to the asker, and
    addresses that have an invitation that still works."""

    by_email: dict[str, UUID]
    by_number: dict[str, UUID]
    blocked: set[UUID]
    invited: set[str]


def known(by: Member, rows: Collection[PeopleImportRow]) -> Known:
    """Return who of the people in these rows is known here, as far as `by` may know. A blocked person with an address may be
    invited again, as by hand; one with a number alone is let in again by hand."""
    emails = {blind(Member, "email", row.email): row.email for row in rows if row.email}
    numbers = {blind(Member, "number", row.number): row.number.casefold() for row in rows if row.number}
    by_email, by_number, invited = Member.email_index, Member.number_index, Invitation.email_index  # type: ignore[attr-defined]
    seen = sa.case((sa.and_(Member.state == "active", visible_to(by)), True), else_=False)
    here = db.session.execute(sa.select(Member.id, by_email, by_number, seen).where(
        sa.or_(sa.and_(by_email.in_(emails), Member.state == "active", visible_to(by)), by_number.in_(numbers)))).all()  # fmt: skip
    waits = db.session.scalars(sa.select(invited).where(
        invited.in_(emails), *is_unanswered(), Invitation.expires_at > clock.now(), invitations_seen_by(by)))  # fmt: skip
    return Known(
        {emails[row[1]]: row[0] for row in here if row[1] in emails and row[3]},
        {numbers[row[2]]: row[0] for row in here if row[2] in numbers},
        {row[0] for row in here if not row[3]}, {emails[one] for one in waits},
    )  # fmt: skip
