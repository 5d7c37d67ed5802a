"""Seats of people who were removed from the academy or taken off the course go to who waits."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.learning.models import Enrolment
from tenants.people.models import Member
from tenants.sessions.models import LiveSession, Seat
from tenants.sessions.seats import free_seat


def free_lost_seats() -> int:
    """Free every seat in a coming session whose person can no longer come; return how many."""
    freed = 0
    for session_id in _sessions_with_lost_seats():
        locked = sa.select(LiveSession).where(LiveSession.id == session_id).with_for_update()
        session = db.session.scalars(locked).one()
        for seat in db.session.scalars(sa.select(Seat).where(Seat.session_id == session_id, *_is_lost())).all():
            free_seat(session, seat, None)
            freed += 1
    return freed


def _sessions_with_lost_seats() -> list[UUID]:
    wanted = sa.select(Seat.session_id).join(LiveSession, LiveSession.id == Seat.session_id)
    coming = (LiveSession.state == "planned", LiveSession.starts_at > clock.now())
    return list(db.session.scalars(wanted.where(*coming, *_is_lost()).distinct().order_by(Seat.session_id)))


def _is_lost() -> tuple[sa.ColumnElement[bool], ...]:
    here = sa.select(Member.id).where(Member.id == Seat.member_id, Member.state == "active")
    other = sa.alias(LiveSession.__table__)
    course = sa.select(other.c.course_id).where(other.c.id == Seat.session_id).correlate(Seat).scalar_subquery()
    takes = sa.select(Enrolment.id).where(
        Enrolment.course_id == course, Enrolment.member_id == Seat.member_id, Enrolment.state == "active"
    )
    return Seat.state != "left", sa.or_(~here.exists(), sa.and_(course.is_not(None), ~takes.exists()))
