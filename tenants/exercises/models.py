"""Exercises: what participants hand in, and what trainers and fellow participants say of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.files.models import File
from tenants.learning.models import Enrolment

STATES = ("draft", "handed_in", "in_review", "again", "approved")
WAITING = ("handed_in", "in_review")
VERDICTS = ("again", "approved")
KINDS = ("trainer", "peer")


class HandIn(AcademyBase):
    """One version of what a participant made for an exercise: a draft until it is handed in, then as it was.

    Trainers look at it one at a time: whose look it is, since when and until when stands in `claimed_by`,
    `claimed_at` and `leased_until`; `version` grows with each change of hands and each review.
    """

    __tablename__ = "hand_ins"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "block_id", "number"),
        CheckConstraint(f"state in {STATES}", name="state"),
        Index(None, "state", "handed_in_at"),
    )

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("enrolments.id", purpose="whose work")
    lesson_id: Mapped[UUID] = column(Uuid, purpose="lesson that asks for it")
    block_id: Mapped[UUID] = column(Uuid, purpose="the exercise", index=True)
    page_id: Mapped[UUID] = ref("pages.id", purpose="the version of the exercise that they saw")
    title: Mapped[str] = column(Text, purpose="title of the exercise then")
    number: Mapped[int] = column(purpose="1, 2, 3 ...")
    state: Mapped[str] = column(
        Text, purpose="draft, handed_in, in_review, again or approved", personal="content", retention="academy",
        on_erasure="delete", why_plain="the review queue filters by it", default="draft",
    )
    text: Sealed = sealed("text", purpose="what was written", personal="content", retention="academy", on_erasure="delete")
    save_id: Mapped[UUID] = column(Uuid, purpose="client-made id of the last save: a resend changes nothing")
    sent_id: Mapped[UUID | None] = column(
        Uuid, purpose="client-made id of the handing in: a double submit is one", nullable=True, unique=True
    )
    saved_at: Mapped[datetime] = moment(purpose="last save", default=clock.now)
    handed_in_at: Mapped[datetime | None] = optional_moment(
        purpose="when it was handed in", personal="content", retention="academy", on_erasure="delete",
        why_plain="the review queue sorts by it",
    )
    trainer_id: Mapped[UUID | None] = ref(
        "members.id", purpose="whose queue it waits in; nobody's is everybody's", ondelete="SET NULL", nullable=True
    )
    claimed_by: Mapped[UUID | None] = ref(
        "members.id", purpose="trainer who looks at it", ondelete="SET NULL", nullable=True
    )
    claimed_at: Mapped[datetime | None] = optional_moment(purpose="since when")
    leased_until: Mapped[datetime | None] = optional_moment(purpose="until when nobody else takes it by opening it")
    version: Mapped[int] = column(purpose="grows with each change of hands and each review", default=1)
    feedback_at: Mapped[datetime | None] = optional_moment(purpose="last word of others to the participant")
    seen_at: Mapped[datetime | None] = optional_moment(
        purpose="when the participant last looked at the feedback", personal="content", retention="academy",
        on_erasure="delete", why_plain="a time stamp that pages compare",
    )
    enrolment: Mapped[Enrolment] = relationship()

    @property
    def is_waiting(self) -> bool:
        """Return whether a trainer has to look at it."""
        return self.state in WAITING

    @property
    def has_news(self) -> bool:
        """Return whether somebody said something that the participant has not seen."""
        return self.feedback_at is not None and (self.seen_at is None or self.seen_at < self.feedback_at)


class HandInFile(AcademyBase):
    """A file of a hand-in; a new version begins with the files of the one before."""

    __tablename__ = "hand_in_files"
    __table_args__ = (UniqueConstraint("hand_in_id", "file_id"),)

    id: Mapped[UUID] = key()
    hand_in_id: Mapped[UUID] = ref("hand_ins.id", purpose="the hand-in")
    file_id: Mapped[UUID] = ref("files.id", purpose="the file", index=True)
    upload_id: Mapped[UUID] = column(Uuid, purpose="client-made id of the upload: a double submit is one")
    made_at: Mapped[datetime] = made_at()
    file: Mapped[File] = relationship()


class Review(AcademyBase):
    """What one person says of one hand-in: a trainer with a verdict, or a fellow participant without. A peer's
    review exists from the moment it was assigned; any is a draft until `sent_at`. `levels`: {criterion id: level id}."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("hand_in_id", "by_id", "kind"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"verdict in {VERDICTS}", name="verdict"),
    )

    id: Mapped[UUID] = key()
    hand_in_id: Mapped[UUID] = ref("hand_ins.id", purpose="the hand-in")
    by_id: Mapped[UUID | None] = ref(
        "members.id", purpose="who reviews", ondelete="SET NULL", nullable=True, index=True
    )
    kind: Mapped[str] = column(Text, purpose="trainer or peer")
    verdict: Mapped[str | None] = column(
        Text, purpose="again or approved, by a trainer", personal="content", retention="academy", on_erasure="delete",
        why_plain="a word that decides", nullable=True,
    )
    text: Sealed = sealed(
        "text", purpose="the feedback", personal="content", retention="academy", on_erasure="delete"
    )
    levels: Mapped[dict[str, Any]] = column(
        JSONB, purpose="levels chosen in the rubric", personal="content", retention="academy", on_erasure="delete",
        why_plain="ids, no words", default=dict,
    )
    save_id: Mapped[UUID | None] = column(Uuid, purpose="client-made id of the last save", nullable=True)
    sent_id: Mapped[UUID | None] = column(Uuid, purpose="client-made id of the sending", nullable=True, unique=True)
    made_at: Mapped[datetime] = made_at()
    saved_at: Mapped[datetime | None] = optional_moment(purpose="when it was begun or last saved; empty: untouched")
    sent_at: Mapped[datetime | None] = optional_moment(purpose="when the participant got it")
    hand_in: Mapped[HandIn] = relationship()


class HandInMessage(AcademyBase):
    """A message in the thread of a hand-in, by its participant or a trainer; its id is made by the client."""

    __tablename__ = "hand_in_messages"

    id: Mapped[UUID] = key()
    hand_in_id: Mapped[UUID] = ref("hand_ins.id", purpose="the hand-in", index=True)
    by_id: Mapped[UUID | None] = ref("members.id", purpose="who wrote", ondelete="SET NULL", nullable=True)
    text: Sealed = sealed("text", purpose="the message", personal="content", retention="academy", on_erasure="delete")
    made_at: Mapped[datetime] = made_at()


class SavedPhrase(AcademyBase):
    """A sentence that a trainer uses again and again."""

    __tablename__ = "saved_phrases"

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose phrase", index=True)
    text: Sealed = sealed("text", purpose="the phrase", personal="content", retention="academy", on_erasure="delete")
    made_at: Mapped[datetime] = made_at()


class StandIn(AcademyBase):
    """A trainer's review queue is another's for the time being; what comes in goes to the substitute."""

    __tablename__ = "stand_ins"

    id: Mapped[UUID] = key()
    trainer_id: Mapped[UUID] = ref("members.id", purpose="who is away", unique=True)
    substitute_id: Mapped[UUID] = ref("members.id", purpose="who looks in their place")
    made_at: Mapped[datetime] = made_at()
