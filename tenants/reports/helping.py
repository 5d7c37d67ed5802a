"""Who needs help (see rules.py), over all courses whose people the viewer sees. Five statements, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.crypto import normalised
from core.db import db
from core.sealed import stored
from tenants.assessments.models import Sitting
from tenants.courses.models import Course
from tenants.exercises.models import WAITING, HandIn
from tenants.learning.models import Answer, Enrolment, Progress
from tenants.learning.queries import is_open_now
from tenants.learning.release import Here, due_at
from tenants.people.models import Member
from tenants.reports.asking import Asked
from tenants.reports.people import chosen, days_between, is_in, names_in
from tenants.reports.rules import NOT_YET, WAITING_DAYS, Reason, Signs, reasons_of, urgency_of
from tenants.reports.sight import Followed

PER_PAGE = 50


@dataclass(frozen=True)
class Waits:
    """The oldest thing that waits for a trainer: a hand-in, or else a sitting of a test."""

    since: datetime
    hand_in_id: UUID | None
    sitting_id: UUID | None


@dataclass(frozen=True)
class Needy:
    """Somebody who needs help in a course, and why."""

    member_id: UUID
    name: str
    course: Course
    signs: Signs
    reasons: tuple[Reason, ...]
    active_at: datetime | None
    waits: Waits | None


def who_needs_help(courses: list[Followed], asked: Asked) -> list[Needy]:
    """Return who needs help in these courses, the most urgent first; of one reason, and by name, where asked."""
    by_id = {one.course.id: one for one in courses}
    if not by_id:
        return []
    not_yet, waits, now = _not_yet(courses), _waiting(list(by_id)), clock.now()
    found = []
    for row in _learners(courses, [*waits], asked):
        signs = _signs(row, by_id[row.course_id], not_yet.get(row.id, 0), waits.get(row.id), now)
        reasons = reasons_of(signs)
        if reasons and (not asked.why or asked.why in [one.why for one in reasons]):
            found.append((row, signs, reasons))
    names = names_in([(row.member_id, row.first, row.last) for row, *_ in found])
    sought = normalised(asked.search)
    needy = [
        Needy(row.member_id, name, by_id[row.course_id].course, signs, reasons, row.active_at, waits.get(row.id))
        for (row, signs, reasons), name in zip(found, names, strict=True) if sought in normalised(name)
    ]  # fmt: skip
    return sorted(needy, key=lambda one: (*urgency_of(one.signs), normalised(one.name)))


def _learners(courses: list[Followed], waiting: Iterable[UUID], asked: Asked) -> list[Any]:
    """Return who has not finished, or waits for a trainer, with the lessons with a deadline that they have done."""
    due = [UUID(one["id"]) for course in courses for one in course.lessons if one.get("deadline")]
    live = [lesson_id for course in courses for lesson_id in course.lesson_ids]
    done = (
        sa.select(sa.func.count(), sa.func.array_agg(Progress.lesson_id).filter(is_in(Progress.lesson_id, due)))
        .where(Progress.enrolment_id == Enrolment.id, Progress.done_at.is_not(None), is_in(Progress.lesson_id, live))
        .correlate(Enrolment).lateral("finished")
    )  # fmt: skip
    count, on_time = done.c
    return list(db.session.execute(
        sa.select(Enrolment.id, Enrolment.member_id, Enrolment.course_id, Enrolment.enrolled_at, Enrolment.active_at,
                  count.label("done"), on_time.label("on_time"),
                  stored(Member, "first_name").label("first"), stored(Member, "last_name").label("last"))
        .join(Member, Member.id == Enrolment.member_id).join(done, sa.true())
        .where(is_in(Enrolment.course_id, [one.course.id for one in courses]), is_open_now(), Member.state == "active")
        .where(courses[0].who, *chosen(asked))
        .where(sa.or_(Enrolment.done_at.is_(None), is_in(Enrolment.id, waiting)))
    ))  # fmt: skip


def _signs(row: Any, here: Followed, not_yet: int, waits: Waits | None, now: datetime) -> Signs:
    who = Here(row.enrolled_at, now, here.zone)
    late = list(_late(here, who, set(row.on_time or ()), row.done))
    return Signs(
        row.done, len(here.lesson_ids), max(0, (now - (row.active_at or row.enrolled_at)).days), len(late), max(late, default=0),
        not_yet, max(0, (now - waits.since).days) if waits else None, row.active_at is not None,
    )  # fmt: skip


def _late(here: Followed, who: Here, done: set[UUID], count: int) -> Iterable[int]:
    """Yield for each deadline that has passed, of the course and of lessons not done, how many days ago its last day was."""
    deadlines = [one["deadline"] for one, key in zip(here.lessons, here.lesson_ids, strict=True) if one.get("deadline") and key not in done]
    if here.outline.get("deadline") and count < len(here.lesson_ids):
        deadlines.append(here.outline["deadline"])
    for deadline in deadlines:
        end = due_at(deadline, who)
        if end is not None and who.now >= end:
            yield days_between(end - timedelta(microseconds=1), who.now, here.zone)


def _not_yet(courses: list[Followed]) -> dict[UUID, int]:
    """Return how many questions of lessons as they are published now stand at "not yet", by enrolment, where it matters."""
    lessons = [UUID(one["id"]) for course in courses for one in course.lessons if one["questions"]]
    rows = db.session.execute(
        sa.select(Answer.enrolment_id, sa.func.count()).join(Enrolment, Enrolment.id == Answer.enrolment_id)
        .where(is_in(Enrolment.course_id, [one.course.id for one in courses]), is_open_now(), Enrolment.done_at.is_(None))
        .where(Answer.is_right.is_(False), is_in(Answer.lesson_id, lessons))
        .group_by(Answer.enrolment_id).having(sa.func.count() >= NOT_YET)
    )
    return {enrolment_id: number for enrolment_id, number in rows}


def _waiting(courses: list[UUID]) -> Mapping[UUID, Waits]:
    """Return the oldest hand-in or sitting that waits for a trainer long enough, by enrolment."""
    before = clock.now() - timedelta(days=WAITING_DAYS)
    none = sa.null().cast(sa.Uuid)
    mine = (is_in(Enrolment.course_id, courses), is_open_now())
    handed_in = (
        sa.select(HandIn.enrolment_id, HandIn.handed_in_at.label("since"), HandIn.id.label("hand_in_id"), none.label("sitting_id"))
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id).where(*mine, HandIn.state.in_(WAITING), HandIn.handed_in_at <= before)
    )
    sat = (
        sa.select(Sitting.enrolment_id, Sitting.handed_in_at, none, Sitting.id)
        .join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .where(*mine, Sitting.state.in_(("marking", "judging")), Sitting.handed_in_at <= before)
    )
    found: dict[UUID, Waits] = {}
    for enrolment_id, since, hand_in_id, sitting_id in db.session.execute(handed_in.union_all(sat).order_by("since")):
        found.setdefault(enrolment_id, Waits(since, hand_in_id, sitting_id))
    return found
