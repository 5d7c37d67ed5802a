"""Versions of legal documents, their texts in each language, and who accepted what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, Integer, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from core.db import CoreBase
from core.legal.rules import CHANGES, NAMES
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

PROOF: Final = "keep: proof of what was agreed, until five years after the agreement ended"
KEPT: Final = "5 years after the agreement ended"


class Version(CoreBase):
    """One version of one document. What was loaded once is never changed: a change is a new version."""

    __tablename__ = "legal_versions"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        CheckConstraint(f"name in {NAMES}", name="name"),
        CheckConstraint(f"change in {CHANGES}", name="change"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[UUID] = key()
    name: Mapped[str] = column(Text, purpose="which document")
    number: Mapped[int] = column(Integer, purpose="1, 2, 3: which version of it")
    change: Mapped[str] = column(Text, purpose="major: who accepted an earlier one is asked again; minor: they are not")
    updated_on: Mapped[date] = column(Date, purpose="day that its writers put on it")
    loaded_at: Mapped[datetime] = made_at()
    in_force_at: Mapped[datetime] = moment(purpose="from when it holds")
    announced_at: Mapped[datetime | None] = optional_moment(purpose="when the mails that announce it were all written")
    texts: Mapped[list[Words]] = relationship(back_populates="version", lazy="selectin", order_by="Words.language")

    def text(self, language: str) -> Words:
        """Return the text in this language, or in the first that there is."""
        return next((one for one in self.texts if one.language == language), self.texts[0])


class Words(CoreBase):
    """A version's text in one language."""

    __tablename__ = "legal_texts"
    __table_args__ = (UniqueConstraint("version_id", "language"),)

    id: Mapped[UUID] = key()
    version_id: Mapped[UUID] = ref("core.legal_versions.id", purpose="of which version")
    language: Mapped[str] = column(Text, purpose="language of the text")
    title: Mapped[str] = column(Text, purpose="what the document is called")
    summary: Mapped[str] = column(Text, purpose="what is new in this version, in a sentence or two")
    markdown: Mapped[str] = column(Text, purpose="the text, with names of places to fill in")
    sha256: Mapped[str] = column(Text, purpose="fingerprint of the text: proves which one somebody saw")
    version: Mapped[Version] = relationship(back_populates="texts")


class Acceptance(CoreBase):
    """Somebody accepted a version: append-only, but for the day on which the proof is no longer needed."""

    __tablename__ = "legal_acceptances"

    id: Mapped[UUID] = key()
    version_id: Mapped[UUID] = ref("core.legal_versions.id", purpose="what was accepted", ondelete="RESTRICT", index=True)
    language: Mapped[str] = column(Text, purpose="language in which it was read")
    sha256: Mapped[str] = column(Text, purpose="fingerprint of the text that was read")
    account_id: Mapped[UUID] = column(
        Uuid, purpose="account that accepted", personal="identifying", retention=KEPT, on_erasure=PROOF, why_plain="an id", index=True,
    )  # fmt: skip
    number: Mapped[int | None] = column(BigInteger, purpose="academy for which it was accepted; empty: for the account itself", nullable=True, index=True)
    signer: Sealed = sealed(
        "signer", purpose="for an academy: organisation, address, registration, who signed and in which function (JSON)",
        personal="identifying", retention=KEPT, on_erasure=PROOF, nullable=True,
    )  # fmt: skip
    processor: Mapped[dict[str, Any]] = column(JSONB, purpose="the platform's own party as it stood: name, address, registration", default=dict)
    accepted_at: Mapped[datetime] = made_at()
    ends_at: Mapped[datetime | None] = optional_moment(purpose="when the proof is destroyed; empty while the agreement holds", index=True)
