"""Paths as people walk them: steps, courses and one ruler over all; for followers and for their trainers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import stored
from tenants.catalogue import rules
from tenants.catalogue.lasting import full_names
from tenants.catalogue.models import Path, PathMember
from tenants.catalogue.path_queries import TakenCourses, followers, stages_of
from tenants.catalogue.queries import Over, over_for
from tenants.courses.models import Course, Publication
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.learning.overview import VIEWERS
from tenants.learning.queries import has_expired, is_current, marks_of
from tenants.learning.rules import Mark, Segment, Way, way_of
from tenants.people.models import Member


@dataclass(frozen=True)
class CourseOn:
    """A course on a follower's path; `way` is None while nothing of it is published."""

    course: Course
    title: str
    way: Way | None
    enrolment: Enrolment | None
    is_done: bool
    is_reachable: bool
    counts: bool

    @property
    def is_begun(self) -> bool:
        """Return whether the person has it open or had it."""
        return self.enrolment is not None and self.enrolment.is_open


@dataclass(frozen=True)
class StepOn:
    """A step on a follower's path."""

    number: int
    courses: list[CourseOn]
    needed: int
    has_choice: bool
    is_done: bool
    is_open: bool

    @property
    def done(self) -> int:
        """Return how many of its courses are done."""
        return sum(one.is_done for one in self.courses)


@dataclass(frozen=True)
class Walk:
    """A path as one person walks it."""

    path: Path
    follower: PathMember
    name: str
    steps: list[StepOn]

    @property
    def counted(self) -> list[CourseOn]:
        """Return the courses that the ruler draws: as many of each step as are needed."""
        return [one for step in self.steps for one in step.courses if one.counts]

    @property
    def done(self) -> int:
        """Return how many of those are done."""
        return sum(one.is_done for one in self.counted)

    @property
    def total(self) -> int:
        """Return how many courses the path needs."""
        return len(self.counted)

    @property
    def is_done(self) -> bool:
        """Return whether every step is done, now or when it was noted."""
        return self.follower.done_at is not None or (self.total > 0 and all(step.is_done for step in self.steps))

    @property
    def next(self) -> CourseOn | None:
        """Return the course to go on with: one that is open and not done, the latest active first."""
        ready = [one for one in self.counted if one.is_begun and not one.is_done and one.way and one.way.total]
        active = [one for one in ready if one.enrolment and one.enrolment.active_at]
        return max(active, key=_last_active, default=ready[0] if ready else None)

    def segments(self) -> list[Segment]:
        """Return what the one ruler over all courses draws; a finished course is full, though lessons were added."""
        found: list[Segment] = []
        for one in self.counted:
            if one.way is None or not one.way.total:
                found.append((10, "done" if one.is_done else "todo", 0.0))
            elif one.is_done:
                found.append((sum(step.minutes for step in one.way.steps), "done", 0.0))
            else:
                found += one.way.segments()
        return found


def _last_active(one: CourseOn) -> datetime:
    assert one.enrolment is not None and one.enrolment.active_at is not None
    return one.enrolment.active_at


def walks_of(member: Member) -> list[Walk]:
    """Return the published paths that the member follows, as they walk them. A constant number of statements."""
    active = (PathMember.member_id == member.id, PathMember.state == "active", PathMember.path.has(state="published"))
    return _walks(list(db.session.scalars(followers(*active))), {member.id: member.name})


def beside_courses(member: Member) -> tuple[list[Over], list[Walk]]:
    """Return the courses whose time has passed and the paths that the member follows; one statement when there are none."""
    over = sa.select(Enrolment.id).where(Enrolment.member_id == member.id, has_expired()).exists()
    path = sa.select(PathMember.id).where(PathMember.member_id == member.id, PathMember.state == "active").exists()
    has_over, has_path = db.session.execute(sa.select(over, path)).one()
    return over_for(member) if has_over else [], walks_of(member) if has_path else []


