"""Files of one academy: encrypted on disk under ac_<n>/, described here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, ref
from core.sealed import Sealed, sealed


class File(AcademyBase):
    """One stored file; its path is its id."""

    __tablename__ = "files"
    __table_args__ = (CheckConstraint("kind in ('image','video','audio','captions','document')", name="kind"),)

    id: Mapped[UUID] = key()
    name: Sealed = sealed(
        "name", purpose="name it was uploaded under", personal="content", retention="academy",
        on_erasure="anonymise",
    )
    kind: Mapped[str] = column(Text, purpose="image, video, audio, captions or document")
    media_type: Mapped[str] = column(Text, purpose="type found by looking at the bytes")
    size_bytes: Mapped[int] = column(BigInteger, purpose="size of the plain content")
    sha256: Mapped[str] = column(Text, purpose="proves the plain content whole")
    width: Mapped[int | None] = column(purpose="pixels", nullable=True)
    height: Mapped[int | None] = column(purpose="pixels", nullable=True)
    seconds: Mapped[float | None] = column(purpose="length of a video", nullable=True)
    made_for: Mapped[str | None] = column(
        Text, purpose="feature that made it for one person and alone serves it; empty: uploaded", nullable=True
    )
    uploaded_by: Mapped[UUID | None] = ref(
        "members.id", purpose="who uploaded it", ondelete="SET NULL", nullable=True
    )
    made_at: Mapped[datetime] = made_at()
