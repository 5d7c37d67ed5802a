"""A cast with a course that asks an anonymous survey in its lesson, and six people more who take it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from core.tokens import hash_of
from tenants.courses import actions as writing
from tenants.courses.block_actions import add_block
from tenants.courses.publishing import publish_course
from tenants.learning.actions import enrol
from tenants.people.models import Member, MemberRole, MemberSession
from tests.cast import Cast, make_cast
from tests.courses.writing import member
from tests.opened import Opened
from tests.surveys.asking import body_of


@dataclass
class Asked:
    """A course of one lesson whose block asks a survey; ids of people who take it."""

    cast: Cast
    course: UUID
    lesson: UUID
    block: UUID
    body: dict[str, Any]
    people: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return where answers are sent."""
        return f"/learn/{self.course}/{self.lesson}/surveys/{self.block}"


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy, signed in for as long as tests shift the clock."""
    cast = make_cast(academy)
    with db.scope(academy.scope, commit=True):
        db.session.execute(sa.update(MemberSession).values(expires_at=clock.now() + timedelta(days=400)))
    return cast


@pytest.fixture(params=["anonymous"])
def asked(cast: Cast, request: pytest.FixtureRequest) -> Asked:
    """Return a published course with a survey in its lesson, in the mode of the parameter."""
    body = body_of(request.param)
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        course = writing.create_course("Bread", by=author, module_title="M", lesson_title="L", language="en")
        lesson = course.live_modules[0].live_lessons[0]
        block = add_block(lesson, "survey", body)
        publish_course(course, author)
        found = Asked(cast, course.id, lesson.id, block.id, body)
        for who in ("participant", "second"):
            enrol(member(cast, who), course)
        for number in range(10):
            found.people.append(_person(cast, number, course))
    return found


def _person(cast: Cast, number: int, course: Any) -> str:
    who = f"person{number}"
    person = Member(email=f"{who}@x.example", first_name=f"Person{number}", last_name="Tester", language="en")
    person.role_rows = [MemberRole(role="participant")]
    db.session.add(person)
    db.session.flush()
    cast.ids[who] = person.id
    db.session.add(MemberSession(member_id=person.id, token_hash=hash_of(cast.token(who)), device="Test",
                                 expires_at=clock.now() + timedelta(days=400)))  # fmt: skip
    enrol(person, course)
    return who
