"""Starting somebody anew with tests: nobody is thrown out of one, extra time stays theirs, old results count no more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

import tenants.assessments.resets  # noqa: F401  the listeners under test
from core import clock
from core.db import db
from core.errors import Refused
from tenants.assessments import desk, queries, reviewing
from tenants.assessments.rules import Allowance
from tenants.learning import resets
from tests.assessments.making import Test, all_right, begun, handed_in, opened, progress, write_test
from tests.cast import Cast
from tests.courses.writing import member


def reset(cast: Cast, found: Test) -> UUID:
    """Return the id of the attempt that was set aside."""
    with db.scope(cast.academy.scope, commit=True):
        old = opened(cast, found).taken.enrolment
        resets.reset(old, member(cast, "trainer"))
        return old.id


def test_a_running_test_is_not_taken_away(cast: Cast) -> None:
    found = write_test(cast)
    begun(cast, found)
    with pytest.raises(Refused, match="test runs"):
        reset(cast, found)


def test_a_new_attempt_sits_the_test_again(cast: Cast) -> None:
    found = write_test(cast, attempts=1)
    handed_in(cast, found, all_right(found))
    assert progress(cast, found) == (Decimal(100), True)
    reset(cast, found)
    assert progress(cast, found) == (None, False)
    handed_in(cast, found, {found.single: found.right("single")})
    assert progress(cast, found) == (Decimal(50), False)


def test_extra_time_goes_with_the_person(cast: Cast) -> None:
    found = write_test(cast, minutes=30)
    handed_in(cast, found)
    with db.scope(cast.academy.scope, commit=True):
        given = reviewing.Given(Allowance(5, Decimal("1.5")), "dyslexia")
        reviewing.allow(opened(cast, found).taken.enrolment, found.lesson, given, member(cast, "trainer"))
    old = reset(cast, found)
    with db.scope(cast.academy.scope):
        fresh = opened(cast, found).taken.enrolment
        kept = queries.allowance_row(fresh.id, found.lesson)
        assert fresh.id != old and kept is not None
        assert (kept.extra_minutes, kept.factor, kept.reason) == (5, Decimal("1.5"), "dyslexia")


def test_what_waits_from_an_old_attempt_is_on_no_desk(cast: Cast) -> None:
    found = write_test(cast, with_open=True)
    assert found.open is not None
    handed_in(cast, found, {**all_right(found), found.open: {"text": "For the smell"}})
    with db.scope(cast.academy.scope):
        assert len(desk.waiting(member(cast, "trainer"))) == desk.waiting_count(member(cast, "trainer")) == 1
    old = reset(cast, found)
    with db.scope(cast.academy.scope, commit=True):
        assert desk.waiting(member(cast, "trainer")) == [] and desk.waiting_count(member(cast, "trainer")) == 0
        with clock.shifted(timedelta(days=3)):
            resets.put_back(resets.attempt_in(found.course, member(cast, "participant").id, old), member(cast, "trainer"))
        assert desk.waiting_count(member(cast, "trainer")) == 1
