"""Ends of accounts: planned and done, the warnings before, what an operator has to look at, and what ran. Ids and numbers only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core import clock
from core.db import CoreBase
from core.privacy.rules import REQUEST_STATES, STEPS, WAYS, WHYS
from core.privacy.wishes import KINDS
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

KEPT_REQUEST: Final[dict[str, Any]] = {"retention": "24 months after it was answered", "on_erasure": "delete"}


class AccountErasure(CoreBase):
    """The end of one account: planned, then done or taken back. It is the receipt, so it outlives the account."""

    __tablename__ = "account_erasures"
    __table_args__ = (
        CheckConstraint(f"why in {WHYS}", name="why"),
        Index("uq_account_erasures_open", "account_id", unique=True, postgresql_where=text("done_at IS NULL AND undone_at IS NULL")),
    )

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = column(
        Uuid, purpose="whose account", personal="identifying", retention="5 years",
        on_erasure="keep: says that it was done and when, by an id without a name", why_plain="an id",
    )  # fmt: skip
    why: Mapped[str] = column(Text, purpose="asked by themselves, a year without a visit, or an operator")
    made_at: Mapped[datetime] = made_at()
    due_at: Mapped[datetime] = moment(purpose="when it begins; until then it can be taken back")
    undone_at: Mapped[datetime | None] = optional_moment(purpose="when it was taken back")
    done_at: Mapped[datetime | None] = optional_moment(purpose="when everything was gone")
    counts: Mapped[dict[str, Any]] = column(JSONB, purpose="what was destroyed, in numbers", default=dict)

    @property
    def is_planned(self) -> bool:
        """Return whether it waits for its day."""
        return self.done_at is None and self.undone_at is None


class RetentionWarning(CoreBase):
    """An account without a visit was warned: once for each step and silence."""

    __tablename__ = "retention_warnings"
    __table_args__ = (UniqueConstraint("account_id", "visited_at", "step"), CheckConstraint(f"step in {STEPS}", name="step"))

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="who was warned")
    visited_at: Mapped[datetime] = moment(purpose="the last visit before: a later one begins anew")
    step: Mapped[str] = column(Text, purpose="month, fortnight or days before")
    sent_at: Mapped[datetime] = made_at()


class RetentionCase(CoreBase):
    """An account that nothing automatic destroys, though nobody visited for a year: an operator looks at it."""

    __tablename__ = "retention_cases"

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="which account", unique=True)
    reasons: Mapped[list[str]] = column(JSONB, purpose="why not: members, owner, plan, operator")
    found_at: Mapped[datetime] = made_at()
    kept_until: Mapped[datetime | None] = optional_moment(purpose="until when an operator keeps it")
    decided_by: Mapped[UUID | None] = ref("core.accounts.id", purpose="operator who decided", ondelete="SET NULL", nullable=True)


class RetentionRun(CoreBase):
    """What one rule destroyed on one day."""

    __tablename__ = "retention_runs"

    id: Mapped[UUID] = key()
    rule: Mapped[str] = column(Text, purpose="which rule")
    ran_at: Mapped[datetime] = moment(purpose="when it ran", index=True)
    count: Mapped[int] = column(Integer, purpose="how much it destroyed")


class PrivacyRequest(CoreBase):
    """Somebody asks to know, change, delete, restrict or object; answered within a month of the law's clock."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"), CheckConstraint(f"way in {WAYS}", name="way"), CheckConstraint(f"state in {REQUEST_STATES}", name="state"),
    )  # fmt: skip

    id: Mapped[UUID] = key()
    kind: Mapped[str] = column(Text, purpose="which right")
    way: Mapped[str] = column(Text, purpose="by mail or by phone")
    state: Mapped[str] = column(Text, purpose="draft (a mail that nobody looked at yet), open, answered, refused or void", default="open", index=True)
    email: Sealed = sealed("email", purpose="where to answer", personal="identifying", index="email", **KEPT_REQUEST)
    name: Sealed = sealed("name", purpose="who asks", personal="identifying", nullable=True, **KEPT_REQUEST)
    words: Sealed = sealed("words", purpose="what they asked, in their words", personal="content", nullable=True, **KEPT_REQUEST)
    language: Mapped[str] = column(Text, purpose="language to answer in")
    arrived_at: Mapped[datetime] = moment(purpose="when the clock began", default=clock.now)
    due_at: Mapped[datetime] = moment(purpose="when it must be answered", index=True)
    verified_at: Mapped[datetime | None] = optional_moment(purpose="when it was sure who asks")
    extended_at: Mapped[datetime | None] = optional_moment(purpose="when it was extended, once")
    done_at: Mapped[datetime | None] = optional_moment(purpose="when it was answered, refused or found void")


class PrivacyStep(CoreBase):
    """What an operator did with a request, and why: append-only by what the pages offer."""

    __tablename__ = "privacy_steps"

    id: Mapped[UUID] = key()
    request_id: Mapped[UUID] = ref("core.privacy_requests.id", purpose="which request", index=True)
    act: Mapped[str] = column(Text, purpose="came, taken up, verified, extended, answered, refused, void, account ended")
    note: Sealed = sealed("note", purpose="how, or why", personal="content", nullable=True, **KEPT_REQUEST)
    actor_id: Mapped[UUID | None] = ref("core.accounts.id", purpose="operator who did it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
