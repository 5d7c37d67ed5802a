"""A deep copy of a course in its own academy, and courses that begin as a copy of a template."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core.db import db
from tenants.audit.actions import record
from tenants.courses import queries
from tenants.courses.models import Course
from tenants.courses.rules import may_edit
from tenants.files.models import File
from tenants.people.models import Member
from tenants.surveys.queries import course_survey
from tenants.transfer.building import build
from tenants.transfer.packing import Packing


def copy_course(source: Course, title: str, by: Member, course_id: UUID) -> Course:
    """Return a new draft with all that the source has as its authors see it, under new ids. Raises Refused for the title.

    Files are shared, for no course owns a file. Sent twice under the same `course_id` it is one copy.
    """
    known = files_shown(source)
    packing = Packing(lambda file_id, kind: file_id if file_id in known else None, is_copy=True)
    survey = course_survey(source.id)
    data = packing.course(source, survey.body if survey else None)
    try:
        with db.session.begin_nested():
            course = build(data, by, known.__getitem__, title=title, course_id=course_id)
    except IntegrityError:
        return queries.course_to_edit(by, course_id)
    record("courses.copy", actor_id=by.id, course=str(course.id), source=str(source.id))
    db.session.flush()
    return course


def files_shown(course: Course) -> dict[str, File]:
    """Return the files that the course's lessons show, by id as text; ids that no file has are left out."""
    blocks = [block for module in course.live_modules for lesson in module.live_lessons for block in lesson.live_blocks]
    wanted = {block.body.get("file_id") for block in blocks}
    wanted |= {track.get("file_id") for block in blocks if block.kind == "video" for track in block.body.get("captions", ())}
    wanted |= {block.question.rule.get("file_id") for block in blocks if block.question}
    ids = [UUID(one) for one in wanted if one]
    rows = db.session.scalars(sa.select(File).where(File.id.in_(ids), File.made_for.is_(None), File.state == "ready")) if ids else ()
    return {str(file.id): file for file in rows}


def templates_for(member: Member) -> list[Course]:
    """Return the courses that a new one may begin as a copy of, by title. One statement."""
    if not may_edit(member.roles):
        return []
    wanted = sa.select(Course).where(Course.is_template, Course.state != "archived").order_by(Course.title)
    return list(db.session.scalars(wanted))
