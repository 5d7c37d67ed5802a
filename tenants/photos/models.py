"""Profile photos: the square that a person chose, drawn anew in three sizes; what was uploaded is not kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import key, made_at, ref


class Photo(AcademyBase):
    """The photo of one person. Its id is its address and new with every photo; `members.photo_id` repeats it, so that
    whoever loads a person knows their photo without a statement more."""

    __tablename__ = "photos"

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose face", unique=True)
    small_id: Mapped[UUID] = ref("files.id", purpose="96 pixels, beside a name", index=True)
    middle_id: Mapped[UUID] = ref("files.id", purpose="192 pixels, on fine screens", index=True)
    large_id: Mapped[UUID] = ref("files.id", purpose="512 pixels, on the person's page", index=True)
    made_at: Mapped[datetime] = made_at()
