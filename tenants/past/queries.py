"""Reads about past results: files on their way, whom and what their rows mean, and what somebody did elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import blind, stored, unseal_rows
from tenants.courses.models import Course
from tenants.groups.sight import visible_to
from tenants.imports.heads import plain_title
from tenants.imports.uploads import Counts, counted, page_of_rows
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current
from tenants.past.models import PastImport, PastImportRow, PastResult
from tenants.people.models import Member

SHOWN = 20
MANAGERS = frozenset({"manager", "owner"})
Key = tuple[UUID, date, bytes]
Condition = sa.ColumnElement[bool]


def imports_here(by: Member) -> list[PastImport]:
    """Return the academy's files with past results, the latest first; none for who does not manage it."""
    wanted = sa.select(PastImport).where(_mine(by)).options(joinedload(PastImport.author)).order_by(PastImport.made_at.desc()).limit(SHOWN)
    return list(db.session.scalars(wanted).unique()) if by.roles & MANAGERS else []


def import_for(by: Member, import_id: UUID, lock: bool = False) -> PastImport:
    """Return a file with past results, for who manages the academy. Raises NotFound."""
    wanted = sa.select(PastImport).where(PastImport.id == import_id, _mine(by))
    found = db.session.scalar(wanted.with_for_update() if lock else wanted) if by.roles & MANAGERS else None
    if found is None:
        raise NotFound("import")
    return found


def _mine(by: Member) -> Condition:
    """Return the condition that `by` may know of a file: who is limited to groups knows of their own only, and only while it
    is of nobody whom they no longer see."""
    if not by.is_limited:
        return sa.true()
    row = PastImportRow
    others = sa.select(row.id).where(row.import_id == PastImport.id, row.member_id.is_not(None), sa.not_(visible_to(by, row.member_id)))
    return sa.and_(PastImport.made_by == by.id, sa.not_(others.exists()))


def counts_of(draft: PastImport) -> Counts:
    """Return how many rows have which fate."""
    return counted(PastImportRow, draft.id)


def unknown_courses(draft: PastImport) -> int:
    """Return how many good rows name a course that this academy does not have."""
    row = PastImportRow
    wanted = sa.select(sa.func.count()).where(row.import_id == draft.id, row.fate == "waiting", row.course_id.is_(None))
    return db.session.scalar(wanted) or 0


def rows_of(draft: PastImport, page: int, only_wrong: bool = False) -> list[PastImportRow]:
    """Return one page of the rows in the order of the file."""
    found: list[PastImportRow] = page_of_rows(PastImportRow, draft.id, page, ("wrong",) if only_wrong else ())
    members = {row.member_id for row in found if row.member_id}
    db.session.scalars(sa.select(Member).where(Member.id.in_(members))).unique().all()  # into the session: no statement per row
    return found


@dataclass(frozen=True)
class People:
    """Active members by the index of their address or personnel number and, where asked, by name."""

    by_index: dict[bytes, list[UUID]]
    by_name: dict[str, list[UUID]]

    def of(self, email: str, personnel: str, name: str) -> list[UUID]:
        """Return whom a row may mean: by address if it has one, else by personnel number, else by name."""
        if email or personnel:
            return self.by_index.get(blind(Member, "email", email) if email else blind(Member, "number", personnel), [])
        return self.by_name.get(normalised(name), [])


def people_of(emails: Collection[str], numbers: Collection[str], names: Collection[str], seen: Condition) -> People:
    """Return the active members with these addresses and numbers and, opened one by one, those with these names, as far as
    the condition lets them through. Two statements."""
    by_email, by_number = Member.email_index, Member.number_index  # type: ignore[attr-defined]
    mailed, numbered = {blind(Member, "email", one) for one in emails}, {blind(Member, "number", one) for one in numbers}
    wanted = sa.select(Member.id, by_email, by_number).where(Member.state == "active", seen, sa.or_(by_email.in_(mailed), by_number.in_(numbered)))
    by_index: dict[bytes, list[UUID]] = {}
    for member_id, *found in db.session.execute(wanted):
        for one in found:
            if one is not None:
                by_index.setdefault(bytes(one), []).append(member_id)
    return People(by_index, _by_name({normalised(one) for one in names}, seen) if names else {})


def _by_name(names: Collection[str], seen: Condition) -> dict[str, list[UUID]]:
    columns = (Member.id, stored(Member, "first_name"), stored(Member, "last_name"))
    rows = db.session.execute(sa.select(*columns).where(Member.state == "active", seen)).all()
    first = unseal_rows(Member, "first_name", [(row[0], row[1]) for row in rows])
    last = unseal_rows(Member, "last_name", [(row[0], row[2]) for row in rows])
    found: dict[str, list[UUID]] = {}
    for row, pair in zip(rows, zip(first, last, strict=True), strict=True):
        name = normalised(" ".join(filter(None, pair)))
        if name in names:
            found.setdefault(name, []).append(row[0])
    return found


def courses_by_title() -> dict[str, list[UUID]]:
    """Return the courses of this academy, those out of use too, by plain title."""
    found: dict[str, list[UUID]] = {}
    for course_id, title in db.session.execute(sa.select(Course.id, Course.title)):
        found.setdefault(plain_title(title), []).append(course_id)
    return found


def results_known(members: Collection[UUID]) -> set[Key]:
    """Return (member, day, index of the title) of each past result of these people."""
    index = PastResult.title_index  # type: ignore[attr-defined]
    wanted = sa.select(PastResult.member_id, PastResult.finished_on, index).where(PastResult.member_id.in_(members))
    return {(member_id, day, bytes(title)) for member_id, day, title in db.session.execute(wanted)}


def finished_here(members: Collection[UUID], zone: str) -> set[tuple[UUID, UUID, date]]:
    """Return (member, course, day of the zone) of each course that these people finished here."""
    wanted = sa.select(Enrolment.member_id, Enrolment.course_id, Enrolment.done_at).where(
        Enrolment.member_id.in_(members), Enrolment.done_at.is_not(None), is_current()
    )
    return {(who, what, _day(at, zone)) for who, what, at in db.session.execute(wanted) if at}


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def marks_before(draft: PastImport, marks: Sequence[bytes], line: int) -> set[bytes]:
    """Return which of these marks stand in an earlier row of the same file that is or was to be taken over."""
    row = PastImportRow
    wanted = sa.select(row.same).where(
        row.import_id == draft.id, row.line < line, row.same.in_(marks), row.fate.in_(("waiting", "double"))
    )
    return {bytes(one) for one in db.session.scalars(wanted) if one}


def results_of(member: Member, course_id: UUID | None = None) -> list[PastResult]:
    """Return what somebody did elsewhere, the newest first; of one course only where asked."""
    wanted = sa.select(PastResult).where(PastResult.member_id == member.id)
    if course_id is not None:
        wanted = wanted.where(PastResult.course_id == course_id)
    return list(db.session.scalars(wanted.order_by(PastResult.finished_on.desc(), PastResult.id.desc())))
