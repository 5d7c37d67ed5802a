"""Coming into a course: nobody gets a place that is not there, and a freed one goes to whoever waits longest."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import Forbidden, Refused
from tenants.audit.models import Event
from tenants.catalogue import entering, places, queries
from tenants.catalogue.models import EntryRequest
from tenants.learning import actions as learning
from tenants.learning.models import Enrolment
from tenants.people.models import Member, MemberRole
from tests.cast import Cast
from tests.catalogue.conftest import course_of, set_terms
from tests.courses.writing import Written, member
from tests.statements import number_of


def acts(cast: Cast) -> list[str]:
    with db.scope(cast.academy.scope):
        return [act for act in db.session.scalars(sa.select(Event.act).order_by(Event.id)) if act.startswith("catalogue")]


def enter(cast: Cast, written: Written, who: str) -> str:
    with db.scope(cast.academy.scope, commit=True):
        return entering.enter(member(cast, who), course_of(written.course))


def learning_now(cast: Cast, written: Written) -> set[str]:
    with db.scope(cast.academy.scope):
        ids = set(db.session.scalars(sa.select(Enrolment.member_id).where(
            Enrolment.course_id == written.course, Enrolment.state == "active")))  # fmt: skip
    return {who for who, one in cast.ids.items() if one in ids}


def enrolment(cast: Cast, written: Written, who: str) -> Enrolment:
    found = entering.enrolment_of(member(cast, who), course_of(written.course))
    assert found is not None
    return found


def test_a_course_without_terms_takes_nobody_by_themselves(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope), pytest.raises(Refused, match="not open"):
        entering.enter(member(cast, "participant"), course_of(written.course))


def test_a_free_course_takes_members_once(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free")
    assert [enter(cast, written, "participant") for _ in range(2)] == ["enrolled"] * 2
    assert learning_now(cast, written) == {"participant"}


def test_only_authors_and_managers_set_the_terms(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope), pytest.raises(Forbidden):
        entering.save_entry(course_of(written.course), entering.Terms(way="free"), member(cast, "trainer"))


def test_a_freed_place_goes_to_the_next_in_line_at_once(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=1)
    assert [enter(cast, written, who) for who in ("participant", "second", "trainer")] == ["enrolled", "waiting", "waiting"]
    with db.scope(cast.academy.scope, commit=True):
        learning.end_enrolment(enrolment(cast, written, "participant"), member(cast, "manager"))
    assert learning_now(cast, written) == {"second"}
    with db.scope(cast.academy.scope):
        request = places.open_request(cast.ids["trainer"], written.course)
        assert request is not None and places.ahead_of(request) == 0
    assert "catalogue.place_given" in acts(cast)


def test_a_raised_limit_lets_those_in_who_wait_in_their_order(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=1)
    for who in ("participant", "second", "trainer", "author"):
        enter(cast, written, who)
    set_terms(cast, written.course, way="free", places=3)
    assert learning_now(cast, written) == {"participant", "second", "trainer"}
    set_terms(cast, written.course, way="free", places=None)
    assert learning_now(cast, written) == {"participant", "second", "trainer", "author"}


def test_a_lowered_limit_takes_nobody_off(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=2)
    for who in ("participant", "second"):
        enter(cast, written, who)
    set_terms(cast, written.course, way="free", places=1)
    assert learning_now(cast, written) == {"participant", "second"}
    assert enter(cast, written, "trainer") == "waiting"


def test_nobody_overtakes_the_line_when_a_place_became_free_without_an_act(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=1)
    enter(cast, written, "participant")
    enter(cast, written, "second")
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "participant").state = "removed"
    assert enter(cast, written, "trainer") == "waiting"
    assert learning_now(cast, written) == {"participant", "second"}


def test_twenty_at_once_get_the_five_places_and_the_rest_wait_in_one_line(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=5)
    with db.scope(cast.academy.scope, commit=True):
        many = [Member(email=f"m{n}@many.example", first_name="M", last_name=str(n)) for n in range(20)]
        for one in many:
            one.role_rows = [MemberRole(role="participant")]
        db.session.add_all(many)
        db.session.flush()
        ids = [one.id for one in many]
    start, came, failed = threading.Barrier(20), [], []

    def run(member_id: object) -> None:
        try:
            start.wait(20)
            with db.scope(cast.academy.scope, commit=True):
                came.append(entering.enter(db.session.get_one(Member, member_id), course_of(written.course)))
        except Exception as error:
            failed.append(repr(error))

    threads = [threading.Thread(target=run, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert (came.count("enrolled"), came.count("waiting")) == (5, 15)
    with db.scope(cast.academy.scope):
        turns = list(db.session.scalars(sa.select(EntryRequest.turn).order_by(EntryRequest.turn)))
        assert turns == list(range(1, 16))


def test_places_freed_at_once_are_given_once_each(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=2)
    for who in ("participant", "second", "trainer", "author", "manager"):
        enter(cast, written, who)
    start, failed = threading.Barrier(2), []

    def leave(who: str) -> None:
        try:
            start.wait(20)
            with db.scope(cast.academy.scope, commit=True):
                entering.leave(member(cast, who), course_of(written.course))
        except Exception as error:
            failed.append(repr(error))

    threads = [threading.Thread(target=leave, args=(who,)) for who in ("participant", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert learning_now(cast, written) == {"trainer", "author"}


def ask(cast: Cast, written: Written, who: str, reason: str = "I bake") -> None:
    with db.scope(cast.academy.scope, commit=True):
        entering.ask(member(cast, who), course_of(written.course), reason)


def request_of(cast: Cast, written: Written, who: str) -> EntryRequest:
    found = places.open_request(cast.ids[who], written.course)
    assert found is not None
    return found


def test_a_request_is_sealed_noted_and_sent_once(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval")
    for _ in range(2):
        ask(cast, written, "participant", "I bake\x00 at home")
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(EntryRequest)).one()
        assert row.reason == "I bake at home"
        assert b"bake" not in bytes(db.session.scalar(sa.select(EntryRequest.reason_sealed)) or b"")  # type: ignore[attr-defined]
        assert number_of(queries.requests_figure(member(cast, "manager"))) == 1
    assert acts(cast).count("catalogue.asked") == 1


def test_approval_lets_in_or_puts_in_line_with_the_turn_of_asking(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval", places=1)
    for who in ("participant", "second", "author"):
        ask(cast, written, who)
    with db.scope(cast.academy.scope, commit=True):
        trainer = member(cast, "trainer")
        requests = [request_of(cast, written, who) for who in ("author", "second", "participant")]
        assert entering.approve_all(requests, trainer) == {"enrolled": 1, "waiting": 2}
    assert learning_now(cast, written) == {"participant"}
    with db.scope(cast.academy.scope, commit=True):
        assert places.ahead_of(request_of(cast, written, "author")) == 1
        learning.end_enrolment(enrolment(cast, written, "participant"))
    assert learning_now(cast, written) == {"second"}


def test_a_decision_is_made_once_by_those_who_may(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval")
    ask(cast, written, "participant")
    with db.scope(cast.academy.scope, commit=True):
        row = request_of(cast, written, "participant")
        with pytest.raises(Forbidden):
            entering.approve(row, member(cast, "author"))
        with pytest.raises(Refused, match="sentence"):
            entering.decline(row, "  ", member(cast, "trainer"))
        entering.decline(row, "Take the basic course first.", member(cast, "trainer"))
        with pytest.raises(Refused, match="decided"):
            entering.approve(row, member(cast, "manager"))
    with db.scope(cast.academy.scope):
        found = queries.before(member(cast, "participant"), written.course, clock.today("UTC"))
        assert found.declined is not None and found.declined.answer == "Take the basic course first."
        assert found.offered.offer == "ask"


def test_staff_who_enrol_somebody_settle_the_request(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval")
    ask(cast, written, "participant")
    with db.scope(cast.academy.scope, commit=True):
        learning.enrol(member(cast, "participant"), course_of(written.course), member(cast, "manager"))
        assert number_of(queries.requests_figure(member(cast, "manager"))) == 0


def test_one_may_take_a_request_back(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval")
    ask(cast, written, "participant")
    with db.scope(cast.academy.scope, commit=True):
        entering.withdraw(member(cast, "participant"), course_of(written.course))
        assert places.open_request(cast.ids["participant"], written.course) is None
    ask(cast, written, "participant", "again")


def test_leaving_is_undone_with_all_progress_while_the_place_is_free(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=1, lasts_days=30)
    enter(cast, written, "participant")
    with db.scope(cast.academy.scope, commit=True):
        before = enrolment(cast, written, "participant").ends_at
        entering.leave(member(cast, "participant"), course_of(written.course))
    assert learning_now(cast, written) == set()
    with db.scope(cast.academy.scope, commit=True):
        entering.come_back(member(cast, "participant"), course_of(written.course))
        assert enrolment(cast, written, "participant").ends_at == before
    assert learning_now(cast, written) == {"participant"}


def test_undo_says_when_the_place_is_gone_and_staff_may_undo_over_the_limit(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="free", places=1)
    enter(cast, written, "participant")
    enter(cast, written, "second")
    with db.scope(cast.academy.scope, commit=True):
        entering.leave(member(cast, "participant"), course_of(written.course))
    with db.scope(cast.academy.scope, commit=True):
        with pytest.raises(Refused, match="place is gone"):
            entering.come_back(member(cast, "participant"), course_of(written.course))
        entering.take_back(enrolment(cast, written, "participant"), member(cast, "manager"))
    assert learning_now(cast, written) == {"participant", "second"}


def test_undo_is_for_ones_own_leaving_and_for_a_day(cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, way="approval")
    with db.scope(cast.academy.scope, commit=True):
        person, course = member(cast, "participant"), course_of(written.course)
        learning.end_enrolment(learning.enrol(person, course), member(cast, "manager"))
        with pytest.raises(Refused, match="not open"):
            entering.come_back(person, course)
        learning.enrol(person, course)
        entering.leave(person, course)
        with clock.shifted(timedelta(hours=25)), pytest.raises(Refused, match="not open"):
            entering.come_back(person, course)


def test_one_cannot_leave_a_course_that_is_by_invitation(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        learning.enrol(member(cast, "participant"), course_of(written.course))
        with pytest.raises(Refused, match="not yours to leave"):
            entering.leave(member(cast, "participant"), course_of(written.course))
