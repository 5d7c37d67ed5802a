"""A cast in an academy and a published course to come into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.db import db
from tenants.catalogue import entering
from tenants.catalogue.entering import Terms
from tenants.courses.models import Course
from tests.cast import Cast, make_cast
from tests.courses.writing import Written, member, publish, write_course
from tests.opened import Opened
from tests.statements import note


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    return make_cast(academy)


@pytest.fixture
def written(cast: Cast) -> Written:
    """Return a published course that the catalogue does not show yet."""
    with db.scope(cast.academy.scope, commit=True):
        return new_course(cast)


def new_course(cast: Cast, title: str = "Bread for beginners") -> Written:
    """Return another published course, in the open frame."""
    author = member(cast, "author")
    found = write_course(author, title)
    publish(author, found.course)
    return found


def set_terms(cast: Cast, course_id: UUID, **terms: object) -> None:
    """Set how people come into the course, in a transaction of its own."""
    with db.scope(cast.academy.scope, commit=True):
        entering.save_entry(course_of(course_id), Terms(**{"is_listed": True, **terms}), member(cast, "manager"))  # type: ignore[arg-type]


def course_of(course_id: UUID) -> Course:
    """Return a course, in the open frame."""
    return db.session.get_one(Course, course_id)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that the block sends on the engine of the open frame's academy."""
    seen: list[str] = []
    engine = db.engine_of(db.current())
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
