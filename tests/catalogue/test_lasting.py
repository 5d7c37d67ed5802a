"""Enrolments end at the academy's midnight: reading closes, progress stays, renewal goes on where one stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from core.errors import Refused
from jobs.catalogue import day
from tenants.audit.models import Event
from tenants.catalogue import lasting, rules
from tenants.learning import actions as learning
from tenants.learning import queries
from tenants.learning.models import Enrolment
from tests.cast import Cast
from tests.catalogue.conftest import course_of, set_terms
from tests.catalogue.test_entering import enrolment, enter, learning_now
from tests.courses.writing import Written, member

NL = "Europe/Amsterdam"


def count(cast: Cast, act: str) -> int:
    with db.scope(cast.academy.scope):
        return db.session.scalar(sa.select(sa.func.count()).where(Event.act == act)) or 0


def a_day(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        day()


@pytest.fixture
def lasting_course(cast: Cast, written: Written) -> Written:
    """Return a free course of 30 days that one participant takes."""
    set_terms(cast, written.course, way="free", lasts_days=30)
    enter(cast, written, "participant")
    with db.scope(cast.academy.scope, commit=True):
        learning.mark_done(queries.lesson_for(member(cast, "participant"), written.course, written.reading, lock=True))
    return written


def test_an_enrolment_ends_at_midnight_after_its_last_day(cast: Cast, lasting_course: Written) -> None:
    with db.scope(cast.academy.scope):
        found = enrolment(cast, lasting_course, "participant")
        assert found.ends_at == rules.midnight(clock.today(NL) + timedelta(days=31), NL)


def test_staff_who_enrol_give_the_same_time(cast: Cast, lasting_course: Written) -> None:
    with db.scope(cast.academy.scope):
        found = learning.enrol(member(cast, "second"), course_of(lasting_course.course), member(cast, "manager"))
        assert found.ends_at is not None


def test_reading_closes_at_once_and_the_job_notes_it_once(cast: Cast, lasting_course: Written, app: HostedFlask) -> None:
    client = cast.client(app, "participant")
    lesson = f"/learn/{lasting_course.course}/{lasting_course.reading}"
    assert client.get(lesson).status_code == 200
    with clock.shifted(timedelta(days=32)):
        with db.scope(cast.academy.scope, commit=True):
            db.session.execute(sa.text("UPDATE sessions SET expires_at = expires_at + interval '60 days'"))
        for _ in range(2):
            answer = client.get(lesson)
            assert (answer.status_code, answer.headers["Location"]) == (302, f"/catalogue/{lasting_course.course}")
            page = client.get(answer.headers["Location"]).text
            assert "Your time for this course has passed" in page and "Your progress and answers are kept." in page
            late = client.post(f"{lesson}/completion")
            assert late.status_code == 410 and "was not stored" in late.text
            assert "Your time has passed" in client.get("/").text
            a_day(cast)
        with db.scope(cast.academy.scope):
            assert enrolment(cast, lasting_course, "participant").state == "expired"
    assert count(cast, "learning.expire") == 1


def test_an_expired_place_goes_to_the_next_in_line(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", lasts_days=10, places=1)
    enter(cast, written, "participant")
    enter(cast, written, "second")
    with clock.shifted(timedelta(days=12)):
        a_day(cast)
        assert learning_now(cast, written) == {"second"}
        with db.scope(cast.academy.scope):
            assert enrolment(cast, written, "second").is_open


def test_nobody_gets_around_the_end_by_enrolling_anew(cast: Cast, lasting_course: Written) -> None:
    with clock.shifted(timedelta(days=32)), pytest.raises(Refused, match="not open"):
        enter(cast, lasting_course, "participant")


def test_a_person_renews_where_it_is_allowed_and_goes_on(cast: Cast, lasting_course: Written) -> None:
    def renew() -> str:
        with db.scope(cast.academy.scope, commit=True):
            return lasting.renew_own(member(cast, "participant"), course_of(lasting_course.course))

    with pytest.raises(Refused, match="not yours to renew"):
        renew()
    set_terms(cast, lasting_course.course, way="free", lasts_days=30, may_renew=True)
    assert renew() == "enrolled"
    with pytest.raises(Refused, match="not yours to renew"):
        renew()
    with clock.shifted(timedelta(days=100)):
        a_day(cast)
        assert renew() == "enrolled"
        with db.scope(cast.academy.scope):
            taken = queries.course_for(member(cast, "participant"), lasting_course.course)
            assert taken.way.done == 1
            assert taken.enrolment.ends_at == rules.midnight(clock.today(NL) + timedelta(days=31), NL)
    assert count(cast, "catalogue.renewed") == 2


def test_a_renewal_waits_when_the_place_was_given_on(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", lasts_days=10, places=1, may_renew=True)
    enter(cast, written, "participant")
    enter(cast, written, "second")
    with clock.shifted(timedelta(days=12)):
        with db.scope(cast.academy.scope, commit=True):
            assert lasting.renew_own(member(cast, "participant"), course_of(written.course)) == "waiting"
        assert learning_now(cast, written) >= {"second"}


def test_staff_choose_the_last_day_or_no_end(cast: Cast, lasting_course: Written) -> None:
    today = clock.today(NL)
    with db.scope(cast.academy.scope, commit=True):
        found, manager = enrolment(cast, lasting_course, "participant"), member(cast, "manager")
        lasting.renew(found, today, manager)
        assert found.ends_at == rules.midnight(today + timedelta(days=1), NL)
        for wrong in (today - timedelta(days=1), today + timedelta(days=3651)):
            with pytest.raises(Refused, match="last day"):
                lasting.renew(found, wrong, manager)
        lasting.renew(found, None, manager)
        assert found.ends_at is None and found.is_open


def test_a_reminder_is_noted_once_per_mark_also_when_the_job_missed_the_day(cast: Cast, lasting_course: Written) -> None:
    expected = {0: 0, 10: 0, 16: 1, 17: 1, 20: 1, 28: 2, 29: 2, 40: 2}
    for days, noted in expected.items():
        with clock.shifted(timedelta(days=days)):
            a_day(cast)
            assert count(cast, "catalogue.ends_soon") == noted, days


def test_a_short_enrolment_is_not_reminded_of_at_its_beginning(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", lasts_days=2)
    enter(cast, written, "participant")
    a_day(cast)
    assert count(cast, "catalogue.ends_soon") == 0


def test_an_enrolment_without_end_never_ends(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free")
    enter(cast, written, "participant")
    with clock.shifted(timedelta(days=4000)):
        a_day(cast)
        with db.scope(cast.academy.scope):
            assert db.session.scalars(sa.select(Enrolment)).one().is_open


def test_two_jobs_at_once_expire_each_enrolment_once(cast: Cast, lasting_course: Written) -> None:
    import threading

    with clock.shifted(timedelta(days=32)):
        threads = [threading.Thread(target=a_day, args=(cast,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert count(cast, "learning.expire") == 1
