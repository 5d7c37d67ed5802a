"""People who asked for a demo, and what happened since."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, Uuid
from sqlalchemy.orm import Mapped

from core import clock
from core.db import CoreBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

STATES: Final = ("new", "contacted", "planned", "closed", "suspected")
KEPT: Final[dict[str, Any]] = {"retention": "12 months after the last contact", "on_erasure": "delete"}


class Lead(CoreBase):
    """A request for a demo. `suspected`: it looks as if a machine sent it; a person decides."""

    __tablename__ = "leads"
    __table_args__ = (CheckConstraint(f"state in {STATES}", name="state"),)

    id: Mapped[UUID] = key()
    form_id: Mapped[UUID] = column(Uuid, purpose="names the form that was sent: sent twice, it is one request", unique=True)
    name: Sealed = sealed("name", purpose="whom to ask for", personal="identifying", **KEPT)
    email: Sealed = sealed("email", purpose="where to answer", personal="identifying", index="email", **KEPT)
    organisation: Sealed = sealed("organisation", purpose="for whom they ask", personal="identifying", **KEPT)
    phone: Sealed = sealed("phone", purpose="where to call, if they want to be called", personal="identifying", nullable=True, **KEPT)
    question: Sealed = sealed("question", purpose="what they want to know", personal="content", nullable=True, **KEPT)
    language: Mapped[str] = column(Text, purpose="language to answer in")
    state: Mapped[str] = column(Text, purpose="new, contacted, planned, closed or suspected", default="new", index=True)
    planned_for: Mapped[datetime | None] = optional_moment(purpose="when the demo is")
    asked_at: Mapped[datetime] = moment(purpose="when it was asked for", default=clock.now)
    contacted_at: Mapped[datetime] = moment(purpose="last contact: the year that it is kept begins here", default=clock.now, index=True)


class LeadNote(CoreBase):
    """What an operator wrote down about a request."""

    __tablename__ = "lead_notes"

    id: Mapped[UUID] = key()
    lead_id: Mapped[UUID] = ref("core.leads.id", purpose="about which request", index=True)
    text: Sealed = sealed("text", purpose="what was said or agreed", personal="content", **KEPT)
    actor_id: Mapped[UUID | None] = ref("core.accounts.id", purpose="operator who wrote it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
