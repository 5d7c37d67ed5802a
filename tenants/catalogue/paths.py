"""Verbs of learning paths: write them, put people on them, open the next courses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from core import clock, ids, queue
from core.db import db
from core.errors import Forbidden, NotFound, Refused
from tenants.audit.actions import record
from tenants.catalogue import path_queries as queries
from tenants.catalogue import rules
from tenants.catalogue.models import Path, PathCourse, PathMember, PathStep
from tenants.catalogue.path_queries import TakenCourses
from tenants.catalogue.walks import Walk
from tenants.courses.actions import MAX_SUMMARY, MAX_TITLE
from tenants.courses.models import Course
from tenants.courses.rules import arranged, stepped
from tenants.learning import turns
from tenants.learning.actions import enrol
from tenants.learning.models import Enrolment
from tenants.people.models import Member

MAX_STEPS = 50
MAX_COURSES = 20


def create_path(path_id: UUID, title: str, by: Member) -> Path:
    """Return a new draft path; a form that was sent twice makes one."""
    if not by.roles & rules.PATH_WRITERS:
        raise Forbidden("role")
    try:
        with db.session.begin_nested():
            path = Path(id=path_id, title=_title(title))
            db.session.add(path)
            db.session.flush()
    except IntegrityError:
        return queries.path_to_edit(by, path_id)
    return path


def change_path(path: Path, title: str, summary: str, is_sequential: bool) -> None:
    """Change what the path says of itself and whether its steps follow each other."""
    path.title, path.summary, path.is_sequential = _title(title), summary.strip()[:MAX_SUMMARY], is_sequential
    _touch(path)


def _title(title: str) -> str:
    line = " ".join(title.replace("\x00", "").split())
    if not line or len(line) > MAX_TITLE:
        raise Refused("title")
    return line


def _touch(path: Path) -> None:
    """Note the change; followers of a published path come into what it opened."""
    path.changed_at = clock.now()
    db.session.flush()
    if path.state == "published":
        queue.later("catalogue.advance_path", path_id=path.id, once=f"catalogue.path:{path.id}")


def add_step(path: Path, course_ids: Sequence[UUID]) -> PathStep:
    """Return a new step at the end of the path, with these courses. Raises Refused("no course")."""
    courses = _courses(course_ids)
    if not courses or len(path.steps) >= MAX_STEPS:
        raise Refused("no course")
    step = PathStep(id=ids.uuid7(), position=max((one.position for one in path.steps), default=-1) + 1)
    step.courses = [PathCourse(id=ids.uuid7(), course=course, position=n) for n, course in enumerate(courses)]
    path.steps.append(step)
    _touch(path)
    return step


def _courses(course_ids: Iterable[UUID]) -> list[Course]:
    wanted = list(dict.fromkeys(course_ids))[:MAX_COURSES]
    found = db.session.scalars(sa.select(Course).where(Course.id.in_(wanted), Course.state != "archived"))
    by_id = {course.id: course for course in found}
    return [by_id[one] for one in wanted if one in by_id]


def add_courses(step: PathStep, course_ids: Iterable[UUID]) -> None:
    """Add courses to the step that it does not have yet; a step of all stays a step of all."""
    known = {one.course_id for one in step.courses}
    first = max((one.position for one in step.courses), default=-1) + 1
    fresh = [course for course in _courses(course_ids) if course.id not in known][: MAX_COURSES - len(known)]
    if not fresh:
        raise Refused("no course")
    step.courses += [PathCourse(id=ids.uuid7(), course=course, position=first + n) for n, course in enumerate(fresh)]
    _touch(step.path)


def remove_course(step: PathStep, course_id: UUID) -> None:
    """Take a course out of the step; a step without courses goes with it. Raises NotFound."""
    found = next((one for one in step.courses if one.course_id == course_id), None)
    if found is None:
        raise NotFound("no such course here")
    step.courses.remove(found)
    if not step.courses:
        remove_step(step)
        return
    if step.needed is not None and step.needed >= len(step.courses):
        step.needed = None
    _touch(step.path)


def set_needed(step: PathStep, needed: int | None) -> None:
    """Let so many of the step's courses be enough; as many as there are, or None, means all."""
    if needed is not None and not 1 <= needed <= len(step.courses):
        raise Refused("needed")
    step.needed = None if needed is None or needed >= len(step.courses) else needed
    _touch(step.path)


def remove_step(step: PathStep) -> None:
    """Take a step out of the path; who takes its courses keeps them."""
    path = step.path
    path.steps.remove(step)
    _touch(path)


def move_step(step: PathStep, by: int) -> None:
    """Move the step so many places down (negative: up)."""
    arrange_steps(step.path, stepped([one.id for one in step.path.steps], step.id, by))


def arrange_steps(path: Path, wanted: Sequence[UUID]) -> None:
    """Put the steps in the wanted order."""
    order = arranged([step.id for step in path.steps], wanted)
    for step in path.steps:
        step.position = order.index(step.id)
    _touch(path)
    db.session.refresh(path, ["steps"])


