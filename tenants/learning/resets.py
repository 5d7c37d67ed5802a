"""Start anew: what somebody did in a course is set aside, kept, and can be put back for 30 days. Verbs flush; the edge commits.

The enrolment that is set aside keeps its progress, answers, hand-ins, tests and certificates; a new one takes its place and
goes on with the same end. Days after enrolment count from the reset: it is a new attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids
from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.models import Event
from tenants.courses.models import Course
from tenants.learning import turns
from tenants.learning.models import Enrolment, Progress
from tenants.learning.queries import Archived, is_current
from tenants.people.models import Member

UNDO_FOR = timedelta(days=30)
OPEN = ("state", "ends_at", "ended_at", "ended_by", "enrolled_by", "reminded_at")


class NothingDone(Refused):
    """Nothing was done in the course yet, so there is nothing to set aside."""

    def __init__(self) -> None:
        super().__init__("nothing to reset")


class TooLate(Refused):
    """It was set aside longer ago than it can be put back."""

    def __init__(self) -> None:
        super().__init__("reset too old")


@dataclass(frozen=True)
class Earlier:
    """An attempt that was set aside: by whom (None: they are gone), and how many lessons were done in it."""

    enrolment: Enrolment
    by: str | None
    lessons_done: int

    @property
    def until(self) -> datetime:
        """Return until when it can be put back."""
        assert self.enrolment.reset_at is not None
        return self.enrolment.reset_at + UNDO_FOR

    @property
    def may_return(self) -> bool:
        """Return whether it can still be put back."""
        return clock.now() < self.until


def earlier_of(enrolment: Enrolment) -> list[Earlier]:
    """Return the member's attempts at this course that were set aside, the latest first. One statement."""
    done = (
        sa.select(sa.func.count()).select_from(Progress)
        .where(Progress.enrolment_id == Enrolment.id, Progress.done_at.is_not(None)).correlate(Enrolment).scalar_subquery()
    )  # fmt: skip
    rows = db.session.execute(
        sa.select(Enrolment, Member, done).outerjoin(Member, Member.id == Enrolment.reset_by)
        .where(*_same(enrolment), ~is_current(), has_begun()).order_by(Enrolment.reset_at.desc())
    ).unique()
    return [Earlier(one, by.name if by else None, number) for one, by, number in rows]


def anew_since(enrolment: Enrolment) -> datetime | None:
    """Return since when this attempt takes the place of one that was set aside, None if there is none. One statement."""
    before = sa.exists().where(*_same(enrolment), ~is_current(), has_begun())
    return enrolment.enrolled_at if db.session.scalar(sa.select(before)) else None


def reset(enrolment: Enrolment, by: Member) -> Enrolment:
    """Return the new attempt of the member at the course; the present one is set aside.

    Raises Archived, NothingDone, and what a feature above refuses: nobody is thrown out of a test.
    """
    enrolment = _locked(enrolment)
    course = db.session.get_one(Course, enrolment.course_id)
    if course.state == "archived":
        raise Archived
    if not db.session.scalar(sa.select(sa.exists().where(Enrolment.id == enrolment.id, has_begun()))):
        raise NothingDone
    turns.tell("resetting", enrolment)
    fresh = Enrolment(
        id=ids.uuid7(), member_id=enrolment.member_id, course_id=enrolment.course_id, enrolled_at=clock.now(),
        **{name: getattr(enrolment, name) for name in OPEN},
    )
    _set_aside(enrolment, by)
    db.session.add(fresh)
    db.session.flush()
    turns.tell("reset", fresh)
    _note("learning.reset", by, enrolment)
    return fresh


def put_back(enrolment: Enrolment, by: Member) -> Enrolment:
    """Return the attempt that was set aside, now the present one again; what was done since is set aside in its turn.

    Whether and until when they may learn stays as it is now. Raises TooLate, Archived.
    """
    present = _locked(enrolment)
    db.session.refresh(enrolment)
    if enrolment.reset_at is None:
        return enrolment
    if clock.now() >= enrolment.reset_at + UNDO_FOR:
        raise TooLate
    if db.session.get_one(Course, enrolment.course_id).state == "archived":
        raise Archived
    turns.tell("resetting", present)
    now_open = {name: getattr(present, name) for name in OPEN}
    _set_aside(present, by)
    enrolment.reset_at = enrolment.reset_by = None
    for name, value in now_open.items():
        setattr(enrolment, name, value)
    db.session.flush()
    turns.tell("reset", enrolment)
    _note("learning.put_back", by, enrolment)
    return enrolment


def attempt_in(course_id: UUID, member_id: UUID, enrolment_id: UUID) -> Enrolment:
    """Return an attempt of the member at the course that was set aside. Raises NotFound."""
    wanted = sa.select(Enrolment).where(
        Enrolment.id == enrolment_id, Enrolment.course_id == course_id, Enrolment.member_id == member_id, ~is_current()
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("no such attempt")
    return found


def has_begun() -> sa.ColumnElement[bool]:
    """Return the condition "the member did something in this attempt": every act leaves a time or progress in a lesson."""
    return sa.or_(Enrolment.active_at.is_not(None), sa.exists().where(Progress.enrolment_id == Enrolment.id).correlate(Enrolment))


def _same(enrolment: Enrolment) -> tuple[sa.ColumnElement[bool], ...]:
    return (Enrolment.member_id == enrolment.member_id, Enrolment.course_id == enrolment.course_id)


def _locked(enrolment: Enrolment) -> Enrolment:
    """Return the present attempt at the same course, locked: what the member writes this moment comes before or after."""
    wanted = sa.select(Enrolment).where(*_same(enrolment), is_current()).with_for_update(of=Enrolment)
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("nobody here")
    return found


def _set_aside(enrolment: Enrolment, by: Member) -> None:
    enrolment.state, enrolment.reset_at, enrolment.reset_by = "reset", clock.now(), by.id
    db.session.flush()


def _note(act: str, by: Member, enrolment: Enrolment) -> None:
    facts = {"member": str(enrolment.member_id), "course": str(enrolment.course_id), "enrolment": str(enrolment.id)}
    db.session.add(Event(actor_id=by.id, act=act, facts=facts))
    db.session.flush()
