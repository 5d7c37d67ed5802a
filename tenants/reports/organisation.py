"""How the people of a client organisation are doing: each person's courses, and each course's people. Three statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.courses.models import Course
from tenants.learning.models import Enrolment, Progress
from tenants.learning.queries import is_open_now
from tenants.organisations.models import Organisation
from tenants.organisations.sight import from_organisation
from tenants.people.models import Member
from tenants.reports.people import is_in
from tenants.reports.sight import Followed


@dataclass(frozen=True)
class Stands:
    """How far somebody is in a course that they take now."""

    course: Course
    done: int
    total: int

    @property
    def is_done(self) -> bool:
        """Return whether every lesson is done."""
        return self.total > 0 and self.done >= self.total


@dataclass(frozen=True)
class Taken:
    """A course that people of the organisation take now: how many, and how many of them have finished it."""

    course: Course
    people: int
    done: int


def stands_of(courses: Sequence[Followed], member_ids: Sequence[UUID]) -> dict[UUID, list[Stands]]:
    """Return by member how far they are in each of these courses that they take now, by title. One statement."""
    live = [lesson_id for here in courses for lesson_id in here.lesson_ids]
    done = (
        sa.select(sa.func.count()).select_from(Progress)
        .where(Progress.enrolment_id == Enrolment.id, Progress.done_at.is_not(None), is_in(Progress.lesson_id, live))
        .correlate(Enrolment).scalar_subquery()
    )  # fmt: skip
    taken = (is_in(Enrolment.member_id, member_ids), is_open_now())
    rows = db.session.execute(sa.select(Enrolment.member_id, Enrolment.course_id, done).where(*taken)).all() if courses else []
    by_course = {(member_id, course_id): number for member_id, course_id, number in rows}
    found: dict[UUID, list[Stands]] = {}
    for here in courses:
        for member_id in member_ids:
            if (member_id, here.course.id) in by_course:
                found.setdefault(member_id, []).append(Stands(here.course, by_course[member_id, here.course.id], len(here.lesson_ids)))
    return found


def courses_taken(courses: Sequence[Followed], organisation: Organisation) -> list[Taken]:
    """Return which of these courses active people of the organisation take now, by title. One statement."""
    rows = db.session.execute(
        sa.select(Enrolment.course_id, sa.func.count(), sa.func.count(Enrolment.done_at)).join(Member, Member.id == Enrolment.member_id)
        .where(from_organisation(organisation.id), Member.state == "active", is_open_now()).group_by(Enrolment.course_id)
    )  # fmt: skip
    counts = {course_id: (people, done) for course_id, people, done in rows}
    return [Taken(one.course, *counts[one.course.id]) for one in courses if one.course.id in counts]
