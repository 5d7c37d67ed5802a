"""Reads of learning paths: for authors, for putting people on them, and what a follower has of their courses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import stored
from tenants.catalogue import rules
from tenants.catalogue.lasting import full_names
from tenants.catalogue.models import Path, PathCourse, PathMember, PathStep
from tenants.courses.models import Course
from tenants.groups.sight import visible_to
from tenants.learning.enrolling import ENROLLERS
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current
from tenants.people.models import Member


def _loaded(*conditions: Any) -> sa.Select[Path]:
    courses = selectinload(Path.steps).selectinload(PathStep.courses).joinedload(PathCourse.course)
    return sa.select(Path).where(*conditions).options(courses).execution_options(populate_existing=True)


def paths_to_edit(member: Member) -> list[tuple[Path, int, int]]:
    """Return (path, its courses, its followers) of every path, archived ones last. One statement."""
    if not member.roles & (rules.PATH_WRITERS | ENROLLERS):
        raise NotFound("paths")
    courses = sa.select(sa.func.count()).select_from(PathCourse).join(PathStep).where(PathStep.path_id == Path.id)
    people = sa.select(sa.func.count()).where(PathMember.path_id == Path.id, PathMember.state == "active")
    columns = [one.correlate(Path).scalar_subquery() for one in (courses, people)]
    order = (sa.case((Path.state == "archived", 1), else_=0), Path.changed_at.desc())
    return [(path, many, followers) for path, many, followers in db.session.execute(sa.select(Path, *columns).order_by(*order))]


def path_to_edit(member: Member, path_id: UUID, lock: bool = False) -> Path:
    """Return a path with steps and courses. Raises NotFound."""
    wanted = _loaded(Path.id == path_id)
    found = db.session.scalar(wanted.with_for_update(of=Path) if lock else wanted)
    if found is None or not member.roles & rules.PATH_WRITERS:
        raise NotFound("no such path")
    return found


def step_of(path: Path, step_id: UUID) -> PathStep:
    """Return a step of the path. Raises NotFound."""
    found = next((step for step in path.steps if step.id == step_id), None)
    if found is None:
        raise NotFound("no such step")
    return found


def path_to_fill(member: Member, path_id: UUID) -> Path:
    """Return a path that the member may put people on or follow the progress of. Raises NotFound."""
    found = db.session.scalar(_loaded(Path.id == path_id)) if member.roles & ENROLLERS else None
    if found is None:
        raise NotFound("no such path")
    return found


def stages_of(path: Path) -> list[rules.Stage]:
    """Return the path's steps as rules judge them; archived courses count no longer."""
    return [
        rules.stage([one.course_id for one in step.courses if one.course.state != "archived"], step.needed)
        for step in path.steps
    ]


def course_ids(path: Path) -> set[UUID]:
    """Return every course of the path."""
    return {one.course_id for step in path.steps for one in step.courses}


def courses_by_id(path: Path, wanted: Sequence[UUID]) -> list[Course]:
    """Return courses of the path in the order wanted."""
    known = {one.course_id: one.course for step in path.steps for one in step.courses}
    return [known[one] for one in wanted]


@dataclass(frozen=True)
class TakenCourses:
    """What a follower has of the courses of a path."""

    enrolments: Mapping[UUID, Enrolment] = field(default_factory=dict)

    @property
    def done(self) -> set[UUID]:
        """Return the courses that were ever finished."""
        return {course_id for course_id, one in self.enrolments.items() if one.done_at is not None}

    def is_open(self, course_id: UUID) -> bool:
        """Return whether the course may be read now."""
        return course_id in self.enrolments and self.enrolments[course_id].is_open

    def may_begin(self, course_id: UUID, since: datetime) -> bool:
        """Return whether to enrol them: never enrolled, or taken off before they began the path."""
        one = self.enrolments.get(course_id)
        if one is None:
            return True
        ended_at = one.ended_at or one.ends_at
        return not one.is_open and ended_at is not None and ended_at < since


