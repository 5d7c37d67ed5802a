"""Archives of courses on their way: made to be downloaded, or uploaded to become a course."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, relationship

from core.db import AcademyBase
from core.schema import column, key, made_at, moment, ref
from tenants.courses.models import Course
from tenants.files.models import File

STATES = ("waiting", "ready", "refused", "building", "done")


class Transfer(AcademyBase):
    """One archive. An export: waiting, then ready to download, or refused (too large). An import: waiting to be read,
    then ready (to be looked at) or refused, building, done. `report`: numbers, titles and why it was refused, see
    transfer/checking.py; nothing of a person."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("kind in ('export','import')", name="kind"),
        CheckConstraint(f"state in {STATES}", name="state"),
    )

    id: Mapped[UUID] = key()
    kind: Mapped[str] = column(Text, purpose="export or import")
    state: Mapped[str] = column(Text, purpose="how far it is", default="waiting")
    course_id: Mapped[UUID | None] = ref(
        "courses.id", purpose="course that was exported, or that the import made", ondelete="SET NULL", nullable=True,
        index=True,
    )
    file_id: Mapped[UUID | None] = ref(
        "files.id", purpose="the archive; empty once it was deleted", ondelete="SET NULL", nullable=True
    )
    report: Mapped[dict[str, Any]] = column(JSONB, purpose="what is in it, or why it was refused", default=dict)
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who asked for it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="when the archive is deleted")
    course: Mapped[Course | None] = relationship()
    file: Mapped[File | None] = relationship()
