"""An academy in which a course gives a certificate, and what tests of certificates do again and again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.db import CORE, db
from core.outbox.models import Work
from jobs import perform, registry
from tenants.certificates import design_actions
from tenants.certificates.design_actions import DesignDraft
from tenants.certificates.models import Certificate
from tenants.learning import actions as learning
from tenants.learning import queries
from tests.cast import Cast, make_cast
from tests.certificates.giving import BODY, Given
from tests.courses.writing import member
from tests.factories import published_course
from tests.opened import Opened


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    return make_cast(academy)


@pytest.fixture(autouse=True)
def work(platform: object) -> None:
    """Begin with an empty outbox and every job known."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))


def set_up(cast: Cast) -> Given:
    """Write a course that gives a certificate, with the participant enrolled."""
    with db.scope(cast.academy.scope, commit=True):
        owner = member(cast, "owner")
        course, page = published_course(owner, "Medication safety")
        design = design_actions.create_design(
            DesignDraft("Certificate", BODY, "Noor Haddad, Trainer\nOlga Visser", language="en", valid_months=24), owner
        )
        design_actions.certify(course, design, Decimal("12.5"), False, owner)
        learning.enrol(member(cast, "participant"), course, owner)
        return Given(cast, course.id, page.lesson_id, design.id)


@pytest.fixture
def given(cast: Cast) -> Given:
    """Return the course and its design."""
    return set_up(cast)


@pytest.fixture
def finish(given: Given) -> Callable[[], Certificate]:
    """Return what lets the participant finish the course, does the work, and returns the certificate."""

    def finish_(who: str = "participant") -> Certificate:
        with db.scope(given.cast.academy.scope, commit=True):
            learning.mark_done(queries.lesson_for(member(given.cast, who), given.course_id, given.lesson_id, lock=True))
        perform.drain(most=20)
        with db.scope(given.cast.academy.scope):
            found = db.session.scalars(sa.select(Certificate).where(Certificate.member_id == given.cast.ids[who])).one()
            db.session.expunge(found)
            return found

    return finish_


@pytest.fixture
def issued(finish: Callable[[], Certificate]) -> UUID:
    """Return the id of the participant's certificate, made ready."""
    return finish().id
