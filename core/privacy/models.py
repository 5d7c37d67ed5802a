"""Ends of accounts: planned and done, the warnings before, what an operator has to look at, and what ran. Ids and numbers only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core.db import CoreBase
from core.privacy.rules import STEPS, WHYS
from core.schema import column, key, made_at, moment, optional_moment, ref


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
