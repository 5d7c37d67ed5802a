"""Schema `local`: work to do, spare schemas and revisions of one cluster. Ids only, no content."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core import clock
from core.db import LocalBase
from core.schema import column, key, made_at, moment, optional_moment


class Work(LocalBase):
    """One thing to do after a commit: who for, what, ids, when."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "priority", "due_at", postgresql_where="done_at is null and failed_at is null"),
        Index("ix_outbox_number", "number", "priority", postgresql_where="done_at is null and failed_at is null"),
        # A row that was begun no longer counts: what is asked for after that moment must be done once more.
        Index("uq_outbox_once", "number", "job", "once", unique=True, postgresql_nulls_not_distinct=True,
              postgresql_where="once is not null and lease is null and done_at is null and failed_at is null"),
    )

    id: Mapped[UUID] = key()
    number: Mapped[int | None] = column(BigInteger, purpose="academy; empty for platform work", nullable=True)
    job: Mapped[str] = column(Text, purpose="registered name of the job")
    args: Mapped[dict[str, Any]] = column(JSONB, purpose="ids and numbers only", default=dict)
    once: Mapped[str | None] = column(Text, purpose="two waiting rows with the same word are one", nullable=True)
    priority: Mapped[int] = column(purpose="lower goes first", default=5)
    due_at: Mapped[datetime] = moment(purpose="not before", default=clock.now)
    made_at: Mapped[datetime] = made_at()
    tries: Mapped[int] = column(purpose="how often it was begun", default=0)
    lease: Mapped[UUID | None] = column(Uuid, purpose="who works on it", nullable=True)
    leased_until: Mapped[datetime | None] = optional_moment(purpose="until when the worker has it")
    done_at: Mapped[datetime | None] = optional_moment(purpose="when it was done")
    failed_at: Mapped[datetime | None] = optional_moment(purpose="when it was given up")
    error: Mapped[str | None] = column(Text, purpose="class of the last error, no content", nullable=True)


class Revision(LocalBase):
    """At which revision of the academy history a schema stands; spares too."""

    __tablename__ = "revisions"

    number: Mapped[int] = column(BigInteger, purpose="names the schema", primary_key=True, autoincrement=False)
    revision: Mapped[str] = column(Text, purpose="revision it stands at", index=True)
    error: Mapped[str | None] = column(Text, purpose="class of the error that stopped it", nullable=True)
    changed_at: Mapped[datetime] = moment(purpose="when it changed", default=clock.now)


class Spare(LocalBase):
    """A ready, empty schema with role and key that waits for its academy."""

    __tablename__ = "spares"

    number: Mapped[int] = column(BigInteger, purpose="names the schema", primary_key=True, autoincrement=False)
    made_at: Mapped[datetime] = made_at()
