"""Who joins by an invitation for a course is enrolled in it at once."""

from __future__ import annotations

from uuid import UUID

from core.db import db
from tenants.courses.models import Course
from tenants.learning.actions import enrol
from tenants.people.joined import on_join
from tenants.people.models import Member


@on_join
def enrol_on_joining(member: Member, course_id: UUID | None) -> None:
    """Enrol the new member in the course of their invitation, if it still exists and is not archived."""
    course = db.session.get(Course, course_id) if course_id else None
    if course is not None and course.state != "archived":
        enrol(member, course)
