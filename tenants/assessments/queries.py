"""Reads for whoever sits a test: the test, their sittings, one question to save. Each goes through the person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import undefer

from core.db import db
from core.errors import NotFound
from tenants.assessments.marking import Marked, marked
from tenants.assessments.models import Sitting, SittingAllowance, SittingAnswer
from tenants.assessments.rules import Allowance
from tenants.assessments.settings import Settings, settings_of
from tenants.courses.models import Course, Publication
from tenants.learning.models import Enrolment
from tenants.learning.queries import OpenLesson, lesson_for, zone_here
from tenants.people.models import Member


def test_for(member: Member, course_id: UUID, lesson_id: UUID, lock: bool = False) -> OpenLesson:
    """Return a lesson that is a test. Raises NotFound, and Locked while the lesson is closed to the member."""
    open_ = lesson_for(member, course_id, lesson_id, lock)
    if not open_.page.content.get("test"):
        raise NotFound("no test")
    return open_


def settings_on(open_: OpenLesson) -> Settings:
    """Return the settings of the test as they are published now."""
    return settings_of(open_.page.content["test"])


def zone() -> str:
    """Return the academy's zone."""
    return str(db.session.scalar(sa.select(zone_here())))


def sittings_of(enrolment_id: UUID, lesson_id: UUID) -> list[Sitting]:
    """Return every sitting of a test by its number, without their papers."""
    wanted = sa.select(Sitting).where(Sitting.enrolment_id == enrolment_id, Sitting.lesson_id == lesson_id)
    return list(db.session.scalars(wanted.order_by(Sitting.number)))


def allowance_of(enrolment_id: UUID, lesson_id: UUID) -> Allowance:
    """Return what the person gets for a test beyond its settings."""
    row = allowance_row(enrolment_id, lesson_id)
    return row.allowance if row else Allowance()


def allowance_row(enrolment_id: UUID, lesson_id: UUID) -> SittingAllowance | None:
    """Return what was given to the person for a test, or None."""
    row = SittingAllowance
    return db.session.scalar(sa.select(row).where(row.enrolment_id == enrolment_id, row.lesson_id == lesson_id))


@dataclass(frozen=True)
class OwnSitting:
    """A sitting of one's own, and the course that it is in."""

    sitting: Sitting
    enrolment: Enrolment

    @property
    def course_id(self) -> UUID:
        """Return the course."""
        return self.enrolment.course_id


def sitting_for(member: Member, course_id: UUID, lesson_id: UUID, sitting_id: UUID, lock: bool = False) -> OwnSitting:
    """Return a sitting of the member's own with its paper; `lock` locks the enrolment, then the sitting. Raises NotFound.

    It is theirs also when the course has closed to them meanwhile: what was begun can be ended.
    """
    mine = _mine(member, course_id, lesson_id, sitting_id)
    enrolment = db.session.scalar(_enrolment(lock).join(Sitting, Sitting.enrolment_id == Enrolment.id).where(*mine))
    if enrolment is None:
        raise NotFound("no such sitting")
    return OwnSitting(_sitting(sitting_id, lock), enrolment)


def _mine(member: Member, course_id: UUID, lesson_id: UUID, sitting_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Enrolment.member_id == member.id, Enrolment.course_id == course_id, Sitting.id == sitting_id,
        Sitting.lesson_id == lesson_id,
    )  # fmt: skip


def times_of(member: Member, course_id: UUID, lesson_id: UUID, sitting_id: UUID) -> tuple[str, datetime | None]:
    """Return state and end of a sitting of the member's own. One statement. Raises NotFound."""
    wanted = sa.select(Sitting.state, Sitting.ends_at).join(Enrolment, Enrolment.id == Sitting.enrolment_id)
    row = db.session.execute(wanted.where(*_mine(member, course_id, lesson_id, sitting_id))).one_or_none()
    if row is None:
        raise NotFound("no such sitting")
    return row[0], row[1]


