"""Small believable rows for tests; call them in an open frame."""

from __future__ import annotations

from core.db import db
from tenants.courses.actions import add_lesson, add_module, create_course
from tenants.courses.block_actions import add_block
from tenants.courses.models import Course, Page
from tenants.courses.publishing import publish_course
from tenants.people.models import Member


def published_course(by: Member, title: str = "Medication safety") -> tuple[Course, Page]:
    """Return a course of one text lesson, published, and the lesson's page."""
    course = create_course(title, by=by, module_title="Why it matters", lesson_title="What can go wrong", empty=True)
    lesson = add_lesson(add_module(course, "Why it matters"), "What can go wrong")
    add_block(lesson, "text", {"markdown": "Most mistakes are made when we are sure."})
    publish_course(course, by)
    page = db.session.query(Page).filter(Page.course_id == course.id).one()
    return course, page
