"""A cast in an academy with a published course that two participants take."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from core.db import db
from tenants.learning.actions import enrol
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
    """Return the people of the academy."""
    return make_cast(academy)


@pytest.fixture
def taught(cast: Cast) -> Taught:
    """Return a published course with two participants."""
    with db.scope(cast.academy.scope, commit=True):
        course, _ = published_course(member(cast, "author"))
        for who in ("participant", "second"):
            enrol(member(cast, who), course)
        return Taught(course.id)
