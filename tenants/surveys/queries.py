"""Reads of surveys: those of a course, who has answered, and which a person may see. Each goes through the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from core.db import db
from core.errors import NotFound
from tenants.courses.models import Block, Course, Page
from tenants.learning.queries import OpenLesson
from tenants.people.models import Member
from tenants.surveys.models import Survey, SurveyBallot, SurveyDone, SurveySheet
from tenants.surveys.rules import READERS


@dataclass(frozen=True)
class Counted:
    """A survey with its course's title and how many people answered it."""

    survey: Survey
    course_title: str
    answered: int


def nameless_id() -> UUID:
    """Return a random id, which holds no time."""
    return uuid4()


def course_survey(course_id: UUID) -> Survey | None:
    """Return the survey at the end of the course, or None."""
    return db.session.scalar(sa.select(Survey).where(Survey.course_id == course_id, Survey.block_id.is_(None)))


def open_course_survey(course_id: UUID) -> Survey:
    """Return the survey at the end of the course that takes answers. Raises NotFound."""
    survey = course_survey(course_id)
    if survey is None or survey.state != "open":
        raise NotFound("no survey")
    return survey


def block_on(open_: OpenLesson, block_id: UUID) -> Mapping[str, Any]:
    """Return a survey block of the published lesson. Raises NotFound."""
    for block in open_.page.content["blocks"]:
        if block["id"] == str(block_id) and block["kind"] == "survey":
            found: Mapping[str, Any] = block
            return found
    raise NotFound("no such survey")


def published_mode(block: Block) -> str | None:
    """Return the mode in which this block was first shown to participants, None if it never was."""
    answered = db.session.scalar(sa.select(Survey.mode).where(Survey.block_id == block.id))
    if answered is not None:
        return answered
    shown = Page.content["blocks"].contains([{"id": str(block.id), "kind": "survey"}])
    wanted = sa.select(Page.content).where(Page.lesson_id == block.lesson_id, shown).order_by(Page.made_at).limit(1)
    content = db.session.scalar(wanted)
    if content is None:
        return None
    return next(one["mode"] for one in content["blocks"] if one["id"] == str(block.id))


def blocks_published(lesson_id: UUID) -> set[str]:
    """Return the ids of the survey blocks that participants of this lesson have seen. One statement."""
    path = sa.cast('$.blocks[*] ? (@.kind == "survey").id', JSONPATH)
    found = sa.func.jsonb_path_query(Page.content, path, type_=JSONB)
    return set(db.session.scalars(sa.select(found).where(Page.lesson_id == lesson_id).distinct()))


def has_answered(member: Member, survey: Survey) -> bool:
    """Return whether the member answered the survey."""
    return bool(db.session.scalar(sa.select(_answered(member)).where(Survey.id == survey.id)))


def blocks_answered(member: Member, course_id: UUID) -> set[str]:
    """Return the ids of the course's survey blocks that the member answered. One statement."""
    wanted = sa.select(Survey.block_id).where(Survey.course_id == course_id, Survey.block_id.is_not(None), _answered(member))
    return {str(block_id) for block_id in db.session.scalars(wanted)}


def survey_after(member: Member, course_id: UUID) -> tuple[Survey, bool] | None:
    """Return the open survey at the end of the course and whether the member answered it, or None. One statement."""
    row = db.session.execute(
        sa.select(Survey, _answered(member))
        .where(Survey.course_id == course_id, Survey.block_id.is_(None), Survey.state == "open")
    ).one_or_none()
    return None if row is None else (row[0], bool(row[1]))


def _answered(member: Member) -> sa.ColumnElement[bool]:
    done = sa.select(SurveyDone.member_id).where(SurveyDone.survey_id == Survey.id, SurveyDone.member_id == member.id)
    sheet = sa.select(SurveySheet.id).where(SurveySheet.survey_id == Survey.id, SurveySheet.member_id == member.id)
    return sa.or_(done.exists(), sheet.exists())


def surveys_to_read(member: Member, course_id: UUID | None = None) -> list[Counted]:
    """Return the surveys that were ever asked, by course, with how many people answered. One statement."""
    _reader(member)
    wanted = _counted().where(Survey.published_at.is_not(None)).order_by(Course.title, Survey.made_at)
    if course_id is not None:
        wanted = wanted.where(Survey.course_id == course_id)
    return [Counted(survey, title, done + sheets) for survey, title, done, sheets in db.session.execute(wanted)]


def survey_to_read(member: Member, survey_id: UUID) -> Counted:
    """Return one survey whose results the member may see. Raises NotFound."""
    _reader(member)
    row = db.session.execute(_counted().where(Survey.id == survey_id, Survey.asked.is_not(None))).one_or_none()
    if row is None:
        raise NotFound("no such survey")
    return Counted(row[0], row[1], row[2] + row[3])


def _counted() -> sa.Select[Any]:
    done = sa.select(sa.func.count()).where(SurveyDone.survey_id == Survey.id).scalar_subquery()
    sheets = sa.select(sa.func.count()).where(SurveySheet.survey_id == Survey.id).scalar_subquery()
    return sa.select(Survey, Course.title, done, sheets).join(Course, Course.id == Survey.course_id)


def waiting_in_box(survey: Survey) -> int:
    """Return how many anonymous ballots wait to be shuffled."""
    wanted = sa.select(sa.func.count()).select_from(SurveyBallot).where(SurveyBallot.survey_id == survey.id)
    return db.session.scalar(wanted) or 0


def _reader(member: Member) -> None:
    if not member.roles & READERS:
        raise NotFound("not yours to read")
