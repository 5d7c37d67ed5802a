"""Public keys of issuers of certificates: they outlive their academy, and then say nothing of whose they were."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped

from core.db import CoreBase
from core.schema import column


class IssuerKey(CoreBase):
    """One Ed25519 public key. Its id is its RFC 7638 thumbprint, so that nobody can put another key in its place."""

    __tablename__ = "issuer_keys"
    __table_args__ = (CheckConstraint("x ~ '^[A-Za-z0-9_-]{43}$'", name="x"),)

    id: Mapped[str] = column(Text, purpose="thumbprint of the key (RFC 7638), base64url", primary_key=True)
    x: Mapped[str] = column(Text, purpose="the public key, 32 bytes as base64url")
    number: Mapped[int | None] = column(
        BigInteger, purpose="academy that signs with it, as a limit; empty once it is closed", nullable=True, index=True
    )
    made_on: Mapped[date] = column(Date, purpose="day it was made known")
