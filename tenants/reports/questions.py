"""How hard the questions of a course are, and how well they tell people apart (see rules.py for what is counted).

Practice questions count by their first check, questions of tests by the first sitting that is decided. What a trainer reads
without points has no figure. Four statements, whatever the size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from core.db import db
from tenants.assessments.models import Sitting, SittingAnswer
from tenants.courses.models import Page
from tenants.learning.models import Answer, Attempt
from tenants.learning.queries import questions_of
from tenants.reports.people import People, is_in
from tenants.reports.rules import Figures, figures_of
from tenants.reports.sight import Followed

NOTHING = Figures(0)
Score = tuple[UUID, UUID, float]


@dataclass(frozen=True)
class Question:
    """A question that people were asked, where, and its figures."""

    id: UUID
    lesson_number: int
    lesson_title: str
    prompt: str
    kind: str
    is_test: bool
    figures: Figures


def questions_in(people: People) -> list[Question]:
    """Return the questions of the course with their figures over these people, in the order of the lessons; practice
    questions as they are published now, test questions as they were asked."""
    ids = [one.enrolment_id for one in people.learners]
    figures = figures_of([*_practised(ids), *_sat(ids)])
    places = people.here.places
    asked = [*_published(people.here), *_asked(ids)]
    return [
        Question(question_id, *places[lesson_id], prompt, kind, is_test, figures.get(question_id, NOTHING))
        for lesson_id, question_id, prompt, kind, is_test in sorted(asked, key=lambda one: places.get(one[0], (0, ""))[0])
        if (lesson_id in places and kind not in ("open", "file")) or (question_id in figures and lesson_id in places)
    ]


def _practised(ids: list[UUID]) -> Iterator[Score]:
    rows = db.session.execute(
        sa.select(Answer.enrolment_id, Answer.question_id, Attempt.is_right)
        .join(Attempt, sa.and_(Attempt.answer_id == Answer.id, Attempt.number == 1))
        .where(is_in(Answer.enrolment_id, ids), Attempt.is_right.is_not(None))
    )
    return ((enrolment_id, question_id, float(bool(is_right))) for enrolment_id, question_id, is_right in rows)


def _sat(ids: list[UUID]) -> Iterator[Score]:
    rows = db.session.execute(
        sa.select(Sitting.enrolment_id, SittingAnswer.question_id, SittingAnswer.points, SittingAnswer.worth)
        .join(SittingAnswer, SittingAnswer.sitting_id == Sitting.id)
        .where(is_in(Sitting.enrolment_id, ids), Sitting.number == 1, Sitting.state == "final")
        .where(SittingAnswer.points.is_not(None), SittingAnswer.worth > 0)
    )
    return (
        (enrolment_id, question_id, min(1.0, max(0.0, float(points / worth))))
        for enrolment_id, question_id, points, worth in rows if points is not None
    )  # fmt: skip


Listed = tuple[UUID, UUID, str, str, bool]


def _published(here: Followed) -> Iterator[Listed]:
    """Yield (lesson, question, words, kind, False) of what lessons that are no tests ask now."""
    asking = {UUID(one["page_id"]): UUID(one["id"]) for one in here.lessons if one["questions"] and not one.get("test")}
    rows = db.session.execute(sa.select(Page.id, Page.content).where(is_in(Page.id, asking)))
    contents = {page_id: content for page_id, content in rows}
    for page_id, lesson_id in asking.items():
        for one in questions_of(contents[page_id]):
            yield lesson_id, UUID(one["id"]), one["prompt"], one["kind"], False


def _asked(ids: list[UUID]) -> Iterator[Listed]:
    """Yield the same of what tests asked these people in their first sitting, each question once."""
    entry = sa.func.jsonb_array_elements(Sitting.paper["questions"]).table_valued(sa.column("value", JSONB), name="entry")
    question: Any = entry.c.value["question"]
    rows = db.session.execute(
        sa.select(Sitting.lesson_id, question["id"].astext, question["prompt"].astext, question["kind"].astext)
        .select_from(Sitting).join(entry, sa.true())
        .where(is_in(Sitting.enrolment_id, ids), Sitting.number == 1, Sitting.state == "final").distinct()
    )
    seen: set[str] = set()
    for lesson_id, question_id, prompt, kind in rows:
        if question_id not in seen:
            seen.add(question_id)
            yield lesson_id, UUID(question_id), prompt or "", kind, True
