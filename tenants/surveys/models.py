"""Surveys: what is asked, and what was answered, either without any link to a person or with their name.

An anonymous answer is a `SurveyVoice`: one row per question, with an id that says nothing, the month, and no link to
a person, an enrolment or the other answers of the same person. That somebody answered is a `SurveyDone` row
without a time. Both cannot come from one transaction, for Postgres notes the transaction in every row (xmin).
So what somebody sent waits, sealed, as a `SurveyBallot` until five are in the box; a job then shuffles them
and writes their voices (tenants/surveys/box.py).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

MODES = ("anonymous", "named")
STATES = ("draft", "open", "closed")


def nameless_key() -> Any:
    """Return a random primary key: it holds no time by which a row could be told apart."""
    return column(Uuid, purpose="names the row, and says nothing", primary_key=True, default=uuid4)


class Survey(AcademyBase):
    """A survey at the end of a course, or of a lesson (`block_id`). `body` and `asked`: {title, intro, mode,
    questions: [{id, kind, prompt, low, high, options: [{id, text}]}]}; `asked` is what people see.

    The row of a lesson's survey is made by its first answer: until then its block says everything.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint(f"mode in {MODES}", name="mode"),
        CheckConstraint(f"state in {STATES}", name="state"),
        Index("uq_surveys_course_id", "course_id", unique=True, postgresql_where=text("block_id is null")),
    )

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses.id", purpose="course it asks about", index=True)
    block_id: Mapped[UUID | None] = column(
        Uuid, purpose="block of the lesson that shows it; empty: at the end of the course", unique=True, nullable=True
    )
    mode: Mapped[str] = column(Text, purpose="anonymous or named; fixed at publication")
    state: Mapped[str] = column(Text, purpose="draft, open or closed", default="draft")
    body: Mapped[dict[str, Any]] = column(JSONB, purpose="questions as authors edit them", default=dict)
    asked: Mapped[dict[str, Any] | None] = column(JSONB, purpose="questions as people see them", nullable=True)
    counted: Mapped[int] = column(purpose="people whose anonymous answers are in the results", default=0)
    published_at: Mapped[datetime | None] = optional_moment(purpose="first publication: from then on the mode is fixed")
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change by an author", default=clock.now)


class SurveyDone(AcademyBase):
    """Somebody answered an anonymous survey. Without a time, and without a way to what they said."""

    __tablename__ = "survey_done"

    survey_id: Mapped[UUID] = ref("surveys.id", purpose="which survey", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who has answered, so that nobody does twice", primary_key=True)


class SurveyBallot(AcademyBase):
    """What somebody sent to an anonymous survey, sealed, until five wait and are shuffled. `given`: JSON by question."""

    __tablename__ = "survey_box"

    id: Mapped[UUID] = nameless_key()
    survey_id: Mapped[UUID] = ref("surveys.id", purpose="which survey", index=True)
    month: Mapped[date] = column(Date, purpose="first day of the month")
    given: Sealed = sealed(
        "given", purpose="answers that wait to be shuffled", personal="content", retention="until five wait",
        on_erasure="keep: nobody can tell whose it is",
    )


class SurveyVoice(AcademyBase):
    """One answer to one question of an anonymous survey."""

    __tablename__ = "survey_voices"
    __table_args__ = (CheckConstraint("score between 0 and 10", name="score"),)

    id: Mapped[UUID] = nameless_key()
    survey_id: Mapped[UUID] = ref("surveys.id", purpose="which survey", index=True)
    question_id: Mapped[UUID] = column(Uuid, purpose="which question")
    month: Mapped[date] = column(Date, purpose="first day of the month")
    score: Mapped[int | None] = column(
        purpose="place on a scale", personal="content", retention="academy",
        on_erasure="keep: nobody can tell whose it is", why_plain="results count it; no person is linked", nullable=True,
    )
    options: Mapped[list[str] | None] = column(
        ARRAY(Text), purpose="ids of the options chosen", personal="content", retention="academy",
        on_erasure="keep: nobody can tell whose it is", why_plain="ids, which results count; no person is linked",
        nullable=True,
    )
    words: Sealed = sealed(
        "words", purpose="what was written", personal="content", retention="academy",
        on_erasure="keep: nobody can tell whose it is", nullable=True,
    )


class SurveySheet(AcademyBase):
    """What a member answered to a named survey. `given`: JSON by question."""

    __tablename__ = "survey_sheets"
    __table_args__ = (UniqueConstraint("survey_id", "member_id"),)

    id: Mapped[UUID] = key()
    survey_id: Mapped[UUID] = ref("surveys.id", purpose="which survey")
    member_id: Mapped[UUID] = ref("members.id", purpose="who answered", index=True)
    given: Sealed = sealed(
        "given", purpose="what was chosen and written", personal="content", retention="academy", on_erasure="delete"
    )
    made_at: Mapped[datetime] = made_at()
