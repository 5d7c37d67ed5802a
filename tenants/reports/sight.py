"""Whose progress somebody sees: owners, managers and trainers that of everybody who takes a course, or of chosen groups. Every
report goes through here: a course comes with the condition on its people (tenants/groups/sight.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from tenants.courses.models import Course, Publication
from tenants.groups.sight import visible_to
from tenants.learning.overview import VIEWERS
from tenants.learning.queries import zone_here
from tenants.people.models import Member


@dataclass(frozen=True)
class Followed:
    """A course as reports read it: its published outline, the academy's zone, and whom (of `members`) the viewer sees."""

    course: Course
    outline: Mapping[str, Any]
    zone: str
    who: sa.ColumnElement[bool]

    @cached_property
    def lessons(self) -> list[Mapping[str, Any]]:
        """Return the published lessons in order."""
        return [lesson for module in self.outline["modules"] for lesson in module["lessons"]]

    @cached_property
    def lesson_ids(self) -> list[UUID]:
        """Return their ids in order."""
        return [UUID(lesson["id"]) for lesson in self.lessons]

    @cached_property
    def places(self) -> dict[UUID, tuple[int, str]]:
        """Return number and title of each lesson by its id."""
        return {UUID(one["id"]): (number, one["title"]) for number, one in enumerate(self.lessons, start=1)}


def follows(viewer: Member) -> sa.ColumnElement[bool]:
    """Return the condition "the viewer sees the people of the course". Raises NotFound for who follows nobody."""
    if not viewer.roles & VIEWERS:
        raise NotFound("not yours to see")
    return sa.true()


def followed(viewer: Member, course_id: UUID) -> Followed:
    """Return a course whose people the viewer sees. Raises NotFound."""
    row: Any = db.session.execute(_select(viewer).where(Course.id == course_id)).one_or_none()
    if row is None:
        raise NotFound("no such course")
    return _followed(row, visible_to(viewer))


def all_followed(viewer: Member, course_id: UUID | None = None) -> list[Followed]:
    """Return every open course whose people the viewer sees, or only one, by title. One statement."""
    wanted = _select(viewer).where(Course.state == "published").order_by(Course.title)
    if course_id is not None:
        wanted = wanted.where(Course.id == course_id)
    who = visible_to(viewer)
    return [_followed(row, who) for row in db.session.execute(wanted)]


def _followed(row: Any, who: sa.ColumnElement[bool]) -> Followed:
    course, outline, zone = row
    return Followed(course, outline, zone, who)


def _select(viewer: Member) -> sa.Select[Any]:
    return (
        sa.select(Course, Publication.outline, zone_here()).join(Publication, Publication.id == Course.publication_id)
        .where(follows(viewer))
    )
