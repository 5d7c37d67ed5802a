"""What tests of sessions plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core import clock
from core.db import db
from tenants.people.models import Member
from tenants.sessions import actions, queries, seats
from tenants.sessions.actions import Draft
from tests.cast import Cast
from tests.courses.writing import member

ZONE = "Europe/Amsterdam"


def in_days(days: int) -> date:
    """Return the day so many days from today in the academy's zone."""
    return clock.today(ZONE) + timedelta(days=days)


def draft(**changes: Any) -> Draft:
    """Return a classroom session in ten days, 09:30-11:00, with one place."""
    plain = Draft("Practice evening", "classroom", ZONE, in_days(10), time(9, 30), time(11), place="Room 2",
                  address="Dorpsstraat 1, Utrecht", places=1, leave_ahead=1440)  # fmt: skip
    return replace(plain, **changes)


def plan(cast: Cast, **changes: Any) -> UUID:
    """Plan a session, led by the trainer, in a frame of its own; return its id."""
    with db.scope(cast.academy.scope, commit=True):
        changes.setdefault("trainer_ids", [cast.ids["trainer"]])
        return actions.plan_session(draft(**changes), member(cast, "trainer")).id


def take(cast: Cast, session_id: UUID, who: str) -> str:
    """Let a person of the cast sign up, in a frame of its own; return "seated" or "waiting"."""
    with db.scope(cast.academy.scope, commit=True):
        return take_as(member(cast, who), session_id)


def take_as(person: Member, session_id: UUID) -> str:
    """Let a person sign up in the open frame."""
    shown = queries.session_for(person, session_id, lock=True)
    return seats.take_seat(shown.session, person).state


def leave(cast: Cast, session_id: UUID, who: str) -> None:
    """Let a person of the cast give their seat up, in a frame of its own."""
    with db.scope(cast.academy.scope, commit=True):
        shown = queries.session_for(member(cast, who), session_id, lock=True)
        assert shown.seat is not None
        seats.leave_seat(shown.session, shown.seat)


def state_of(cast: Cast, session_id: UUID, who: str) -> str:
    """Return how the person stands now."""
    with db.scope(cast.academy.scope):
        return queries.session_for(member(cast, who), session_id).state


def until(day: date, hour: int, minute: int = 0) -> timedelta:
    """Return how far the clock has to be shifted to that wall time of the academy."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE)) - clock.now()


def form(**changes: Any) -> dict[str, Any]:
    """Return what the form of a session sends."""
    return {
        "title": "Practice evening", "course_id": "", "day": in_days(10).isoformat(), "begins": "09:30", "ends": "11:00",
        "kind": "classroom", "place": "Room 2", "address": "Dorpsstraat 1, Utrecht", "join_url": "", "places": "1",
        "signup_ahead": "0", "leave_ahead": "1440", "study_minutes": "", "note": "", "reason": "", **changes,
    }  # fmt: skip
