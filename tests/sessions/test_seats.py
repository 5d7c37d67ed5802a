"""Seats: first come first served, a freed one goes on at once, nobody is booked twice, attendance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from uuid import UUID

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.models import Event
from tenants.learning.actions import end_enrolment
from tenants.learning.models import Enrolment
from tenants.people.models import Member, MemberRole
from tenants.sessions import actions, queries, seats, sweeping
from tenants.sessions.models import LiveSession, Seat
from tenants.sessions.seats import Mark
from tests.cast import Cast
from tests.courses.writing import member
from tests.sessions.conftest import Taught
from tests.sessions.planned import draft, in_days, leave, plan, state_of, take, take_as, until


def acts(cast: Cast) -> list[str]:
    with db.scope(cast.academy.scope):
        return list(db.session.scalars(sa.select(Event.act).where(Event.act.like("sessions.%")).order_by(Event.id)))


def test_who_comes_first_has_the_seat_and_the_next_one_waits(cast: Cast) -> None:
    session = plan(cast)
    assert take(cast, session, "participant") == "seated"
    assert take(cast, session, "second") == "waiting"
    assert take(cast, session, "participant") == "seated"
    assert acts(cast) == ["sessions.plan", "sessions.join", "sessions.wait"]


def test_a_freed_seat_goes_to_the_next_in_the_same_transaction(cast: Cast) -> None:
    session = plan(cast)
    for who in ("participant", "second", "author"):
        take(cast, session, who)
    with db.scope(cast.academy.scope):
        shown = queries.session_for(member(cast, "participant"), session, lock=True)
        seats.leave_seat(shown.session, shown.seat)  # type: ignore[arg-type]
        states = dict(db.session.execute(sa.select(Seat.member_id, Seat.state)).all())
        assert states == {cast.ids["participant"]: "left", cast.ids["second"]: "seated", cast.ids["author"]: "waiting"}
    assert state_of(cast, session, "participant") == "seated", "nothing was committed, so nothing happened"
    leave(cast, session, "participant")
    assert [state_of(cast, session, who) for who in ("participant", "second", "author")] == ["", "seated", "waiting"]
    assert acts(cast)[-2:] == ["sessions.leave", "sessions.promote"]


def test_who_comes_back_stands_at_the_end_of_the_line(cast: Cast) -> None:
    session = plan(cast)
    for who in ("participant", "second", "author"):
        take(cast, session, who)
    leave(cast, session, "second")
    take(cast, session, "second")
    leave(cast, session, "participant")
    assert [state_of(cast, session, who) for who in ("second", "author")] == ["waiting", "seated"]


@pytest.mark.parametrize("places", [1, 3, 7])
def test_twenty_at_once_are_never_more_than_the_places(cast: Cast, places: int) -> None:
    session = plan(cast, places=places)
    with db.scope(cast.academy.scope, commit=True):
        people = [Member(email=f"p{n}@x.example", first_name=f"P{n}", last_name="X") for n in range(20)]
        for person in people:
            person.role_rows = [MemberRole(role="participant")]
            db.session.add(person)
        db.session.flush()
        ids = [person.id for person in people]

    def come(member_id: UUID) -> str:
        with db.scope(cast.academy.scope, commit=True):
            return take_as(db.session.get_one(Member, member_id), session)

    with ThreadPoolExecutor(20) as pool:
        states = list(pool.map(come, ids))
    assert states.count("seated") == places and states.count("waiting") == 20 - places
    with db.scope(cast.academy.scope):
        rows = list(db.session.scalars(sa.select(Seat).order_by(Seat.turn)))
    assert [row.turn for row in rows] == list(range(1, 21))
    assert [row.state for row in rows] == ["seated"] * places + ["waiting"] * (20 - places)

    def go(member_id: UUID) -> None:
        with db.scope(cast.academy.scope, commit=True):
            shown = queries.session_for(db.session.get_one(Member, member_id), session, lock=True)
            seats.leave_seat(shown.session, shown.seat)  # type: ignore[arg-type]

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(go, [row.member_id for row in rows[:10]]))
    with db.scope(cast.academy.scope):
        left = [row.state for row in db.session.scalars(sa.select(Seat).order_by(Seat.turn))]
    assert left == ["left"] * 10 + ["seated"] * places + ["waiting"] * (10 - places)


def test_more_places_let_the_line_in_and_fewer_throw_nobody_out(cast: Cast) -> None:
    session = plan(cast)
    for who in ("participant", "second", "author"):
        take(cast, session, who)
    for places, seated in ((2, 2), (1, 2), (None, 3)):
        with db.scope(cast.academy.scope, commit=True):
            shown = queries.session_to_change(member(cast, "trainer"), session, lock=True)
            assert actions.change_session(shown.session, draft(places=places), member(cast, "trainer")) is False
        with db.scope(cast.academy.scope):
            assert queries.session_to_change(member(cast, "trainer"), session).seated == seated


def test_sign_up_and_giving_up_end_at_their_times(cast: Cast) -> None:
    session = plan(cast, signup_ahead=2880, leave_ahead=1440)
    with clock.shifted(until(in_days(8), 9, 29)):
        take(cast, session, "participant")
    with clock.shifted(until(in_days(8), 9, 31)), pytest.raises(Refused, match="sign-up closed"):
        take(cast, session, "second")
    with clock.shifted(until(in_days(9), 9, 31)), pytest.raises(Refused, match="too late to leave"):
        leave(cast, session, "participant")
    with clock.shifted(until(in_days(9), 9, 29)):
        leave(cast, session, "participant")


def test_only_who_takes_the_course_knows_of_its_session(cast: Cast, taught: Taught) -> None:
    session = plan(cast, course_id=taught.course)
    assert take(cast, session, "participant") == "seated"
    with pytest.raises(NotFound):
        take(cast, session, "author")
    with db.scope(cast.academy.scope):
        assert queries.may_take_seat(member(cast, "owner"), queries.session_for(member(cast, "owner"), session).session) is False
        assert queries.agenda_of(member(cast, "author")).sessions == []
        assert len(queries.agenda_of(member(cast, "second")).sessions) == 1


def test_a_cancelled_session_takes_nobody_and_keeps_its_reason(cast: Cast) -> None:
    session = plan(cast)
    take(cast, session, "participant")
    with db.scope(cast.academy.scope, commit=True):
        trainer = member(cast, "trainer")
        shown = queries.session_to_change(trainer, session, lock=True)
        with pytest.raises(actions.NeedsReason):
            actions.cancel_session(shown.session, "  ", trainer)
        actions.cancel_session(shown.session, "The trainer is ill", trainer)
    with pytest.raises(Refused, match="session cancelled"):
        take(cast, session, "second")
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(LiveSession)).one()
        assert (row.state, row.reason, row.sequence) == ("cancelled", "The trainer is ill", 1)
        assert queries.agenda_of(member(cast, "second")).sessions == [], "who had nothing to do with it sees it no more"
        assert len(queries.agenda_of(member(cast, "participant")).sessions) == 1
    assert acts(cast)[-1] == "sessions.cancel"


def test_a_move_needs_a_reason_and_counts_up(cast: Cast) -> None:
    session = plan(cast)
    with db.scope(cast.academy.scope, commit=True):
        trainer = member(cast, "trainer")
        row = queries.session_to_change(trainer, session, lock=True).session
        assert actions.change_session(row, draft(note="Bring bread"), trainer) is False
        assert actions.change_session(row, draft(begins=time(10), ends=time(12), note="Bring bread"), trainer, "Trains") is True
    with db.scope(cast.academy.scope), pytest.raises(actions.NeedsReason):
        trainer = member(cast, "trainer")
        row = queries.session_to_change(trainer, session, lock=True).session
        assert (row.sequence, row.reason, row.minutes, row.study_minutes) == (2, "Trains", 120, 120)
        actions.change_session(row, draft(place="Room 3"), trainer)


@pytest.mark.parametrize("url", ["http://meet.example/x", "javascript:alert(1)", "https://meet.example/a b", "meet"])
def test_a_join_link_is_https_and_one_word(cast: Cast, url: str) -> None:
    with pytest.raises(Refused, match="join link"):
        plan(cast, kind="online", join_url=url)


def test_the_join_link_is_seen_with_a_seat_half_an_hour_before(cast: Cast) -> None:
    session = plan(cast, kind="online", join_url="https://meet.example/r?pwd=1", places=1)
    take(cast, session, "participant")
    take(cast, session, "second")

    def links() -> list[str | None]:
        with db.scope(cast.academy.scope):
            return [queries.session_for(member(cast, who), session).link for who in ("participant", "second", "trainer", "manager")]

    url = "https://meet.example/r?pwd=1"
    with clock.shifted(until(in_days(10), 8, 59)):
        assert links() == [None, None, url, None]
    with clock.shifted(until(in_days(10), 9, 1)):
        assert links() == [url, None, url, None]
    with clock.shifted(until(in_days(10), 11, 1)):
        assert links() == [None, None, None, None]


def test_attendance_is_recorded_with_study_minutes(cast: Cast) -> None:
    session = plan(cast, places=5)
    for who in ("participant", "second", "author"):
        take(cast, session, who)
    with db.scope(cast.academy.scope):
        trainer = member(cast, "trainer")
        row = queries.session_to_change(trainer, session, lock=True).session
        with pytest.raises(Refused, match="too early"):
            seats.record_attendance(row, {}, trainer)
    with clock.shifted(until(in_days(10), 9, 5)), db.scope(cast.academy.scope, commit=True):
        trainer = member(cast, "trainer")
        row = queries.session_to_change(trainer, session, lock=True).session
        ids = {one.seat.member_id: one.seat.id for one in queries.people_of(trainer, row)}
        marks = {ids[cast.ids["participant"]]: Mark("present"), ids[cast.ids["second"]]: Mark("late", 60),
                 ids[cast.ids["author"]]: Mark("excused")}  # fmt: skip
        assert seats.record_attendance(row, marks, trainer) == 3
    with db.scope(cast.academy.scope):
        found = {seat.member_id: (seat.attendance, seat.minutes, seat.noted_by) for seat in db.session.scalars(sa.select(Seat))}
    trainer_id = cast.ids["trainer"]
    assert found == {cast.ids["participant"]: ("present", 90, trainer_id), cast.ids["second"]: ("late", 60, trainer_id),
                     cast.ids["author"]: ("excused", 0, trainer_id)}  # fmt: skip


def test_seats_of_people_who_left_go_to_who_waits(cast: Cast, taught: Taught) -> None:
    session = plan(cast, course_id=taught.course)
    take(cast, session, "participant")
    take(cast, session, "second")
    with db.scope(cast.academy.scope, commit=True):
        assert sweeping.free_lost_seats() == 0
        mine = sa.select(Enrolment).where(Enrolment.member_id == cast.ids["participant"])
        end_enrolment(db.session.scalars(mine).one())
    with db.scope(cast.academy.scope, commit=True):
        assert sweeping.free_lost_seats() == 1
    assert state_of(cast, session, "second") == "seated"
