"""Deadlines that come near or have passed: who is reminded, once for each mark. Days are the academy's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONPATH, insert

from core import clock, ids, queue
from core.db import db
from tenants.audit.actions import record
from tenants.courses.models import Course, Publication
from tenants.groups.queries import groups_by_member
from tenants.learning.models import Enrolment, Reminder
from tenants.learning.queries import is_open_now, marks_of, zone_here
from tenants.learning.release import Here
from tenants.learning.rules import Way, way_of
from tenants.people.models import Member

MARKS = (1, 7)
LATE = "late"
LATE_FOR = timedelta(days=7)
CHUNK = 500


@dataclass(frozen=True)
class Due:
    """Something that a participant has not done: a lesson or the whole course, and the last day for it."""

    enrolment: Enrolment
    about_id: UUID
    due_on: date
    mark: str


def mark_of(due_at: datetime, today: date) -> str | None:
    """Return what a day says about a deadline: "1" or "7" (so many days before it, at most), "late" in the first week
    after it, or None. `due_at` is the moment after its last day, in the academy's zone."""
    last = (due_at - timedelta(microseconds=1)).astimezone(due_at.tzinfo).date()
    if today > last:
        return LATE if today <= last + LATE_FOR else None
    return next((str(days) for days in MARKS if (last - today).days <= days), None)


def remind_all() -> int:
    """Note whose deadline comes near or has passed, once for each mark; return how many were noted.

    Looking again on the same day notes nothing twice; a day that was missed is made up for.
    """
    with_deadline = sa.or_(
        Publication.outline.has_key("deadline"),
        sa.func.jsonb_path_exists(Publication.outline, sa.cast("$.modules[*].lessons[*].deadline", JSONPATH)),
    )
    courses = db.session.execute(
        sa.select(Course.id, Publication.outline, zone_here()).join(Publication, Publication.id == Course.publication_id)
        .where(Course.state == "published", with_deadline).order_by(Course.id)
    ).all()
    return sum(_remind(course_id, outline, zone) for course_id, outline, zone in courses)


def _remind(course_id: UUID, outline: Mapping[str, Any], zone: str) -> int:
    there = sa.exists().where(Member.id == Enrolment.member_id, Member.state == "active")
    learners = db.session.scalars(
        sa.select(Enrolment).where(Enrolment.course_id == course_id, is_open_now(), Enrolment.done_at.is_(None), there)
        .order_by(Enrolment.id)
    ).all()
    count = 0
    for start in range(0, len(learners), CHUNK):
        found = list(_due(learners[start : start + CHUNK], outline, zone))
        count += _note(found) if found else 0
    return count


def _due(learners: Any, outline: Mapping[str, Any], zone: str) -> Iterator[Due]:
    now, marks = clock.now(), marks_of([one.id for one in learners])
    groups = groups_by_member([one.member_id for one in learners])
    today = now.astimezone(ZoneInfo(zone)).date()
    for enrolment in learners:
        way = way_of(outline, marks[enrolment.id], None, Here(enrolment.enrolled_at, now, zone, groups.get(enrolment.member_id, frozenset())))
        for about_id, due_at in _open_deadlines(enrolment, way):
            mark = mark_of(due_at, today)
            if mark:
                yield Due(enrolment, about_id, (due_at - timedelta(microseconds=1)).date(), mark)


def _open_deadlines(enrolment: Enrolment, way: Way) -> Iterator[tuple[UUID, datetime]]:
    if way.due_at is not None and not way.is_done:
        yield enrolment.course_id, way.due_at
    for step in way.steps:
        if step.due_at is not None and not step.is_done:
            yield UUID(step.id), step.due_at


def _note(found: list[Due]) -> int:
    rows = [
        {"id": ids.uuid7(), "enrolment_id": due.enrolment.id, "about_id": due.about_id, "mark": due.mark,
         "due_on": due.due_on, "made_at": clock.now()}
        for due in found
    ]  # fmt: skip
    key = ("enrolment_id", "about_id", "mark", "due_on")
    made = insert(Reminder).values(rows).on_conflict_do_nothing(index_elements=list(key))
    new = {tuple(row[1:]): row[0] for row in db.session.execute(made.returning(Reminder.id, *(getattr(Reminder, name) for name in key)))}
    for due in found:
        if (due.enrolment.id, due.about_id, due.mark, due.due_on) in new:
            record("learning.deadline", enrolment=str(due.enrolment.id), member=str(due.enrolment.member_id),
                   course=str(due.enrolment.course_id), about=str(due.about_id), mark=due.mark)  # fmt: skip
    for reminder_id in new.values():
        queue.later("notifications.tell", what="deadline", subject_id=reminder_id)
    return len(new)
