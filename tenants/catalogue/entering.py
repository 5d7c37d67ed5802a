"""Verbs of coming into a course: set the terms, enrol oneself, ask, wait, leave; and what staff answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids, queue
from core.db import db
from core.errors import Forbidden, Refused
from tenants.audit.actions import record
from tenants.catalogue import places, rules
from tenants.catalogue.models import CourseEntry, EntryRequest
from tenants.catalogue.places import fill, lock_entry, next_turn, open_request
from tenants.courses.models import Course
from tenants.learning import turns
from tenants.learning.actions import begin, end_enrolment, enrol
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current
from tenants.people.models import Member

Came = Literal["enrolled", "waiting"]
UNDO_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """How people come into a course, as its form says."""

    way: str = "invitation"
    places: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    lasts_days: int | None = None
    may_renew: bool = False
    is_listed: bool = False


def save_entry(course: Course, terms: Terms, by: Member) -> CourseEntry:
    """Return the course's terms of entry, changed; a raised limit lets those who wait in at once."""
    if not by.roles & rules.SETTERS:
        raise Forbidden("role")
    db.session.execute(insert(CourseEntry).values(course_id=course.id, way=terms.way, may_renew=False, is_listed=False,
                                                  changed_at=clock.now()).on_conflict_do_nothing())  # fmt: skip
    entry = lock_entry(course.id)
    assert entry is not None
    for name, value in asdict(terms).items():
        setattr(entry, name, value)
    entry.changed_at = clock.now()
    db.session.flush()
    record("catalogue.terms", actor_id=by.id, course=str(course.id))
    fill(entry)
    return entry


def standing_of(member: Member, course: Course) -> rules.Standing:
    """Return how the member stands towards the course."""
    enrolment = enrolment_of(member, course)
    if enrolment is not None and enrolment.is_open:
        return "learning"
    request = open_request(member.id, course.id)
    if request is not None:
        return "waiting" if request.kind == "place" else "asked"
    return "expired" if enrolment is not None and enrolment.state != "ended" else "outside"


def enrolment_of(member: Member, course: Course) -> Enrolment | None:
    """Return the member's enrolment in the course, in whatever state, or None."""
    wanted = sa.select(Enrolment).where(Enrolment.member_id == member.id, Enrolment.course_id == course.id, is_current())
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def enter(member: Member, course: Course) -> Came:
    """Enrol the member by their own wish, or put them in the line when it is full. Raises Refused("not open")."""
    _entry, found = _offered(member, course)
    if found == "enrol":
        enrol(member, course, member)
        return "enrolled"
    if found == "wait":
        queue_up(member, course, "place")
        return "waiting"
    if found in ("continue", "waiting"):
        return "enrolled" if found == "continue" else "waiting"
    raise Refused("not open")


def _offered(member: Member, course: Course) -> tuple[CourseEntry | None, rules.Offer]:
    """Return the locked entry and what the member may do now; those in the line have been served first."""
    entry = lock_entry(course.id)
    left = fill(entry) if entry is not None else None
    if course.state != "published":
        return entry, "closed"
    return entry, rules.offer(entry, standing_of(member, course), left, clock.today(places.zone()))


def admit(member: Member, course: Course, by: Member | None = None) -> Came:
    """Enrol somebody whom staff invited by a link or let in: the way in is open to them, the places still count."""
    entry = lock_entry(course.id)
    left = fill(entry) if entry is not None else None
    standing = standing_of(member, course)
    if standing == "learning":
        return "enrolled"
    if left is None or left > 0:
        enrol(member, course, by)
        return "enrolled"
    if standing != "waiting":
        queue_up(member, course, "place")
    return "waiting"


def queue_up(member: Member, course: Course, kind: str, reason: str = "") -> EntryRequest:
    """Return the member's open request; the entry is locked. One who asked already now waits with that number."""
    request = open_request(member.id, course.id)
    if request is None:
        request = EntryRequest(id=ids.uuid7(), course_id=course.id, member_id=member.id, kind=kind, state="open",
                               turn=next_turn(course.id), reason=reason or None)  # fmt: skip
        db.session.add(request)
    request.kind = kind
    db.session.flush()
    act = "catalogue.waits" if kind == "place" else "catalogue.asked"
    record(act, actor_id=member.id, request=str(request.id), course=str(course.id))
    if kind == "request":
        queue.later("notifications.tell", what="request", subject_id=request.id)
    return request