def published_settings(course_id: UUID, lesson_id: UUID) -> Settings | None:
    """Return the settings of a test as participants have them now; None when the lesson is no test any more."""
    outline = sa.select(Publication.outline).join(Course, Course.publication_id == Publication.id).where(Course.id == course_id)
    found = db.session.scalar(outline)
    lessons = (lesson for module in found["modules"] for lesson in module["lessons"]) if found else ()
    test = next((lesson.get("test") for lesson in lessons if lesson["id"] == str(lesson_id)), None)
    return settings_of(test) if test else None


def _enrolment(lock: bool) -> sa.Select[Enrolment]:
    wanted = sa.select(Enrolment)
    return wanted.with_for_update(of=Enrolment).execution_options(populate_existing=True) if lock else wanted


def _sitting(sitting_id: UUID, lock: bool) -> Sitting:
    wanted = sa.select(Sitting).where(Sitting.id == sitting_id).options(undefer(Sitting.paper))
    if lock:
        wanted = wanted.with_for_update(of=Sitting).execution_options(populate_existing=True)
    return db.session.scalars(wanted).one()


def sitting_with_paper(sitting_id: UUID) -> Sitting | None:
    """Return a sitting with its paper, or None. For who may see any."""
    return db.session.scalar(sa.select(Sitting).where(Sitting.id == sitting_id).options(undefer(Sitting.paper)))


def locked_sitting(sitting_id: UUID) -> Sitting | None:
    """Return a sitting with its paper, locked behind its enrolment; None when it is gone. For the platform's own work."""
    own = _enrolment(True).join(Sitting, Sitting.enrolment_id == Enrolment.id).where(Sitting.id == sitting_id)
    return _sitting(sitting_id, lock=True) if db.session.scalar(own) is not None else None


@dataclass(frozen=True)
class ToSave:
    """One question of a sitting, to keep an answer to it."""

    sitting: Sitting
    answer: SittingAnswer
    question: Mapping[str, Any]


def answer_to_save(member: Member, course_id: UUID, lesson_id: UUID, sitting_id: UUID, question_id: UUID) -> ToSave:
    """Return a question of the member's own sitting, the sitting locked. One statement. Raises NotFound."""
    asked = Sitting.paper["questions"].op("->", return_type=JSONB())(SittingAnswer.position)
    question = asked.op("->", return_type=JSONB())(sa.literal("question", sa.Text))
    row = db.session.execute(
        sa.select(Sitting, SittingAnswer, question)
        .join(SittingAnswer, SittingAnswer.sitting_id == Sitting.id).join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .where(*_mine(member, course_id, lesson_id, sitting_id), SittingAnswer.question_id == question_id)
        .with_for_update(of=Sitting).execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("no such question")
    asked_of: Mapping[str, Any] = row[2]  # type: ignore[assignment]
    return ToSave(row[0], row[1], asked_of)


def answers_of(sitting: Sitting) -> list[SittingAnswer]:
    """Return the answers of a sitting in the order of its paper, as the database has them now."""
    wanted = sa.select(SittingAnswer).where(SittingAnswer.sitting_id == sitting.id).order_by(SittingAnswer.position)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def answers_in(sittings: Iterable[Sitting]) -> dict[UUID, list[SittingAnswer]]:
    """Return the answers of many sittings, by sitting. One statement."""
    wanted = sa.select(SittingAnswer).where(SittingAnswer.sitting_id.in_([one.id for one in sittings]))
    found: dict[UUID, list[SittingAnswer]] = {}
    for row in db.session.scalars(wanted.order_by(SittingAnswer.position)):
        found.setdefault(row.sitting_id, []).append(row)
    return found


def given_in(answer: SittingAnswer) -> dict[str, Any] | None:
    """Return what was answered in time, None if nothing was saved."""
    return json.loads(answer.given) if answer.given is not None else None


def late_in(answer: SittingAnswer) -> dict[str, Any]:
    """Return what arrived after the time, {} if nothing did."""
    return json.loads(answer.late) if answer.late is not None else {}


def marks_of(sitting: Sitting, answers: Iterable[SittingAnswer]) -> list[Marked]:
    """Return each question of the sitting marked, in order; load the paper with it."""
    asked: Sequence[Mapping[str, Any]] = sitting.paper["questions"]
    return [marked(asked[row.position], given_in(row), row.given_points) for row in answers]