def publish_path(path: Path, by: Member) -> None:
    """Let people be put on the path. Raises Refused("empty path")."""
    if not any(step.courses for step in path.steps):
        raise Refused("empty path")
    path.state = "published"
    record("catalogue.path_published", actor_id=by.id, path=str(path.id))
    _touch(path)


def archive_path(path: Path, by: Member) -> None:
    """Take the path off its followers' lists; their courses and progress stay."""
    path.state = "archived"
    record("catalogue.path_archived", actor_id=by.id, path=str(path.id))
    db.session.flush()


def follow(path: Path, members: Iterable[Member], by: Member | None = None) -> int:
    """Put members on a published path and enrol them in what is open; return how many are new on it.

    Every follower's row is locked before the first course's entry is, in one order: two who do this at once, or this
    and a job, follow each other.
    """
    if path.state != "published":
        raise Refused("path not published")
    ids_ = sorted(member.id for member in members)
    if ids_:
        db.session.execute(insert(PathMember).on_conflict_do_nothing(index_elements=["path_id", "member_id"]), [
            {"id": ids.uuid7(), "path_id": path.id, "member_id": one, "state": "ended",
             "enrolled_by": by.id if by else None, "enrolled_at": clock.now()}
            for one in ids_
        ])  # fmt: skip
    fresh = [row for row in queries.lock_followers(path.id, ids_) if row.state != "active"]
    for row in fresh:
        row.state, row.enrolled_at = "active", clock.now()
        record("catalogue.path_begun", actor_id=by.id if by else None, path=str(path.id), member=str(row.member_id))
    db.session.flush()
    for row in fresh:
        advance(row, path)
    return len(fresh)


def unfollow(row: PathMember, by: Member) -> None:
    """Take a member off the path; the courses that they take stay theirs."""
    row.state = "ended"
    record("catalogue.path_ended", actor_id=by.id, path=str(row.path_id), member=str(row.member_id))
    db.session.flush()


def advance(row: PathMember, path: Path) -> list[UUID]:
    """Enrol the follower in the courses that are open to them and note when the path is done; return the new courses.

    Somebody who was taken off a course since they began the path is not put back. Run twice, it does nothing twice.
    """
    stages, state = queries.stages_of(path), queries.taken_by(row.member_id, path)
    wanted = rules.given_courses(stages, state.done, path.is_sequential)
    fresh = sorted(one for one in wanted if state.may_begin(one, row.enrolled_at))
    member = db.session.get_one(Member, row.member_id) if fresh else None
    for course in queries.courses_by_id(path, fresh):
        assert member is not None
        enrol(member, course)
    if row.done_at is None and rules.path_done(stages, state.done):
        row.done_at = clock.now()
        record("catalogue.path_done", path=str(path.id), member=str(row.member_id))
        db.session.flush()
    return fresh


def is_behind(walk: Walk) -> bool:
    """Return whether `advance` has something to do: a course that opened, or an end that was not noted yet."""
    taken = {one.course.id: one.enrolment for step in walk.steps for one in step.courses if one.enrolment}
    waiting = [
        one for step in walk.steps if step.is_open and not step.has_choice for one in step.courses
        if not one.is_done and TakenCourses(taken).may_begin(one.course.id, walk.follower.enrolled_at)
    ]  # fmt: skip
    return bool(waiting) or (walk.follower.done_at is None and walk.is_done)


def choose(row: PathMember, path: Path, course_id: UUID) -> Course:
    """Enrol the follower in an open course that they chose. Raises NotFound for one that is not in the path, Refused."""
    stages, state = queries.stages_of(path), queries.taken_by(row.member_id, path)
    if not any(course_id in one.courses for one in stages):
        raise NotFound("no such course")
    if course_id not in rules.open_courses(stages, state.done, path.is_sequential):
        raise Refused("step closed")
    course = queries.courses_by_id(path, [course_id])[0]
    if not state.may_begin(course_id, row.enrolled_at) and not state.is_open(course_id):
        raise Refused("taken off")
    enrol(db.session.get_one(Member, row.member_id), course)
    return course


def advance_member(member_id: UUID) -> int:
    """Open what is next on every path that the member follows; return how many courses they came into."""
    return sum(len(advance(row, row.path)) for row in queries.lock_paths_of(member_id))


def advance_path(path_id: UUID) -> int:
    """Open what is next for everyone on the path; return how many enrolments were made."""
    return sum(len(advance(row, row.path)) for row in queries.lock_followers(path_id) if row.state == "active")


def advance_all() -> None:
    """Look at every published path once a day: what a job missed is made up for."""
    for path_id in queries.published_ids():
        queue.later("catalogue.advance_path", path_id=path_id, once=f"catalogue.path:{path_id}", priority=9)


@turns.on("done")
def _next(enrolment: Enrolment) -> None:
    """Open the next courses after the commit, in a job that goes with it: finishing a lesson waits for no path."""
    if queries.follows_with(enrolment.member_id, enrolment.course_id):
        queue.later("catalogue.advance", member_id=enrolment.member_id, priority=2)
