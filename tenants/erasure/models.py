"""That somebody was removed with everything: ids and numbers, no name. It is the receipt, so it outlives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment

IDS_ONLY = "keep: says that it was done and when, by ids without a name"


class Erasure(AcademyBase):
    """One removal of one person: planned, then done or taken back. `counts`: rows by table, files, bytes."""

    __tablename__ = "erasures"
    __table_args__ = (
        Index("uq_erasures_open", "member_id", unique=True, postgresql_where=text("done_at IS NULL AND undone_at IS NULL")),
    )

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = column(
        Uuid, purpose="who is removed", personal="identifying", retention="academy", on_erasure=IDS_ONLY, why_plain="an id",
    )
    asked_by: Mapped[UUID] = column(
        Uuid, purpose="manager who asked", personal="identifying", retention="academy", on_erasure=IDS_ONLY, why_plain="an id",
    )
    made_at: Mapped[datetime] = made_at()
    due_at: Mapped[datetime] = moment(purpose="when it begins; until then it can be taken back")
    undone_at: Mapped[datetime | None] = optional_moment(purpose="when it was taken back")
    done_at: Mapped[datetime | None] = optional_moment(purpose="when everything was gone")
    counts: Mapped[dict[str, Any]] = column(JSONB, purpose="what was destroyed, in numbers", default=dict)

    @property
    def is_planned(self) -> bool:
        """Return whether it waits for its day."""
        return self.done_at is None and self.undone_at is None

    @property
    def rows(self) -> int:
        """Return how many rows were destroyed or emptied."""
        return sum(number for name, number in self.counts.items() if name not in ("files", "bytes"))
