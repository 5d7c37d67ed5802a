"""Reads for enrolling people: who takes a course, and who could."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.courses.models import Course
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current, is_open_now
from tenants.people.models import Member

ENROLLERS = frozenset({"trainer", "author", "manager", "owner"})


@dataclass(frozen=True)
class Listed:
    """A member by name, with their active enrolment in the course if they have one."""

    member_id: UUID
    name: str
    enrolment_id: UUID | None
    ends_at: datetime | None = None
    photo_id: UUID | None = None


def course_to_fill(member: Member, course_id: UUID) -> Course:
    """Return a course that the member may enrol people in. Raises NotFound."""
    course = db.session.get(Course, course_id) if member.roles & ENROLLERS else None
    if course is None:
        raise NotFound("no such course")
    return course


def everyone(viewer: Member, course: Course, search: str = "") -> list[Listed]:
    """Return the active members whom the viewer sees by name, and who of them takes the course."""
    taken = sa.and_(
        Enrolment.member_id == Member.id, Enrolment.course_id == course.id, is_open_now()
    )
    rows = db.session.execute(
        sa.select(Member.id, stored(Member, "first_name"), stored(Member, "last_name"), Enrolment.id, Enrolment.ends_at, Member.photo_id)
        .outerjoin(Enrolment, taken).where(Member.state == "active", visible_to(viewer))
    ).all()
    first = unseal_rows(Member, "first_name", [(row[0], row[1]) for row in rows])
    last = unseal_rows(Member, "last_name", [(row[0], row[2]) for row in rows])
    people = [
        Listed(row[0], " ".join(filter(None, names)), row[3], row[4], row[5])
        for row, names in zip(rows, zip(first, last, strict=True), strict=True)
    ]
    sought = normalised(search)
    return sorted((p for p in people if sought in normalised(p.name)), key=lambda p: normalised(p.name))


def members_named(viewer: Member, ids: list[UUID]) -> list[Member]:
    """Return the active members with these ids whom the viewer sees."""
    wanted = sa.select(Member).where(Member.id.in_(ids), Member.state == "active", visible_to(viewer))
    return list(db.session.scalars(wanted).unique())


def enrolment_in(viewer: Member, course: Course, enrolment_id: UUID) -> Enrolment:
    """Return an enrolment in this course of somebody whom the viewer sees. Raises NotFound."""
    wanted = sa.select(Enrolment).where(
        Enrolment.id == enrolment_id, Enrolment.course_id == course.id, is_current(), visible_to(viewer, Enrolment.member_id)
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("no such enrolment")
    return found
