"""Files of one academy: encrypted on disk under ac_<n>/, described here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text, text
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, optional_moment, ref
from core.sealed import Sealed, sealed


class File(AcademyBase):
    """One stored file; its path is its id."""

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("kind in ('image','video','audio','captions','document')", name="kind"),
        CheckConstraint("state in ('ready','making','failed')", name="state"),
        CheckConstraint("percent between 0 and 100", name="percent"),
    )

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
    in_library: Mapped[bool] = column(
        purpose="whether an author put it here to be shown: what was handed in or made for one person never is",
        default=False, server_default=text("false"),
    )
    alt: Sealed = sealed(
        "alt", purpose="what an image shows, offered where it is chosen", personal="content", retention="academy",
        on_erasure="anonymise", nullable=True,
    )
    state: Mapped[str] = column(
        Text, purpose="ready, being made playable, or that failed", default="ready", server_default=text("'ready'")
    )
    percent: Mapped[int] = column(purpose="how much of it is made playable", default=0, server_default=text("0"))
    trouble: Mapped[str | None] = column(Text, purpose="why it could not be made playable, one word", nullable=True)
    source_id: Mapped[UUID | None] = ref(
        "files.id", purpose="what was uploaded, until a playable film is made of it", ondelete="SET NULL", nullable=True
    )
    poster_id: Mapped[UUID | None] = ref("files.id", purpose="still of a film", ondelete="SET NULL", nullable=True)
    deleted_at: Mapped[datetime | None] = optional_moment(purpose="when an author deleted it; undo restores it")
