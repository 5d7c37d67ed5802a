"""People from a file: the upload, and each of its rows with what is wrong in it and what became of it. Gone after 30 days."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, optional_moment, ref
from core.sealed import Sealed, sealed

STATES = ("read", "taking", "taken")
FATES = ("waiting", "wrong", "invited", "added", "member", "skipped", "failed", "conflict")
KEPT: dict[str, Any] = {"retention": "30 days", "on_erasure": "delete"}


class PeopleImport(AcademyBase):
    """A file with people: read (its rows wait to be looked at), being taken over, or taken over."""

    __tablename__ = "people_imports"
    __table_args__ = (CheckConstraint(f"state in {STATES}", name="state"),)

    id: Mapped[UUID] = key()
    file_name: Sealed = sealed("file_name", purpose="name of the uploaded file", personal="content", **KEPT)
    state: Mapped[str] = column(Text, purpose="how far it is", default="read")
    left_out: Mapped[list[str]] = column(ARRAY(Text), purpose="known columns that are not taken over", default=list)
    strange: Mapped[int] = column(purpose="columns that nobody recognises", default=0)
    organisation_id: Mapped[UUID | None] = ref(
        "organisations.id", purpose="where people come from whose row names nothing", ondelete="SET NULL", nullable=True
    )
    group_id: Mapped[UUID | None] = ref("groups.id", purpose="group that everybody joins", ondelete="SET NULL", nullable=True)
    made_by: Mapped[UUID] = ref("members.id", purpose="who uploaded it", index=True)
    made_at: Mapped[datetime] = made_at()
    taken_at: Mapped[datetime | None] = optional_moment(purpose="when the last row was taken over")


class PeopleImportRow(AcademyBase):
    """One row of the file. `problems` are words for what is wrong; `fate` says what became of it."""

    __tablename__ = "people_import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "line"),
        CheckConstraint(f"fate in {FATES}", name="fate"),
    )

    id: Mapped[UUID] = key()
    import_id: Mapped[UUID] = ref("people_imports.id", purpose="file that it stands in")
    line: Mapped[int] = column(purpose="row of the file")
    email: Sealed = sealed("email", purpose="whom to invite; empty for who has no address", index="email", **KEPT)
    number: Sealed = sealed("number", purpose="personnel number", index="number", nullable=True, **KEPT)
    first_name: Sealed = sealed("first_name", purpose="address the person", **KEPT)
    last_name: Sealed = sealed("last_name", purpose="tell people apart", **KEPT)
    said: Sealed = sealed("said", purpose="role and course as the file says them", personal="content", **KEPT)
    role: Mapped[str] = column(Text, purpose="role on joining", default="participant")
    course_id: Mapped[UUID | None] = ref(
        "courses.id", purpose="course to be enrolled in", ondelete="SET NULL", nullable=True, index=True
    )
    organisation: Sealed = sealed(
        "organisation", purpose="organisation as the file names it", personal="content", nullable=True, **KEPT
    )
    organisation_id: Mapped[UUID | None] = ref(
        "organisations.id", purpose="organisation that they come from", ondelete="SET NULL", nullable=True
    )
    problems: Mapped[list[str]] = column(ARRAY(Text), purpose="what keeps it from being taken over, in words", default=list)
    fate: Mapped[str] = column(Text, purpose="what became of it", default="waiting")
