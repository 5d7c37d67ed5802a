"""People from a file: the upload, and each of its rows with what is wrong in it and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, optional_moment, ref
from core.sealed import Sealed, sealed

STATES = ("reading", "refused", "read", "taking", "taken")
FATES = ("waiting", "invited", "joined", "enrolled", "failed")
KEPT: dict[str, Any] = {"retention": "30 days", "on_erasure": "delete"}


class PeopleImport(AcademyBase):
    """A file with people: being read, refused, read (its rows wait to be looked at), being taken over, or taken over."""

    __tablename__ = "people_imports"
    __table_args__ = (CheckConstraint(f"state in {STATES}", name="state"),)

    id: Mapped[UUID] = key()
    file_name: Sealed = sealed(
        "file_name", purpose="name of the uploaded file", personal="content", retention="30 days", on_erasure="anonymise"
    )
    message: Sealed = sealed(
        "message", purpose="what the inviter adds to the mails", personal="content", retention="30 days",
        on_erasure="keep: says nothing of the people in the file", nullable=True,
    )
    state: Mapped[str] = column(Text, purpose="how far it is", default="reading")
    why: Mapped[str | None] = column(Text, purpose="why the file cannot be read, in a word", nullable=True)
    total: Mapped[int] = column(purpose="rows in the file", default=0)
    good: Mapped[int] = column(purpose="rows that can be taken over", default=0)
    done: Mapped[int] = column(purpose="rows taken over so far", default=0)
    file_id: Mapped[UUID | None] = ref("files.id", purpose="the file until it was read", ondelete="SET NULL", nullable=True)
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who uploaded it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    taken_at: Mapped[datetime | None] = optional_moment(purpose="when the last row was taken over")

    @property
    def wrong(self) -> int:
        """Return how many rows cannot be taken over."""
        return self.total - self.good


class PeopleImportRow(AcademyBase):
    """One row of the file. `problems` and `notes` are words; `fate` says what became of it."""

    __tablename__ = "people_import_rows"
    __table_args__ = (
        CheckConstraint(f"fate in {FATES}", name="fate"),
        Index("ix_people_import_rows_import_id_line", "import_id", "line", unique=True),
    )

    id: Mapped[UUID] = key()
    import_id: Mapped[UUID] = ref("people_imports.id", purpose="file that it stands in")
    line: Mapped[int] = column(purpose="row of the file")
    email: Sealed = sealed("email", purpose="whom to invite", index="email", nullable=True, **KEPT)
    number: Sealed = sealed("number", purpose="personnel number of who has no address", index="personnel_number",
                            nullable=True, **KEPT)  # fmt: skip
    first_name: Sealed = sealed("first_name", purpose="address the person", **KEPT)
    last_name: Sealed = sealed("last_name", purpose="tell people apart", **KEPT)
    said: Sealed = sealed("said", purpose="roles and courses as the file says them", personal="content", nullable=True, **KEPT)
    roles: Mapped[list[str]] = column(ARRAY(Text), purpose="roles on joining", default=list)
    course_ids: Mapped[list[UUID]] = column(ARRAY(Uuid), purpose="courses to be enrolled in", default=list)
    problems: Mapped[list[str]] = column(ARRAY(Text), purpose="what keeps it from being taken over, in words", default=list)
    notes: Mapped[list[str]] = column(ARRAY(Text), purpose="what is to be known of it, in words", default=list)
    fate: Mapped[str] = column(Text, purpose="what became of it", default="waiting")
    member_id: Mapped[UUID | None] = ref(
        "members.id", purpose="member that it made, who has no e-mail", ondelete="SET NULL", nullable=True, index=True
    )
