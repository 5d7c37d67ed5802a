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
from tenants.imports.models import PeopleImport, PeopleImportRow
from tenants.imports.rules import plain_title
from tenants.people.models import Invitation, Member

SHOWN = 20
PER_PAGE = 100


@dataclass(frozen=True)
class Counts:
    """How many rows of a file have which fate."""

    by_fate: dict[str, int]

    def __getitem__(self, fate: str) -> int:
        return self.by_fate.get(fate, 0)

    @property
    def total(self) -> int:
        """Return how many rows there are."""
        return sum(self.by_fate.values())

    @property
    def done(self) -> int:
        """Return how many rows of those to be taken over have been looked at."""
        return self.total - self["waiting"] - self["wrong"]


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
    row = PeopleImportRow
    wanted = sa.select(row.fate, sa.func.count()).where(row.import_id == draft.id).group_by(row.fate)
    return Counts({fate: number for fate, number in db.session.execute(wanted)})


def rows_of(draft: PeopleImport, page: int, only_wrong: bool = False) -> list[PeopleImportRow]:
    """Return one page of the rows in the order of the file."""
    wanted = sa.select(PeopleImportRow).where(PeopleImportRow.import_id == draft.id)
    if only_wrong:
        wanted = wanted.where(PeopleImportRow.fate.in_(("wrong", "failed")))
    found = wanted.order_by(PeopleImportRow.line).limit(PER_PAGE).offset((max(1, page) - 1) * PER_PAGE)
    return list(db.session.scalars(found))


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


def known(by: Member, emails: Collection[str]) -> tuple[set[str], set[str]]:
    """Return which addresses are of active members, and which have an invitation that still works, as far as `by` may know."""
    members = {blind(Member, "email", email): email for email in emails}
    invited = {blind(Invitation, "email", email): email for email in emails}
    member_index, invited_index = Member.email_index, Invitation.email_index  # type: ignore[attr-defined]
    here = db.session.scalars(sa.select(member_index).where(member_index.in_(members), Member.state == "active", visible_to(by)))
    waits = db.session.scalars(sa.select(invited_index).where(
        invited_index.in_(invited), Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > clock.now(), invitations_seen_by(by),
    ))  # fmt: skip
    return {members[one] for one in here}, {invited[one] for one in waits}
