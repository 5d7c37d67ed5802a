"""A cast in an academy with a published course that two participants take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.learning.actions import enrol
from tenants.people.models import MemberSession
from tests.cast import Cast, make_cast
from tests.courses.writing import member
from tests.factories import published_course
from tests.opened import Opened


@dataclass(frozen=True)
class Taught:
    """Ids of a course that participant and second take."""

    course: UUID


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy, signed in for as long as tests shift the clock."""
    cast = make_cast(academy)
    with db.scope(academy.scope, commit=True):
        db.session.execute(sa.update(MemberSession).values(expires_at=clock.now() + timedelta(days=90)))
    return cast


@pytest.fixture
def taught(cast: Cast) -> Taught:
    """Return a published course with two participants."""
    with db.scope(cast.academy.scope, commit=True):
        course, _ = published_course(member(cast, "author"))
        for who in ("participant", "second"):
            enrol(member(cast, who), course)
        return Taught(course.id)