def taken_by(member_id: UUID, path: Path) -> TakenCourses:
    """Return what the member has of the path's courses."""
    wanted = sa.select(Enrolment).where(Enrolment.member_id == member_id, Enrolment.course_id.in_(course_ids(path)), is_current())
    rows = db.session.scalars(wanted.execution_options(populate_existing=True))
    return TakenCourses({row.course_id: row for row in rows})


def followers(*conditions: Any) -> sa.Select[PathMember]:
    courses = joinedload(PathMember.path).selectinload(Path.steps).selectinload(PathStep.courses)
    return sa.select(PathMember).where(*conditions).options(courses.joinedload(PathCourse.course)).order_by(PathMember.id)


def lock_follower(path_id: UUID, member_id: UUID) -> PathMember:
    """Return who follows the path, in whatever state, locked. Raises NotFound."""
    wanted = followers(PathMember.path_id == path_id, PathMember.member_id == member_id)
    found = db.session.scalar(wanted.with_for_update(of=PathMember).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("not on this path")
    return found


def follower_in(viewer: Member, path: Path, path_member_id: UUID) -> PathMember:
    """Return somebody on the path whom the viewer sees by the id of their row. Raises NotFound."""
    wanted = sa.select(PathMember).where(PathMember.id == path_member_id, PathMember.path_id == path.id)
    found = db.session.scalar(wanted.where(visible_to(viewer, PathMember.member_id)))
    if found is None:
        raise NotFound("not on this path")
    return found


def lock_paths_of(member_id: UUID) -> list[PathMember]:
    """Return the published paths that the member follows, locked."""
    active = (PathMember.member_id == member_id, PathMember.state == "active", PathMember.path.has(state="published"))
    return list(db.session.scalars(followers(*active).with_for_update(of=PathMember)))


def lock_followers(path_id: UUID, among: Sequence[UUID] | None = None) -> list[PathMember]:
    """Return who is or was on the published path, locked, of these members if named; nobody who was removed."""
    wanted = followers(
        PathMember.path_id == path_id, PathMember.path.has(state="published"), PathMember.member.has(Member.state == "active")
    )
    if among is not None:
        wanted = wanted.where(PathMember.member_id.in_(among))
    return list(db.session.scalars(wanted.with_for_update(of=PathMember).execution_options(populate_existing=True)))


def published_ids() -> list[UUID]:
    """Return the published paths that somebody follows."""
    followed = sa.select(PathMember.path_id).where(PathMember.state == "active")
    return list(db.session.scalars(sa.select(Path.id).where(Path.state == "published", Path.id.in_(followed)).order_by(Path.id)))


def follows_with(member_id: UUID, course_id: UUID) -> bool:
    """Return whether the member follows a path that has this course."""
    wanted = (
        sa.select(PathMember.id).join(PathStep, PathStep.path_id == PathMember.path_id)
        .join(PathCourse, PathCourse.step_id == PathStep.id)
        .where(PathMember.member_id == member_id, PathMember.state == "active", PathCourse.course_id == course_id).limit(1)
    )  # fmt: skip
    return db.session.scalar(wanted) is not None


def members_off(viewer: Member, path: Path, search: str = "") -> list[tuple[UUID, str]]:
    """Return (id, name) of the active members whom the viewer sees and who do not follow the path, by name."""
    on = sa.select(PathMember.member_id).where(PathMember.path_id == path.id, PathMember.state == "active")
    rows = db.session.execute(
        sa.select(Member.id, stored(Member, "first_name"), stored(Member, "last_name"))
        .where(Member.state == "active", Member.id.not_in(on), visible_to(viewer))
    ).all()
    names = full_names([(row[0], row[1], row[2]) for row in rows])
    sought = normalised(search)
    found = [(row[0], name) for row, name in zip(rows, names, strict=True) if sought in normalised(name)]
    return sorted(found, key=lambda one: normalised(one[1]))


def addable_courses(path: Path) -> list[Course]:
    """Return the courses that are not in the path yet and not archived, by title."""
    wanted = sa.select(Course).where(Course.state != "archived", Course.id.not_in(course_ids(path)))
    return list(db.session.scalars(wanted.order_by(Course.title)))


