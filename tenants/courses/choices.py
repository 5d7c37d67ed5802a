"""Which courses people can be invited to."""

from __future__ import annotations

import sqlalchemy as sa

from core.db import db
from tenants.courses.models import Course


def courses_to_join() -> list[tuple[str, str]]:
    """Return (id as text, title) of the published courses, by their place in lists."""
    query = sa.select(Course.id, Course.title).where(Course.state == "published")
    return [(str(course_id), title) for course_id, title in db.session.execute(query.order_by(Course.position, Course.title))]
