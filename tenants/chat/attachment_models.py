"""Files that came with a message."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, relationship

from core.db import AcademyBase
from core.schema import column, key, made_at, ref
from tenants.files.models import File

KINDS: Final = ("image", "voice", "audio", "file")


class Attachment(AcademyBase):
    """A file of a message, sent by `member_id`, with whom it goes. A voice note is sound that was recorded on the page."""

    __tablename__ = "attachments"
    __table_args__ = (CheckConstraint(f"kind in {KINDS}", name="kind"),)

    id: Mapped[UUID] = key()
    message_id: Mapped[UUID] = ref("messages.id", purpose="message that it came with", index=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who sent it", index=True)
    kind: Mapped[str] = column(Text, purpose="image, voice, audio or file")
    place: Mapped[int] = column(SmallInteger, purpose="order within the message")
    file_id: Mapped[UUID] = ref("files.id", purpose="the file", index=True)
    small_id: Mapped[UUID | None] = ref("files.id", purpose="small picture of an image", nullable=True, index=True)
    made_at: Mapped[datetime] = made_at()
    file: Mapped[File] = relationship(foreign_keys=[file_id], lazy="joined", innerjoin=True)
