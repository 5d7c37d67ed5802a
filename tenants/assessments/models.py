"""Tests: who sat them, what they were asked, what they answered, and what one person gets beyond the settings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.assessments import rules
from tenants.learning.models import Enrolment

STATES = ("open", "marking", "judging", "final")
ENDINGS = ("person", "time")
OWN: dict[str, Any] = {"personal": "content", "retention": "academy", "on_erasure": "delete"}


class Sitting(AcademyBase):
    """One attempt at a test: open, then perhaps with a trainer (marking open answers, judging a failure), then final.

    `paper` and `settings` are frozen when it begins (see papers.py and settings.py); `points`, `most` and `percent` are cut
    to their decimals, never rounded up. Change it with the enrolment locked before the sitting; saving one answer locks
    the sitting alone.
    """

    __tablename__ = "sittings"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id", "number"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint(f"ended_by in {ENDINGS}", name="ended_by"),
        Index("uq_sittings_one_open", "enrolment_id", "lesson_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_sittings_open_ends_at", "ends_at", postgresql_where=text("state = 'open'")),
        Index("ix_sittings_waiting", "handed_in_at", postgresql_where=text("state in ('marking', 'judging')")),
    )

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="who sits it, in which course")
    lesson_id: Mapped[UUID] = column(Uuid, purpose="the test", index=True)
    title: Mapped[str] = column(Text, purpose="title of the test then")
    number: Mapped[int] = column(purpose="1, 2, 3 ...")
    state: Mapped[str] = column(Text, purpose="open, marking, judging or final", why_plain="queues filter by it", default="open", **OWN)
    settings: Mapped[dict[str, Any]] = column(JSONB, purpose="settings of the test then")
    seed: Mapped[int] = column(BigInteger, purpose="what its order and draws follow from")
    paper: Mapped[dict[str, Any]] = column(JSONB, purpose="what was asked, in order", deferred=True)
    files: Mapped[list[str]] = column(JSONB, purpose="files of its questions", default=list)
    started_at: Mapped[datetime] = moment(purpose="when it began", default=clock.now)
    ends_at: Mapped[datetime | None] = optional_moment(purpose="until when answers count; empty: without end")
    extension_s: Mapped[int] = column(purpose="seconds of it that a trainer gave besides", default=0)
    handed_in_at: Mapped[datetime | None] = optional_moment(purpose="when it was handed in, or its time was over")
    ended_by: Mapped[str | None] = column(Text, purpose="whether the person or the time ended it", nullable=True)
    points: Mapped[Decimal | None] = column(
        Numeric(9, 4), purpose="points earned", why_plain="reports add it up in SQL", nullable=True, **OWN
    )
    most: Mapped[Decimal | None] = column(Numeric(9, 4), purpose="points that could be earned", nullable=True)
    percent: Mapped[Decimal | None] = column(
        Numeric(5, 2), purpose="result, 0-100", why_plain="reports compare it in SQL", nullable=True, **OWN
    )
    is_passed: Mapped[bool | None] = column(
        purpose="whether it is passed; empty until that is decided", why_plain="reports count it in SQL", nullable=True, **OWN
    )
    reviewed_by: Mapped[UUID | None] = ref("members.id", purpose="trainer who decided", ondelete="SET NULL", nullable=True)
    reviewed_at: Mapped[datetime | None] = optional_moment(purpose="when")
    note: Sealed = sealed(
        "note", purpose="what the trainer says of it", personal="content", retention="academy", on_erasure="delete", nullable=True
    )
    enrolment: Mapped[Enrolment] = relationship()

    @property
    def is_open(self) -> bool:
        """Return whether it was not ended yet."""
        return self.state == "open"

    @property
    def is_overdue(self) -> bool:
        """Return whether it is open though nothing that arrives counts any more."""
        return self.is_open and rules.is_shut(self.ends_at, clock.now())

    @property
    def past(self) -> rules.Past:
        """Return it as rules see it."""
        return rules.Past(self.number, self.state, self.handed_in_at, self.percent, self.is_passed)


class SittingAnswer(AcademyBase):
    """One question of a sitting and what was answered; there is a row for each from the start. `given` and `late`: JSON
    as learning's answers. What came too late stands beside and does not count."""

    __tablename__ = "sitting_answers"
    __table_args__ = (UniqueConstraint("sitting_id", "question_id"),)

    id: Mapped[UUID] = key()
    sitting_id: Mapped[UUID] = ref("sittings.id", purpose="the sitting")
    question_id: Mapped[UUID] = column(Uuid, purpose="the question", index=True)
    position: Mapped[int] = column(purpose="place on the paper, from 0")
    given: Sealed = sealed(
        "given", purpose="what was chosen or written", personal="content", retention="academy", on_erasure="delete", nullable=True
    )
    save_id: Mapped[UUID | None] = column(Uuid, purpose="client-made id of the last save: a resend changes nothing", nullable=True)
    sequence: Mapped[int | None] = column(
        BigInteger, purpose="when it was given, in milliseconds: an older save does not replace it", nullable=True
    )
    saved_at: Mapped[datetime | None] = optional_moment(purpose="last save")
    late: Sealed = sealed(
        "late", purpose="what arrived after the time", personal="content", retention="academy", on_erasure="delete", nullable=True
    )
    late_at: Mapped[datetime | None] = optional_moment(purpose="when that arrived")
    worth: Mapped[Decimal] = column(Numeric(9, 4), purpose="points that it can earn")
    points: Mapped[Decimal | None] = column(
        Numeric(9, 4), purpose="points that it earned", why_plain="statistics add it up in SQL", nullable=True, **OWN
    )
    given_points: Mapped[Decimal | None] = column(
        Numeric(7, 2), purpose="points that a trainer gave", why_plain="a number that points are counted from", nullable=True, **OWN
    )


class SittingAllowance(AcademyBase):
    """What one person gets for one test beyond its settings, and why."""

    __tablename__ = "sitting_allowances"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "lesson_id"),
        CheckConstraint("extra_minutes >= 0 and extra_attempts >= 0 and factor >= 1", name="more"),
    )

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="who")
    lesson_id: Mapped[UUID] = column(Uuid, purpose="the test")
    extra_minutes: Mapped[int] = column(purpose="minutes more", why_plain="a number that ends are computed from", default=0, **OWN)
    factor: Mapped[Decimal] = column(
        Numeric(4, 2), purpose="times the limit", why_plain="a number that ends are computed from", default=Decimal(1), **OWN
    )
    extra_attempts: Mapped[int] = column(purpose="attempts more", why_plain="a number that rules compare", default=0, **OWN)
    reason: Sealed = sealed("reason", purpose="why", personal="content", retention="academy", on_erasure="delete")
    given_by: Mapped[UUID | None] = ref("members.id", purpose="trainer who gave it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()

    @property
    def allowance(self) -> rules.Allowance:
        """Return it as rules see it."""
        return rules.Allowance(self.extra_minutes, self.factor, self.extra_attempts)
