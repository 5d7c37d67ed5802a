"""Reads of courses for authors and for publishing; relations are loaded here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from core.db import db
from core.errors import NotFound
from tenants.courses.models import Block, Course, Lesson, Module, Page, Publication, Question
from tenants.courses.rules import Snapshot, may_edit
from tenants.people.models import Member

Row = TypeVar("Row", Module, Lesson, Block)


def courses_to_edit(member: Member) -> list[Course]:
    """Return every course that the member may write, newest change first, archived ones last."""
    if not may_edit(member.roles):
        return []
    order = (sa.case((Course.state == "archived", 1), else_=0), Course.changed_at.desc())
    return list(db.session.scalars(sa.select(Course).order_by(*order)))


def lesson_counts(courses: Iterable[Course]) -> dict[UUID, int]:
    """Return how many lessons each course has in its authors' version."""
    count = (
        sa.select(Module.course_id, sa.func.count(Lesson.id))
        .join(Lesson, Lesson.module_id == Module.id)
        .where(Module.course_id.in_([course.id for course in courses]))
        .where(Module.deleted_at.is_(None), Lesson.deleted_at.is_(None))
        .group_by(Module.course_id)
    )
    return {course_id: number for course_id, number in db.session.execute(count)}


def course_to_edit(member: Member, course_id: UUID, lock: bool = False) -> Course:
    """Return the course with modules, lessons, blocks, questions and choices. Raises NotFound."""
    blocks = selectinload(Course.modules).selectinload(Module.lessons).selectinload(Lesson.blocks)
    question = select_course(course_id).options(blocks.joinedload(Block.question).selectinload(Question.choices))
    if lock:
        question = question.with_for_update(of=Course)
    course: Course | None = db.session.scalar(question) if may_edit(member.roles) else None
    if course is None:
        raise NotFound("no such course")
    return course


def select_course(course_id: UUID) -> sa.Select[Course]:
    """Return the SELECT of one course, asked anew even when the session knows it."""
    return sa.select(Course).where(Course.id == course_id).execution_options(populate_existing=True)


def module_of(course: Course, module_id: UUID) -> Module:
    """Return a module of the course, removed ones too. Raises NotFound."""
    return _found(module for module in course.modules if module.id == module_id)


def lesson_of(course: Course, lesson_id: UUID) -> Lesson:
    """Return a lesson of the course, removed ones too. Raises NotFound."""
    return _found(lesson for module in course.modules for lesson in module.lessons if lesson.id == lesson_id)


def block_of(course: Course, block_id: UUID) -> Block:
    """Return a block of the course, removed ones too. Raises NotFound."""
    lessons = (lesson for module in course.modules for lesson in module.lessons)
    return _found(block for lesson in lessons for block in lesson.blocks if block.id == block_id)


def _found(rows: Iterable[Row]) -> Row:
    for row in rows:
        return row
    raise NotFound("not in this course")


def live_publication(course: Course) -> Publication | None:
    """Return what participants see now, or None before the first publication."""
    return db.session.get(Publication, course.publication_id) if course.publication_id else None


def live_snapshot(course: Course) -> Snapshot | None:
    """Return what participants see now with all its pages, or None before the first publication."""
    publication = live_publication(course)
    if publication is None:
        return None
    lessons = [lesson for module in publication.outline["modules"] for lesson in module["lessons"]]
    wanted = [UUID(lesson["page_id"]) for lesson in lessons]
    pages = db.session.scalars(sa.select(Page).where(Page.id.in_(wanted)))
    return Snapshot(publication.outline, {str(page.lesson_id): page.content for page in pages})


def last_version(course: Course) -> int:
    """Return the number of the course's last publication, 0 before the first."""
    last = sa.select(sa.func.max(Publication.version)).where(Publication.course_id == course.id)
    return db.session.scalar(last) or 0


def pages_by_digest(course: Course, digests: Iterable[str]) -> dict[tuple[str, str], UUID]:
    """Return the course's pages with one of these contents, by (lesson id, digest)."""
    columns = sa.select(Page.lesson_id, Page.digest, Page.id)
    rows = db.session.execute(columns.where(Page.course_id == course.id, Page.digest.in_(list(digests))))
    return {(str(lesson_id), digest): page_id for lesson_id, digest, page_id in rows}


def published_courses() -> list[Course]:
    """Return the courses that participants can take, by title."""
    wanted = sa.select(Course).where(Course.state == "published").order_by(Course.title)
    return list(db.session.scalars(wanted))


def trainers() -> list[Member]:
    """Return the active members who can accompany a course."""
    everyone = db.session.scalars(sa.select(Member).where(Member.state == "active")).unique()
    return sorted((m for m in everyone if m.roles & {"trainer", "author", "manager", "owner"}), key=lambda m: m.name)

