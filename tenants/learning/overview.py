"""Reads for trainers: who is where in a course, and what one person answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.courses.models import Course, Page, Publication
from tenants.groups.sight import visible_to
from tenants.learning.answering import lines_of
from tenants.learning.models import Answer, Attempt, Enrolment
from tenants.learning.queries import is_current, marks_of, questions_of
from tenants.learning.resets import Earlier, earlier_of
from tenants.learning.rules import Standing, Step, Way, standing, way_of
from tenants.people.models import Member

VIEWERS = frozenset({"trainer", "manager", "owner"})


@dataclass(frozen=True)
class Person:
    """A participant of a course, as the trainer's table shows them."""

    enrolment: Enrolment
    name: str
    way: Way
    standing: Standing

    @property
    def member_id(self) -> UUID:
        """Return who it is."""
        return self.enrolment.member_id

    @property
    def active_at(self) -> datetime | None:
        """Return when they last learned here."""
        return self.enrolment.active_at

    @property
    def quiet_days(self) -> int:
        """Return for how many whole days they have not learned here, or not begun."""
        return max(0, (clock.now() - (self.enrolment.active_at or self.enrolment.enrolled_at)).days)

    @property
    def where(self) -> Step | None:
        """Return the lesson that they are in now, None before the start and after the end."""
        return self.way.resume().step if self.way.is_begun else None


def _may_view(viewer: Member) -> None:
    if not viewer.roles & VIEWERS:
        raise NotFound("not yours to see")


def _course(course_id: UUID) -> tuple[Course, Mapping[str, Any]]:
    row = db.session.execute(
        sa.select(Course, Publication.outline).join(Publication, Publication.id == Course.publication_id)
        .where(Course.id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound("no such course")
    return row[0], row[1]


def _person(
    enrolment: Enrolment, name: str, outline: Mapping[str, Any], marks: Mapping[str, Any], now: datetime
) -> Person:
    way = way_of(outline, marks, str(enrolment.lesson_id) if enrolment.lesson_id else None)
    state = standing(way.done, way.total, enrolment.active_at, enrolment.enrolled_at, now)
    return Person(enrolment, name, way, state)


@dataclass(frozen=True)
class Said:
    """What someone answered to one question: the latest they handed in, or None; and how often they tried."""

    question: Mapping[str, Any]
    lines: tuple[str, ...] = ()
    text: str = ""
    is_right: bool | None = None
    attempts: int = 0
    made_at: datetime | None = None
    has_draft: bool = False


@dataclass(frozen=True)
class LessonAnswers:
    """One lesson of a person's way with the questions asked in it."""

    step: Step
    said: list[Said]


@dataclass(frozen=True)
class PersonHere:
    """One participant in one course: where they are and what they answered, lesson by lesson; and earlier attempts."""

    person: Person
    course: Course
    lessons: list[LessonAnswers]
    earlier: list[Earlier]


def person_in(viewer: Member, course_id: UUID, member_id: UUID, attempt_id: UUID | None = None) -> PersonHere:
    """Return a participant's way and answers, of the present attempt or of one that was set aside. Raises NotFound."""
    _may_view(viewer)
    course, outline = _course(course_id)
    which = is_current() if attempt_id is None else sa.and_(Enrolment.id == attempt_id, ~is_current())
    row = db.session.execute(
        sa.select(Enrolment, Member).join(Member, Member.id == Enrolment.member_id)
        .where(Enrolment.course_id == course.id, Enrolment.member_id == member_id, Member.state == "active", which, visible_to(viewer))
    ).unique().one_or_none()
    if row is None:
        raise NotFound("nobody here")
    person = _person(row[0], row[1].name, outline, marks_of([row[0].id])[row[0].id], clock.now())
    return PersonHere(person, course, answers_along(row[0], person.way), earlier_of(row[0]))


def answers_along(enrolment: Enrolment, way: Way) -> list[LessonAnswers]:
    """Return every lesson that asks something, with what was handed in there."""
    pages = _pages([UUID(step.page_id) for step in way.steps if step.questions])
    said = said_by(enrolment)
    return [
        LessonAnswers(step, [said.get(q["id"], Said(q)) for q in questions_of(pages[UUID(step.page_id)].content)])
        for step in way.steps
        if step.questions
    ]


def _pages(page_ids: Sequence[UUID]) -> dict[UUID, Page]:
    return {page.id: page for page in db.session.scalars(sa.select(Page).where(Page.id.in_(page_ids)))}


def said_by(enrolment: Enrolment) -> dict[str, Said]:
    """Return what was handed in, by question id, with the question as it was seen then; decrypted in chunks."""
    rows = db.session.execute(
        sa.select(
            Answer.question_id, Answer.page_id, Answer.saved_at, Answer.checked_at, Attempt.id, Attempt.number,
            Attempt.is_right, Attempt.made_at, stored(Attempt, "given").label("sealed"),
        )
        .outerjoin(Attempt, sa.and_(Attempt.answer_id == Answer.id, Attempt.number == _last_number()))
        .where(Answer.enrolment_id == enrolment.id)
    ).all()
    given = unseal_rows(Attempt, "given", [(row.id, row.sealed) for row in rows])
    pages = _pages([row.page_id for row in rows])
    found = {}
    for row, content in zip(rows, given, strict=True):
        question = _question(pages[row.page_id], str(row.question_id))
        if question is not None:
            found[str(row.question_id)] = _said(question, row, json.loads(content or "{}"))
    return found


def _last_number() -> sa.ScalarSelect[Any]:
    latest = sa.select(sa.func.max(Attempt.number)).where(Attempt.answer_id == Answer.id).correlate(Answer)
    return latest.scalar_subquery()


def _question(page: Page, question_id: str) -> Mapping[str, Any] | None:
    return next((q for q in questions_of(page.content) if q["id"] == question_id), None)


def _said(question: Mapping[str, Any], row: Any, given: Mapping[str, Any]) -> Said:
    return Said(
        question, tuple(lines_of(question, given)), given.get("text", ""), row.is_right, row.number or 0, row.made_at,
        has_draft=row.checked_at is None or row.saved_at > row.checked_at,
    )
