"""Verbs of seats: take, give up, fill from the waiting list, record who came. They flush; the edge commits.

Each one expects the session's row locked, so that the count is true until the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.people.models import Member
from tenants.sessions.models import ATTENDANCE, LiveSession, Seat
from tenants.sessions.rules import ahead_of, can_record, has_room, may_leave, minutes_for


@dataclass(frozen=True)
class Mark:
    """What was recorded of one person; `minutes` None takes what the session counts."""

    attendance: str
    minutes: int | None = None


def take_seat(session: LiveSession, member: Member, by: Member | None = None) -> Seat:
    """Return the member's seat, or their place on the waiting list. Raises Refused.

    Somebody else (`by`, a trainer) may still add people when sign-up is closed, until the end.
    """
    now = clock.now()
    until = signup_until(session) if by is None else session.ends_at
    if session.is_cancelled:
        raise Refused("session cancelled")
    if now >= until:
        raise Refused("sign-up closed")
    seat = db.session.scalar(sa.select(Seat).where(Seat.session_id == session.id, Seat.member_id == member.id))
    if seat is not None and seat.state != "left":
        return seat
    return _sit(session, seat or Seat(id=ids.uuid7(), session_id=session.id, member_id=member.id, revision=-1), by)


def _sit(session: LiveSession, seat: Seat, by: Member | None) -> Seat:
    last = db.session.scalar(sa.select(sa.func.max(Seat.turn)).where(Seat.session_id == session.id))
    seat.turn, seat.revision = (last or 0) + 1, seat.revision + 1
    waits = not has_room(session.places, seated(session)) or any_waiting(session)
    seat.state = "waiting" if waits else "seated"
    db.session.add(seat)
    db.session.flush()
    _note("sessions.wait" if waits else "sessions.join", seat, by.id if by else seat.member_id)
    if not waits:
        _tell(seat, "seat")
    return seat


def leave_seat(session: LiveSession, seat: Seat, by: Member | None = None) -> None:
    """Give the seat up; it goes to who waits longest. Raises Refused when it is too late.

    A trainer (`by`) may take somebody off the list until the session ends.
    """
    if seat.state == "left":
        return
    if by is None and not may_leave(seat.state, leave_until(session), session.starts_at, clock.now()):
        raise Refused("too late to leave")
    free_seat(session, seat, by.id if by else seat.member_id)


def free_seat(session: LiveSession, seat: Seat, actor_id: UUID | None) -> None:
    """End the seat whatever the hour, and let the next person in."""
    was_seated = seat.state == "seated"
    seat.state, seat.revision = "left", seat.revision + 1
    seat.attendance = seat.minutes = None
    db.session.flush()
    _note("sessions.leave", seat, actor_id)
    if was_seated:
        _tell(seat, "left")
        fill(session)


def fill(session: LiveSession) -> list[Seat]:
    """Return the seats that went to people on the waiting list, who came first first."""
    if session.is_cancelled or session.starts_at <= clock.now():
        return []
    waiting = sa.select(Seat).where(Seat.session_id == session.id, Seat.state == "waiting").order_by(Seat.turn)
    if session.places is not None:
        waiting = waiting.limit(max(0, session.places - seated(session)))
    moved = list(db.session.scalars(waiting))
    for seat in moved:
        seat.state, seat.revision = "seated", seat.revision + 1
        _note("sessions.promote", seat, None)
        _tell(seat, "promoted")
    db.session.flush()
    return moved


def seated(session: LiveSession) -> int:
    """Return how many people have a seat now."""
    return _count(session, "seated")


def any_waiting(session: LiveSession) -> bool:
    """Return whether somebody waits: who comes later does not overtake them."""
    return _count(session, "waiting") > 0


def _count(session: LiveSession, state: str) -> int:
    number = sa.select(sa.func.count()).select_from(Seat).where(Seat.session_id == session.id, Seat.state == state)
    return db.session.scalar(number) or 0


def signup_until(session: LiveSession) -> datetime:
    """Return until when participants sign up."""
    return ahead_of(session.starts_wall, session.starts_at, session.zone, session.signup_ahead)


def leave_until(session: LiveSession) -> datetime:
    """Return until when participants give their seat up."""
    return ahead_of(session.starts_wall, session.starts_at, session.zone, session.leave_ahead)


def record_attendance(session: LiveSession, marks: Mapping[UUID, Mark], by: Member) -> int:
    """Store who came, by seat id; return how many were recorded. Raises Refused before the doors open."""
    if session.is_cancelled or not can_record(session.starts_at, clock.now()):
        raise Refused("too early to record")
    wanted = sa.select(Seat).where(Seat.session_id == session.id, Seat.state == "seated", Seat.id.in_(list(marks)))
    seats = list(db.session.scalars(wanted))
    for seat in seats:
        _mark(seat, marks[seat.id], session, by)
    record("sessions.attendance", actor_id=by.id, session=str(session.id), people=len(seats))
    db.session.flush()
    return len(seats)


def _mark(seat: Seat, mark: Mark, session: LiveSession, by: Member) -> None:
    if mark.attendance not in ATTENDANCE:
        raise Refused("attendance")
    minutes = minutes_for(mark.attendance, session.study_minutes) if mark.minutes is None else mark.minutes
    if not 0 <= minutes <= 24 * 60:
        raise Refused("study minutes")
    if (seat.attendance, seat.minutes) != (mark.attendance, minutes):
        seat.attendance, seat.minutes = mark.attendance, minutes
        seat.noted_by, seat.noted_at = by.id, clock.now()


def _note(act: str, seat: Seat, actor_id: UUID | None) -> None:
    record(act, actor_id=actor_id, session=str(seat.session_id), member=str(seat.member_id))


def _tell(seat: Seat, what: str) -> None:
    """Let a job write the letter: composing it is no work for the person who waits."""
    queue.later("sessions.tell", seat_id=seat.id, what=what, priority=4)
