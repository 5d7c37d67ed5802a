"""Places in a course: who holds them, who comes next. Whoever gives or frees one holds the lock of the course's entry.

`lock_entry` comes before any other write, so that twenty people at once follow each other: nobody gets a place
that is not there, and a freed one goes to whoever waits longest, in the transaction that freed it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.audit.actions import record
from tenants.catalogue import rules
from tenants.catalogue.models import CourseEntry, EntryRequest
from tenants.courses.models import Course
from tenants.learning import turns
from tenants.learning.actions import enrol
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_open_now
from tenants.people.models import Member


def zone() -> str:
    """Return the time zone of the academy at hand, as core tells the asking role."""
    return str(db.session.execute(sa.text("SELECT zone FROM local.own_academy()")).scalar_one())


def lock_entry(course_id: UUID) -> CourseEntry | None:
    """Return the course's terms of entry, locked until the transaction ends; None if nobody set any."""
    wanted = sa.select(CourseEntry).where(CourseEntry.course_id == course_id).with_for_update()
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def count_taken() -> sa.Select[int]:
    """Return the SELECT of how many places are taken, for a WHERE that names the course."""
    there = sa.exists().where(Member.id == Enrolment.member_id, Member.state == "active").correlate(Enrolment)
    return sa.select(sa.func.count(Enrolment.id)).where(is_open_now(), there)


def taken_of_course() -> sa.ScalarSelect[int]:
    """Return how many places are taken, as a column of a SELECT from courses."""
    return count_taken().where(Enrolment.course_id == Course.id).correlate(Course).scalar_subquery()


def free_places(entry: CourseEntry) -> int | None:
    """Return how many places are free, None without a limit. Only true while the entry is locked."""
    if entry.places is None:
        return None
    taken = db.session.scalar(count_taken().where(Enrolment.course_id == entry.course_id)) or 0
    return rules.places_left(entry.places, taken)


def fill(entry: CourseEntry) -> int | None:
    """Give the free places of a locked entry to those who wait, in their order; return how many are left then."""
    left = free_places(entry)
    line = _line(entry.course_id, left)
    if line:
        course = db.session.get_one(Course, entry.course_id)
        for request in line:
            enrol(db.session.get_one(Member, request.member_id), course)
            record("catalogue.place_given", request=str(request.id), member=str(request.member_id),
                   course=str(entry.course_id))  # fmt: skip
    return None if left is None else left - len(line)


def _line(course_id: UUID, most: int | None) -> list[EntryRequest]:
    """Return who waits for a place, first come first; people who were removed meanwhile lose their turn."""
    wanted = (
        sa.select(EntryRequest).join(Member, Member.id == EntryRequest.member_id)
        .where(EntryRequest.course_id == course_id, EntryRequest.kind == "place", EntryRequest.state == "open",
               Member.state == "active")
        .order_by(EntryRequest.turn).limit(most)
    )  # fmt: skip
    return list(db.session.scalars(wanted))


def next_turn(course_id: UUID) -> int:
    """Return the next number in the course's line; the entry must be locked."""
    last = sa.select(sa.func.max(EntryRequest.turn)).where(EntryRequest.course_id == course_id)
    return (db.session.scalar(last) or 0) + 1


def ahead_of(request: EntryRequest) -> int:
    """Return how many people wait before this one."""
    before = sa.select(sa.func.count(EntryRequest.id)).join(Member, Member.id == EntryRequest.member_id).where(
        EntryRequest.course_id == request.course_id, EntryRequest.kind == "place", EntryRequest.state == "open",
        EntryRequest.turn < request.turn, Member.state == "active",
    )  # fmt: skip
    return db.session.scalar(before) or 0


def open_request(member_id: UUID, course_id: UUID) -> EntryRequest | None:
    """Return the person's open request or turn in the line, or None."""
    wanted = sa.select(EntryRequest).where(
        EntryRequest.member_id == member_id, EntryRequest.course_id == course_id, EntryRequest.state == "open"
    )
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def fill_all() -> int:
    """Give free places in every course where somebody waits; return how many courses were looked at.

    A place becomes free without an act when somebody is removed from the academy; the day's job calls this.
    """
    waited = sa.select(EntryRequest.course_id).where(EntryRequest.kind == "place", EntryRequest.state == "open")
    courses = sorted(set(db.session.scalars(waited)))
    for course_id in courses:
        entry = lock_entry(course_id)
        if entry is not None:
            fill(entry)
    return len(courses)


@turns.sets_end
def _terms(course_id: UUID) -> datetime | None:
    """Return when an enrolment that begins now ends, with the course's places locked."""
    entry = lock_entry(course_id)
    if entry is None or entry.lasts_days is None:
        return None
    here = zone()
    return rules.end_after(entry.lasts_days, clock.today(here), here)


@turns.on("begun")
def _settle(enrolment: Enrolment) -> None:
    """Close what the person asked for: they are in, whoever let them in."""
    request = open_request(enrolment.member_id, enrolment.course_id)
    if request is not None:
        request.state, request.decided_at = "given", clock.now()
        db.session.flush()


@turns.on("ending")
def _lock(enrolment: Enrolment) -> None:
    """Take the lock before the place becomes free."""
    lock_entry(enrolment.course_id)


@turns.on("ended")
def _pass_on(enrolment: Enrolment) -> None:
    """Give the freed place to the next in the line."""
    entry = lock_entry(enrolment.course_id)
    if entry is not None and entry.places is not None:
        fill(entry)
