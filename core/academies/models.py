"""Academies as the platform knows them: name, state, owners, closing; nothing that participants wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Text, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.accounts.models import Account
from core.db import CoreBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

STATES = ("active", "suspended", "closing", "fenced", "closed")
STEPS = ("waiting", "fence", "drain", "cancel", "export", "drop", "files", "key", "done")


class Academy(CoreBase):
    """One academy: its number names its schema `ac_<number>` for ever."""

    __tablename__ = "academies"
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[UUID] = key()
    number: Mapped[int] = column(BigInteger, purpose="names schema and role", unique=True)
    slug: Mapped[str | None] = column(Text, purpose="subdomain; empty once closed", unique=True, nullable=True)
    name: Mapped[str] = column(Text, purpose="name of the organisation")
    state: Mapped[str] = column(Text, purpose="where in its life", default="active")
    state_reason: Mapped[str | None] = column(Text, purpose="why suspended, in the operator's words", nullable=True)
    plan: Mapped[str] = column(Text, purpose="what was bought (placeholder until billing)", default="trial")
    cluster: Mapped[str] = column(Text, purpose="which Postgres cluster holds the schema", default="main")
    colour: Mapped[str] = column(Text, purpose="brand colour as #rrggbb", default="#2f5bb7")
    language: Mapped[str] = column(Text, purpose="default language", default="nl")
    zone: Mapped[str] = column(Text, purpose="IANA time zone of days and deadlines", default="Europe/Amsterdam")
    wording: Mapped[dict[str, str]] = column(
        JSONB, purpose="je or u and own words for roles, where not as usual", default=dict, server_default="{}"
    )
    made_at: Mapped[datetime] = made_at()
    closed_at: Mapped[datetime | None] = optional_moment(purpose="when everything was gone")
    owners: Mapped[list[Ownership]] = relationship(back_populates="academy")


class Ownership(CoreBase):
    """An account owns an academy; an academy that is not closed has at least one owner."""

    __tablename__ = "ownerships"
    __table_args__ = (UniqueConstraint("academy_id", "account_id"),)

    id: Mapped[UUID] = key()
    academy_id: Mapped[UUID] = ref("core.academies.id", purpose="what is owned")
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="who owns it", index=True)
    since: Mapped[datetime] = moment(purpose="start of the ownership", default=clock.now)
    academy: Mapped[Academy] = relationship(back_populates="owners")
    account: Mapped[Account] = relationship()


class OwnerOffer(CoreBase):
    """An offer by mail to become owner of an academy, beside who offers it or instead."""

    __tablename__ = "owner_offers"

    id: Mapped[UUID] = key()
    academy_id: Mapped[UUID] = ref("core.academies.id", purpose="what is offered", index=True)
    email: Sealed = sealed(
        "email", purpose="where the offer goes", personal="identifying", retention="offer", on_erasure="delete",
    )
    hand_over: Mapped[bool] = column(purpose="whether who offers it leaves", default=False)
    offered_by: Mapped[UUID | None] = ref(
        "core.accounts.id", purpose="who offers it", ondelete="CASCADE", nullable=True
    )
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the link's token", unique=True)
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="end of the offer")
    used_at: Mapped[datetime | None] = optional_moment(purpose="when it was accepted")


class Domain(CoreBase):
    """A host name of an academy's own (proof and certificates come later)."""

    __tablename__ = "domains"

    id: Mapped[UUID] = key()
    academy_id: Mapped[UUID] = ref("core.academies.id", purpose="whose host", index=True)
    host: Mapped[str] = column(Text, purpose="host name, lower case", unique=True)
    proven_at: Mapped[datetime | None] = optional_moment(purpose="when control was proven")


class RestingSlug(CoreBase):
    """A subdomain of a closed academy: not given out again before `until`."""

    __tablename__ = "resting_slugs"

    slug: Mapped[str] = column(Text, purpose="subdomain", primary_key=True)
    number: Mapped[int] = column(BigInteger, purpose="academy that had it")
    until: Mapped[datetime] = moment(purpose="end of the rest")


class Handoff(CoreBase):
    """A one-time, 30-second pass by which an owner enters their academy from the platform."""

    __tablename__ = "handoffs"

    id: Mapped[UUID] = key()
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the pass", unique=True)
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="who enters", index=True)
    number: Mapped[int] = column(BigInteger, purpose="academy entered")
    expires_at: Mapped[datetime] = moment(purpose="end of the pass")
    used_at: Mapped[datetime | None] = optional_moment(purpose="when it was used, once")


class Closing(CoreBase):
    """The crash-safe closing of one academy: each step advances in a transaction of its own."""

    __tablename__ = "closings"
    __table_args__ = (CheckConstraint(f"step in {STEPS}", name="step"),)

    id: Mapped[UUID] = key()
    academy_id: Mapped[UUID] = ref("core.academies.id", purpose="what closes", index=True)
    number: Mapped[int] = column(BigInteger, purpose="schema that goes")
    step: Mapped[str] = column(Text, purpose="next step to do", default="waiting")
    asked_by: Mapped[UUID | None] = ref(
        "core.accounts.id", purpose="who asked", ondelete="SET NULL", nullable=True
    )
    asked_at: Mapped[datetime] = moment(purpose="when it was asked", default=clock.now)
    undo_until: Mapped[datetime] = moment(purpose="until then it can be undone")
    undone_at: Mapped[datetime | None] = optional_moment(purpose="when it was undone")
    was_suspended: Mapped[bool] = column(purpose="whether it is suspended while it waits, and after an undo",
                                         default=False, server_default=false())  # fmt: skip
    by_operator: Mapped[bool] = column(purpose="asked by the platform: its owners cannot undo it",
                                       default=False, server_default=false())  # fmt: skip
    export_holder: Mapped[UUID | None] = ref(
        "core.accounts.id", purpose="who may fetch the final export", ondelete="SET NULL", nullable=True
    )
    export_until: Mapped[datetime | None] = optional_moment(purpose="when the final export is destroyed")
    export_path: Mapped[str | None] = column(Text, purpose="where the final export lies", nullable=True)
    export_sha256: Mapped[str | None] = column(Text, purpose="proves the final export whole", nullable=True)
    receipt: Mapped[dict[str, Any]] = column(JSONB, purpose="counts of what was destroyed", default=dict)
    done_at: Mapped[datetime | None] = optional_moment(purpose="when the last step ended")