def ask(member: Member, course: Course, reason: str) -> None:
    """Ask staff to be let in; asking twice is asking once. Raises Refused."""
    text = reason.replace("\x00", "").strip()
    if len(text) > rules.MAX_REASON:
        raise Refused("reason too long")
    _entry, found = _offered(member, course)
    if found == "ask":
        queue_up(member, course, "request", text)
    elif found not in ("asked", "waiting", "continue"):
        raise Refused("not open")


def withdraw(member: Member, course: Course) -> None:
    """Take one's own request or turn back."""
    lock_entry(course.id)
    request = open_request(member.id, course.id)
    if request is not None:
        request.state, request.decided_at = "withdrawn", clock.now()
        record("catalogue.withdrawn", actor_id=member.id, request=str(request.id))
        db.session.flush()


def approve(request: EntryRequest, by: Member) -> Came:
    """Let the person in who asked, or into the line when the course is full. Raises Refused("decided")."""
    course, member = _to_decide(request, by)
    request.decided_by = by.id
    record("catalogue.approved", actor_id=by.id, request=str(request.id), member=str(member.id), course=str(course.id))
    return admit(member, course, by)


def approve_all(requests: Sequence[EntryRequest], by: Member) -> dict[Came, int]:
    """Return how many of these people came in and how many wait; in the order in which they asked."""
    counts: dict[Came, int] = {"enrolled": 0, "waiting": 0}
    for request in sorted(requests, key=lambda one: (one.course_id, one.turn)):
        counts[approve(request, by)] += 1
    return counts


def decline(request: EntryRequest, answer: str, by: Member) -> None:
    """Decline a request, or take somebody out of the line, with a sentence that the person reads. Raises Refused."""
    text = answer.replace("\x00", "").strip()
    if not text or len(text) > rules.MAX_ANSWER:
        raise Refused("sentence")
    course, member = _to_decide(request, by)
    request.state, request.answer = "declined", text
    request.decided_at, request.decided_by = clock.now(), by.id
    db.session.flush()
    record("catalogue.declined", actor_id=by.id, request=str(request.id), member=str(member.id), course=str(course.id))
    queue.later("notifications.tell", what="decision", subject_id=request.id)


def _to_decide(request: EntryRequest, by: Member) -> tuple[Course, Member]:
    """Return course and person of a request that is still open, its entry locked. Raises Refused("decided")."""
    if not by.roles & rules.DECIDERS:
        raise Forbidden("role")
    lock_entry(request.course_id)
    db.session.refresh(request)
    if request.state != "open":
        raise Refused("decided")
    return db.session.get_one(Course, request.course_id), db.session.get_one(Member, request.member_id)


def leave(member: Member, course: Course) -> Enrolment:
    """Take oneself off a course that one could enter oneself; progress stays. Raises Refused("not yours to leave")."""
    entry, enrolment = lock_entry(course.id), enrolment_of(member, course)
    if entry is None or entry.way == "invitation" or enrolment is None or not enrolment.is_open:
        raise Refused("not yours to leave")
    end_enrolment(enrolment, member)
    return enrolment


def come_back(member: Member, course: Course) -> None:
    """Undo one's own leaving, within a day and while there is a place. Raises Refused."""
    entry, enrolment = lock_entry(course.id), enrolment_of(member, course)
    if entry is None or enrolment is None or not (enrolment.is_open or _left_just_now(enrolment)):
        raise Refused("not open")
    left = fill(entry)
    if not enrolment.is_open and left is not None and left < 1:
        raise Refused("place is gone")
    take_back(enrolment, member)


def _left_just_now(enrolment: Enrolment) -> bool:
    """Return whether the person left by their own wish less than a day ago."""
    by_oneself = enrolment.state == "ended" and enrolment.ended_by == enrolment.member_id
    return by_oneself and enrolment.ended_at is not None and clock.now() - enrolment.ended_at < UNDO_LASTS


def take_back(enrolment: Enrolment, by: Member) -> None:
    """Undo that somebody was taken off a course: progress and last day are as they were. Staff may go over the limit."""
    if enrolment.is_open:
        return
    fresh = turns.ends_at(enrolment.course_id)
    begin(enrolment, fresh if enrolment.is_over else enrolment.ends_at, by)
