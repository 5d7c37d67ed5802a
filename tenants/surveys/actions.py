"""Verbs of surveys: write, publish, close, answer. They flush; the edge commits."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.courses import block_actions
from tenants.courses.models import Block, Course
from tenants.people.models import Member
from tenants.surveys import queries
from tenants.surveys.models import MODES, Survey, SurveyBallot, SurveyDone, SurveySheet
from tenants.surveys.rules import CHOICES, MAX_LINE, MAX_PROMPT, MAX_QUESTIONS, Given, month_of, problem_of

MAX_INTRO = 2_000


class NotReady(Refused):
    """The survey cannot be published yet; `kind` says why."""

    def __init__(self, kind: str) -> None:
        super().__init__("the survey is not ready")
        self.kind = kind


class AnsweredAlready(Refused):
    """This person has answered this survey."""


class NothingSaid(Refused):
    """The form came back empty."""


def cleaned(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the survey as it is stored: known kinds, bounded texts. Raises Refused for an unknown mode."""
    if body["mode"] not in MODES:
        raise Refused("survey mode")
    questions = [
        {
            "id": question["id"], "kind": question["kind"], "prompt": question["prompt"].strip()[:MAX_PROMPT],
            "low": question["low"].strip()[:MAX_LINE], "high": question["high"].strip()[:MAX_LINE],
            "options": question["options"] if question["kind"] in CHOICES else [],
        }
        for question in body["questions"][:MAX_QUESTIONS]
    ]  # fmt: skip
    return {"title": " ".join(body["title"].split())[:MAX_LINE], "intro": body["intro"].strip()[:MAX_INTRO],
            "mode": body["mode"], "questions": questions}  # fmt: skip


def save_block_survey(block: Block, body: Mapping[str, Any], seen: datetime | None = None) -> None:
    """Make the block's survey what the form says; once published, its mode stays. Raises ChangedMeanwhile, Refused."""
    block_actions.check_seen(block, seen)
    fixed = queries.published_mode(block)
    block_actions.save_body(block, cleaned({**body, "mode": fixed or body["mode"]}))


def save_course_survey(course: Course, body: Mapping[str, Any], by: Member) -> Survey:
    """Return the survey at the end of the course with what the form says; once published, its mode stays."""
    survey = queries.course_survey(course.id)
    stored = cleaned({**body, "mode": survey.mode if survey and survey.published_at else body["mode"]})
    if survey is None:
        survey = Survey(id=ids.uuid7(), course_id=course.id, mode=stored["mode"])
        db.session.add(survey)
    survey.body, survey.mode, survey.changed_at = stored, stored["mode"], clock.now()
    db.session.flush()
    record("surveys.save", actor_id=by.id, survey=str(survey.id))
    return survey


def publish_survey(survey: Survey, by: Member) -> None:
    """Ask people the survey as it stands. Raises NotReady."""
    problem = problem_of(survey.body.get("questions", ()))
    if problem is not None:
        raise NotReady(problem)
    survey.asked, survey.state = copy.deepcopy(survey.body), "open"
    survey.published_at = survey.published_at or clock.now()
    record("surveys.publish", actor_id=by.id, survey=str(survey.id))
    db.session.flush()


def close_survey(survey: Survey, by: Member) -> None:
    """Take no more answers; publishing opens it again."""
    if survey.state == "open":
        survey.state = "closed"
        record("surveys.close", actor_id=by.id, survey=str(survey.id))
        db.session.flush()


def survey_of_block(course_id: UUID, block: Mapping[str, Any]) -> Survey:
    """Return the row of a lesson's survey, made by the first who answers. Raises Refused when its mode is another."""
    block_id = UUID(block["id"])
    asked = {name: block[name] for name in ("title", "intro", "mode", "questions")}
    now = clock.now()
    made = insert(Survey).values(
        id=ids.uuid7(), course_id=course_id, block_id=block_id, mode=block["mode"], state="open", body=asked, asked=asked,
        counted=0, published_at=now, made_at=now, changed_at=now,
    ).on_conflict_do_nothing(index_elements=["block_id"])  # fmt: skip
    db.session.execute(made)
    survey = db.session.scalars(sa.select(Survey).where(Survey.block_id == block_id)).one()
    if survey.mode != block["mode"]:
        raise Refused("survey mode")
    if survey.asked != asked:
        survey.asked = survey.body = asked
    return survey


def answer_survey(survey: Survey, member: Member, given: Given, today: datetime) -> None:
    """Store what the member answered, once: with their name, or without any link to them.

    `today` is the moment in the academy's zone; of it only the month is kept. Raises NothingSaid, AnsweredAlready,
    Refused when the survey is closed.
    """
    if survey.state != "open":
        raise Refused("survey closed")
    if not given:
        raise NothingSaid("answer a question first")
    if survey.mode == "named":
        _answer_named(survey, member, given)
    else:
        _answer_anonymously(survey, member, given, today)


def _answer_named(survey: Survey, member: Member, given: Given) -> None:
    if queries.has_answered(member, survey):
        raise AnsweredAlready("once")
    sheet = SurveySheet(id=ids.uuid7(), survey_id=survey.id, member_id=member.id, given=_packed(given))
    db.session.add(sheet)
    record("surveys.answer", actor_id=member.id, survey=str(survey.id))
    db.session.flush()


def _answer_anonymously(survey: Survey, member: Member, given: Given, today: datetime) -> None:
    """Note that the member answered, and put the sealed ballot into the box. Nothing is written of it elsewhere:
    no audit, no id with a time in it."""
    done = insert(SurveyDone).values(survey_id=survey.id, member_id=member.id).on_conflict_do_nothing()
    if db.session.execute(done.returning(SurveyDone.member_id)).first() is None:
        raise AnsweredAlready("once")
    db.session.add(SurveyBallot(id=queries.nameless_id(), survey_id=survey.id, month=month_of(today.date()),
                                given=_packed(given)))  # fmt: skip
    db.session.flush()
    queue.later("surveys.count", survey_id=survey.id, once=f"surveys.count:{survey.id}", priority=6)


def _packed(given: Given) -> str:
    return json.dumps(given, ensure_ascii=False, sort_keys=True)


def empty_body(title: str, mode: str = "anonymous", questions: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return a survey that nobody has written yet."""
    return {"title": title, "intro": "", "mode": mode, "questions": list(questions)}