def walk_of(member: Member, path_id: UUID) -> Walk:
    """Return one path as the member walks it. Raises NotFound."""
    found = next((walk for walk in walks_of(member) if walk.path.id == path_id), None)
    if found is None:
        raise NotFound("not on this path")
    return found


def walks_on(viewer: Member, path: Path) -> list[Walk]:
    """Return everyone on the path whom the viewer sees as they walk it, least done first. A constant number of statements."""
    if not viewer.roles & VIEWERS:
        raise NotFound("not yours to see")
    rows = db.session.execute(
        followers(PathMember.path_id == path.id, PathMember.state == "active")
        .add_columns(stored(Member, "first_name"), stored(Member, "last_name"))
        .join(Member, Member.id == PathMember.member_id).where(Member.state == "active", visible_to(viewer))
    ).all()
    names = full_names([(row[0].member_id, row[1], row[2]) for row in rows])
    walks = _walks([row[0] for row in rows], {row[0].member_id: name for row, name in zip(rows, names, strict=True)})
    return sorted(walks, key=lambda walk: (walk.is_done, walk.done / (walk.total or 1), normalised(walk.name)))


def _walks(rows: list[PathMember], names: Mapping[UUID, str]) -> list[Walk]:
    if not rows:
        return []
    courses = {one.course_id: one.course for row in rows for step in row.path.steps for one in step.courses}
    outlines = _outlines(courses.values())
    wanted = sa.select(Enrolment).where(
        Enrolment.member_id.in_({row.member_id for row in rows}), Enrolment.course_id.in_(courses), is_current()
    )
    taken: dict[UUID, dict[UUID, Enrolment]] = {}
    for one in db.session.scalars(wanted):
        taken.setdefault(one.member_id, {})[one.course_id] = one
    marks = marks_of([one.id for many in taken.values() for one in many.values()])
    return [_walk(row, names[row.member_id], TakenCourses(taken.get(row.member_id, {})), outlines, marks) for row in rows]


def _outlines(courses: Iterable[Course]) -> dict[UUID, Mapping[str, Any]]:
    wanted = [course.publication_id for course in courses if course.publication_id]
    columns = sa.select(Publication.course_id, Publication.outline)
    return {course_id: outline for course_id, outline in db.session.execute(columns.where(Publication.id.in_(wanted)))}


def _walk(
    row: PathMember, name: str, taken: TakenCourses, outlines: Mapping[UUID, Mapping[str, Any]],
    marks: Mapping[UUID, Mapping[str, Mark]],
) -> Walk:
    stages = stages_of(row.path)
    open_numbers = set(rules.open_stages(stages, taken.done, row.path.is_sequential))
    begun = {course_id for course_id in taken.enrolments if taken.is_open(course_id)}
    known = {one.course_id: one.course for step in row.path.steps for one in step.courses}
    steps = []
    for number, stage in enumerate(stages):
        counted = rules.counted(stage, taken.done, begun)
        courses = [
            _course(known[one], taken, outlines, marks, number in open_numbers, one in counted) for one in stage.courses
        ]
        is_done = bool(stage.courses) and stage.is_done(taken.done)
        steps.append(StepOn(number + 1, courses, stage.needed, stage.has_choice, is_done, number in open_numbers))
    return Walk(row.path, row, name, [step for step in steps if step.courses])


def _course(
    course: Course, taken: TakenCourses, outlines: Mapping[UUID, Mapping[str, Any]],
    marks: Mapping[UUID, Mapping[str, Mark]], is_reachable: bool, counts: bool,
) -> CourseOn:
    enrolment, outline = taken.enrolments.get(course.id), outlines.get(course.id)
    here = marks.get(enrolment.id, {}) if enrolment else {}
    stopped_at = str(enrolment.lesson_id) if enrolment and enrolment.lesson_id else None
    way = way_of(outline, here, stopped_at) if outline else None
    title = str(outline["title"]) if outline else course.title
    return CourseOn(course, title, way, enrolment, course.id in taken.done, is_reachable, counts)
