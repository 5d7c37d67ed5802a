"""What operators and owners did, by ids: append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core.db import CoreBase
from core.schema import column, key, made_at


class Event(CoreBase):
    """One act on the platform; `facts` holds ids and numbers, never content."""

    __tablename__ = "audit"

    id: Mapped[UUID] = key()
    at: Mapped[datetime] = made_at()
    actor_id: Mapped[UUID | None] = column(
        Uuid, purpose="account that acted", personal="identifying", retention="7 years",
        on_erasure="keep: accountability, an id without a name", why_plain="an id", nullable=True,
    )
    act: Mapped[str] = column(Text, purpose="what was done")
    number: Mapped[int | None] = column(BigInteger, purpose="academy it was done to", nullable=True, index=True)
    facts: Mapped[dict[str, Any]] = column(JSONB, purpose="ids and numbers of the act", default=dict)
