"""Learning: who is enrolled, how far they are, what they answered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, Numeric, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.courses.models import Course
from tenants.people.models import Member

APPROVALS = ("waiting", "again", "approved")


class Enrolment(AcademyBase):
    """A member takes a course. One of them is current; those that were reset keep what was done in them."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index("uq_enrolments_current", "member_id", "course_id", unique=True, postgresql_where=text("state <> 'reset'")),
        CheckConstraint("state in ('active','ended','expired','reset')", name="state"),
        CheckConstraint("(state = 'reset') = (reset_at is not null)", name="reset"),
    )

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="who learns", index=True)
    course_id: Mapped[UUID] = ref("courses.id", purpose="what", index=True)
    state: Mapped[str] = column(Text, purpose="active, ended by somebody, expired, or reset: set aside", default="active")
    enrolled_by: Mapped[UUID | None] = ref(
        "members.id", purpose="who enrolled them", ondelete="SET NULL", nullable=True
    )
    enrolled_at: Mapped[datetime] = moment(purpose="since when", default=clock.now)
    ends_at: Mapped[datetime | None] = optional_moment(purpose="when it expires: midnight in the academy's zone")
    ended_at: Mapped[datetime | None] = optional_moment(purpose="when it was ended or had expired")
    ended_by: Mapped[UUID | None] = ref("members.id", purpose="who ended it", ondelete="SET NULL", nullable=True)
    reminded_at: Mapped[datetime | None] = optional_moment(purpose="last reminder that it expires")
    news_at: Mapped[datetime | None] = optional_moment(
        purpose="until when they read what changed in the course", personal="content", retention="academy",
        on_erasure="delete", why_plain="a time stamp that versions are compared with",
    )
    lesson_id: Mapped[UUID | None] = column(
        Uuid, purpose="lesson where they stopped", personal="content", retention="academy",
        on_erasure="delete", why_plain="an id", nullable=True,
    )
    active_at: Mapped[datetime | None] = optional_moment(
        purpose="last learning here", personal="content", retention="academy", on_erasure="delete",
        why_plain="a time stamp that lists sort by",
    )
    done_at: Mapped[datetime | None] = optional_moment(
        purpose="when every lesson was done", personal="content", retention="academy", on_erasure="delete",
        why_plain="a time stamp that reports count",
    )
    reset_at: Mapped[datetime | None] = optional_moment(purpose="when it was set aside for a new attempt")
    reset_by: Mapped[UUID | None] = ref("members.id", purpose="who set it aside", ondelete="SET NULL", nullable=True)
    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    course: Mapped[Course] = relationship()
    progress: Mapped[list[Progress]] = relationship(back_populates="enrolment", cascade="all, delete-orphan")

    @property
    def is_open(self) -> bool:
        """Return whether the course may be read now."""
        return self.state == "active" and not self.is_over

    @property
    def is_over(self) -> bool:
        """Return whether its time has passed."""
        return self.ends_at is not None and self.ends_at <= clock.now()


class Progress(AcademyBase):
    """How far a participant is in one lesson. `place`: {block: id} or {block: id, second: 222}."""

    __tablename__ = "progress"
    __table_args__ = (UniqueConstraint("enrolment_id", "lesson_id"),)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="whose course")
    lesson_id: Mapped[UUID] = column(Uuid, purpose="which lesson")
    place: Mapped[dict[str, Any]] = column(
        JSONB, purpose="where they stopped", personal="content", retention="academy", on_erasure="delete",
        why_plain="ids and seconds, no words", default=dict,
    )
    part: Mapped[float] = column(
        purpose="share of the lesson seen, 0-1", personal="content", retention="academy", on_erasure="delete",
        why_plain="a number that the ruler draws", default=0.0,
    )
    percent: Mapped[Decimal | None] = column(
        Numeric(5, 2), purpose="best result of its test, 0-100", personal="content", retention="academy",
        on_erasure="delete", why_plain="a number that rules and reports compare in SQL", nullable=True,
    )
    started_at: Mapped[datetime] = moment(purpose="first opened", default=clock.now)
    active_at: Mapped[datetime] = moment(purpose="last opened", default=clock.now)
    done_at: Mapped[datetime | None] = optional_moment(
        purpose="when it was done", personal="content", retention="academy", on_erasure="delete",
        why_plain="a time stamp that the ruler draws",
    )
    redone_at: Mapped[datetime | None] = optional_moment(
        purpose="when it was last done again, as an author asked", personal="content", retention="academy",
        on_erasure="delete", why_plain="a time stamp that what is asked is compared with",
    )
    enrolment: Mapped[Enrolment] = relationship(back_populates="progress")


