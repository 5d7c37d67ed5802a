"""What somebody did in a course, when: enrolled, lessons opened and finished, tests, hand-ins, certificates. And the time.

Nobody's screen is watched: the time is what the author planned for the finished lessons, and what tests took.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.assessments.models import Sitting
from tenants.certificates.models import Certificate
from tenants.exercises.models import HandIn
from tenants.learning.models import Enrolment, Progress
from tenants.past.queries import results_of

What = Literal["enrolled", "opened", "done", "sat", "handed_in", "finished", "ended", "certificate", "past"]
MOST = 200


@dataclass(frozen=True)
class Moment:
    """One thing that happened; `title` is the lesson, test or exercise, or the result of what came from elsewhere (past, at
    noon of its day); `percent` the result of a test."""

    at: datetime
    what: What
    title: str = ""
    percent: Decimal | None = None


@dataclass(frozen=True)
class Spent:
    """Minutes: planned ones of the lessons that are done, and what tests took."""

    planned: int
    tests: int


def timeline_of(enrolment: Enrolment, outline: Mapping[str, Any]) -> tuple[list[Moment], Spent]:
    """Return what happened, newest first, 200 at most; and the time. Five statements."""
    lessons = {UUID(lesson["id"]): lesson for module in outline["modules"] for lesson in module["lessons"]}
    found = [Moment(enrolment.enrolled_at, "enrolled")]
    planned = 0
    for lesson_id, started_at, done_at in db.session.execute(
        sa.select(Progress.lesson_id, Progress.started_at, Progress.done_at).where(Progress.enrolment_id == enrolment.id)
    ):
        if lesson_id not in lessons:
            continue
        title = lessons[lesson_id]["title"]
        found.append(Moment(started_at, "opened", title))
        if done_at is not None:
            found.append(Moment(done_at, "done", title))
            planned += int(lessons[lesson_id]["minutes"])
    sat = db.session.execute(
        sa.select(Sitting.title, Sitting.started_at, Sitting.handed_in_at, Sitting.percent)
        .where(Sitting.enrolment_id == enrolment.id, Sitting.handed_in_at.is_not(None))
    ).all()
    found += [Moment(row.handed_in_at, "sat", row.title, row.percent) for row in sat]
    found += [
        Moment(at, "handed_in", title) for at, title in db.session.execute(
            sa.select(HandIn.handed_in_at, HandIn.title).where(HandIn.enrolment_id == enrolment.id, HandIn.handed_in_at.is_not(None))
        ) if at
    ]  # fmt: skip
    found += [
        Moment(at, "certificate") for at in db.session.scalars(
            sa.select(Certificate.earned_at).where(Certificate.enrolment_id == enrolment.id, Certificate.state != "replaced")
        )
    ]  # fmt: skip
    found += [
        Moment(datetime.combine(one.finished_on, time(12), UTC), "past", one.result or "")
        for one in results_of(enrolment.member, enrolment.course_id)
    ]
    found += [Moment(at, what) for at, what in ((enrolment.done_at, "finished"), (enrolment.ended_at, "ended")) if at]  # type: ignore[arg-type]
    tests = sum((row.handed_in_at - row.started_at).total_seconds() for row in sat)
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST], Spent(planned, round(tests / 60))
