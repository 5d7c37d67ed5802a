"""What a member asked of the academy about their data, with its clock of one month."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.privacy.rules import KINDS, SOURCES, STATES


class PrivacyRequest(AcademyBase):
    """One request of one member. It goes with its person: after an erasure the receipt of that erasure is the proof."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"source in {SOURCES}", name="source"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("(state = 'open') = (ended_at is null)", name="ended"),
        Index("uq_privacy_requests_open", "member_id", "kind", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose data it is about")
    kind: Mapped[str] = column(Text, purpose="erase, restrict, object, correct or know")
    words: Sealed = sealed("words", purpose="what the person wrote or said", personal="content", retention="academy", on_erasure="delete", nullable=True)
    source: Mapped[str] = column(Text, purpose="how it came: self, phone, mail or paper")
    entered_by: Mapped[UUID | None] = ref("members.id", purpose="manager who entered it", ondelete="SET NULL", nullable=True)
    checked: Sealed = sealed("checked", purpose="how a manager made sure who asked", personal="content", retention="academy", on_erasure="delete", nullable=True)
    state: Mapped[str] = column(Text, purpose="open, done, refused or withdrawn", default="open")
    due_at: Mapped[datetime] = moment(purpose="last moment to answer by law")
    extended_at: Mapped[datetime | None] = optional_moment(purpose="when the time was made longer, once")
    reason: Sealed = sealed("reason", purpose="why it takes longer", personal="content", retention="academy", on_erasure="delete", nullable=True)
    answer: Sealed = sealed("answer", purpose="what the academy answered", personal="content", retention="academy", on_erasure="delete", nullable=True)
    ended_at: Mapped[datetime | None] = optional_moment(purpose="when it was answered or withdrawn")
    ended_by: Mapped[UUID | None] = ref("members.id", purpose="who answered", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()

    @property
    def is_open(self) -> bool:
        """Return whether it waits for an answer."""
        return self.state == "open"
