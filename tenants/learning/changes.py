"""Participants under way and a course that changed: what they are told, and that they read it or did it again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import Refused
from tenants.audit.models import Event
from tenants.courses.models import Publication
from tenants.learning.models import Answer, Enrolment, Progress
from tenants.learning.news import News, Seen, asks_again, news_of
from tenants.learning.queries import Given, OpenLesson, Taken


def news_for(taken: Taken) -> News:
    """Return what changed in the course since the participant read about it. Who has not begun is told nothing.

    Two statements; one more when questions are to be answered again.
    """
    if not taken.way.is_begun:
        return News()
    since = taken.enrolment.news_at or taken.enrolment.enrolled_at
    before, published_at = _versions(taken, since)
    return news_of(before, taken.outline, taken.way, _seen(taken.enrolment), _answered(taken), since, published_at)


def _versions(taken: Taken, since: datetime) -> tuple[dict[str, object] | None, datetime]:
    """Return the version that the participant knows (None: the present one) and when the present one was published."""
    known = (
        sa.select(Publication.outline).where(Publication.course_id == taken.course.id, Publication.published_at <= since)
        .order_by(Publication.version.desc()).limit(1).scalar_subquery()
    )
    first = (
        sa.select(Publication.outline).where(Publication.course_id == taken.course.id)
        .order_by(Publication.version).limit(1).scalar_subquery()
    )
    row = db.session.execute(
        sa.select(sa.func.coalesce(known, first), Publication.published_at).where(Publication.id == taken.course.publication_id)
    ).one()
    return (None if row[1] <= since else row[0]), row[1]


def _seen(enrolment: Enrolment) -> dict[str, Seen]:
    columns = (Progress.lesson_id, Progress.active_at, Progress.done_at, Progress.redone_at)
    rows = db.session.execute(sa.select(*columns).where(Progress.enrolment_id == enrolment.id))
    return {str(lesson_id): Seen(active_at, done_at, redone_at) for lesson_id, active_at, done_at, redone_at in rows}


def _answered(taken: Taken) -> dict[str, datetime]:
    asked = (taken.outline.get("again") or {}).get("questions") or {}
    if not asked:
        return {}
    wanted = sa.select(Answer.question_id, Answer.checked_at).where(
        Answer.enrolment_id == taken.enrolment.id, Answer.question_id.in_([UUID(key) for key in asked]),
        Answer.checked_at.is_not(None),
    )
    return {str(question_id): at for question_id, at in db.session.execute(wanted) if at is not None}


def read_news(taken: Taken) -> None:
    """Note that the participant knows the course as it is now; what they are asked to redo stays asked."""
    taken.enrolment.news_at = clock.now()
    db.session.flush()


def is_asked_again(open_: OpenLesson) -> bool:
    """Return whether the participant is asked to do this lesson once more. One statement where an author asked that."""
    asked = (open_.taken.outline.get("again") or {}).get("lessons") or {}
    if open_.step.id not in asked:
        return False
    seen = _seen(open_.taken.enrolment).get(open_.step.id)
    return asks_again(open_.taken.outline, "lessons", open_.step.id, seen.last_done_at if seen else None)


def questions_again(open_: OpenLesson) -> dict[str, Given]:
    """Return the answers of this lesson that are asked once more, as answers to be checked again."""
    return {
        key: Given(given.choices, given.text, places=given.places)
        for key, given in open_.answers.items()
        if given.is_checked and asks_again(open_.taken.outline, "questions", key, open_.rows[key].checked_at)
    }


def redo(open_: OpenLesson) -> None:
    """Note that the participant did the lesson again, as they were asked to. Raises Refused when they were not."""
    if not is_asked_again(open_):
        raise Refused("not asked again")
    mine = (Progress.enrolment_id == open_.taken.enrolment.id, Progress.lesson_id == UUID(open_.step.id))
    db.session.execute(sa.update(Progress).where(*mine).values(redone_at=clock.now()))
    facts = {"course": str(open_.taken.course.id), "lesson": open_.step.id}
    db.session.add(Event(actor_id=open_.taken.enrolment.member_id, act="learning.redo", facts=facts))
    db.session.flush()