class Reminder(AcademyBase):
    """A participant was reminded of a deadline: once for each mark (days before, or "late") and each day it is due."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("enrolment_id", "about_id", "mark", "due_on"),)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="who was reminded")
    about_id: Mapped[UUID] = column(Uuid, purpose="the lesson, or the course, that is due")
    mark: Mapped[str] = column(Text, purpose="days before, or late")
    due_on: Mapped[date] = column(Date, purpose="last day, in the academy's zone")
    made_at: Mapped[datetime] = made_at()


class Answer(AcademyBase):
    """A participant's present answer to a question, saved as they work. `given`: JSON {choices: [id], text}."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("enrolment_id", "question_id"),)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="whose answer")
    lesson_id: Mapped[UUID] = column(Uuid, purpose="lesson it was asked in", index=True)
    question_id: Mapped[UUID] = column(Uuid, purpose="question answered", index=True)
    page_id: Mapped[UUID] = ref("pages.id", purpose="the version that they saw")
    given: Sealed = sealed(
        "given", purpose="what was chosen or written", personal="content", retention="academy",
        on_erasure="delete",
    )
    save_id: Mapped[UUID] = column(Uuid, purpose="client-made id of the last save: a resend changes nothing")
    is_right: Mapped[bool | None] = column(
        purpose="whether it was right when last checked; empty for open or unchecked", personal="content",
        retention="academy", on_erasure="delete", why_plain="statistics count it in SQL", nullable=True,
    )
    saved_at: Mapped[datetime] = moment(purpose="last save", default=clock.now)
    checked_at: Mapped[datetime | None] = optional_moment(purpose="last check")
    enrolment: Mapped[Enrolment] = relationship()


class Tick(AcademyBase):
    """What a participant ticked in a checklist, saved as they go. `items`: JSON [id of an item]."""

    __tablename__ = "ticks"
    __table_args__ = (UniqueConstraint("enrolment_id", "block_id"),)

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="who ticked")
    lesson_id: Mapped[UUID] = column(Uuid, purpose="lesson that holds the checklist")
    block_id: Mapped[UUID] = column(Uuid, purpose="the checklist")
    items: Sealed = sealed(
        "items", purpose="which items were ticked", personal="content", retention="academy", on_erasure="delete",
    )
    save_id: Mapped[UUID] = column(Uuid, purpose="client-made id of the last save: a resend changes nothing")
    saved_at: Mapped[datetime] = moment(purpose="last save", default=clock.now)


class Approval(AcademyBase):
    """How a participant stands with one exercise of a lesson. The feature `exercises` writes it (by
    `actions.note_approval`), so that learning can judge a lesson that is done when its exercises are approved."""

    __tablename__ = "approvals"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "block_id"),
        CheckConstraint(f"state in {APPROVALS}", name="state"),
    )

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="whose exercise")
    lesson_id: Mapped[UUID] = column(Uuid, purpose="lesson that asks for it")
    block_id: Mapped[UUID] = column(Uuid, purpose="the exercise")
    state: Mapped[str] = column(
        Text, purpose="waiting, again or approved", personal="content", retention="academy", on_erasure="delete",
        why_plain="a word that decides whether a lesson is done",
    )
    changed_at: Mapped[datetime] = moment(purpose="since when", default=clock.now)


class Attempt(AcademyBase):
    """One check of an answer, kept as it was; its id is made by the client, so a double submit is one."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("answer_id", "number"),)

    id: Mapped[UUID] = key()
    answer_id: Mapped[UUID] = ref("answers.id", purpose="answer it checked")
    number: Mapped[int] = column(purpose="1, 2, 3 ...")
    given: Sealed = sealed(
        "given", purpose="what was chosen or written then", personal="content", retention="academy",
        on_erasure="delete",
    )
    is_right: Mapped[bool | None] = column(
        purpose="whether it was right", personal="content", retention="academy", on_erasure="delete",
        why_plain="statistics count it in SQL", nullable=True,
    )
    made_at: Mapped[datetime] = made_at()
