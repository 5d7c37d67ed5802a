"""What people did elsewhere before: each result, and the files that they came in with what is wrong in each row.

A result that was taken over is no proof by this academy, and every page and file says so. The file and its rows are gone
30 days after the upload; until then the whole import can be undone.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, LargeBinary, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, relationship

from core.db import AcademyBase
from core.schema import column, key, made_at, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.people.models import Member

STATES = ("reading", "read", "taking", "taken", "undone")
FATES = ("unread", "waiting", "wrong", "double", "left_out", "taken")
UNDO = timedelta(days=30)
MOST_MINUTES = 9_999 * 60
KEPT: dict[str, Any] = {"retention": "30 days", "on_erasure": "delete"}
ON_MEMBER: dict[str, Any] = {"personal": "content", "retention": "academy", "on_erasure": "delete"}


class PastImport(AcademyBase):
    """A file with past results: being read, read (its rows wait to be looked at), being taken over, taken over or undone."""

    __tablename__ = "past_imports"
    __table_args__ = (CheckConstraint(f"state in {STATES}", name="state"),)

    id: Mapped[UUID] = key()
    file_name: Sealed = sealed("file_name", purpose="name of the uploaded file", personal="content", retention="30 days",
                               on_erasure="keep: the name of a file, gone within 30 days")  # fmt: skip
    state: Mapped[str] = column(Text, purpose="how far it is", default="read")
    left_out: Mapped[list[str]] = column(ARRAY(Text), purpose="known columns that are not taken over", default=list)
    strange: Mapped[int] = column(purpose="columns that nobody recognises", default=0)
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who uploaded it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    taken_at: Mapped[datetime | None] = optional_moment(purpose="when its rows were taken over")
    undone_at: Mapped[datetime | None] = optional_moment(purpose="when that was undone")
    author: Mapped[Member | None] = relationship()

    @property
    def undo_until(self) -> datetime | None:
        """Return until when it can be undone: 30 days after it was taken over."""
        return self.taken_at + UNDO if self.taken_at and self.state == "taken" else None


class PastImportRow(AcademyBase):
    """One row of the file. `problems` keep it from being taken over, `warnings` do not; both are words."""

    __tablename__ = "past_import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "line"),
        CheckConstraint(f"fate in {FATES}", name="fate"),
    )

    id: Mapped[UUID] = key()
    import_id: Mapped[UUID] = ref("past_imports.id", purpose="file that it stands in")
    line: Mapped[int] = column(purpose="row of the file")
    email: Sealed = sealed("email", purpose="whose result it is, as the file says", index="email", **KEPT)
    said: Sealed = sealed("said", purpose="its cells, by column", personal="content", **KEPT)
    member_id: Mapped[UUID | None] = ref("members.id", purpose="whose result it is", nullable=True, index=True)
    course_id: Mapped[UUID | None] = ref(
        "courses.id", purpose="course of this academy with its title", ondelete="SET NULL", nullable=True
    )
    same: Mapped[bytes | None] = column(
        LargeBinary, purpose="keyed mark of person, course and day, by which a double is known", nullable=True
    )
    problems: Mapped[list[str]] = column(ARRAY(Text), purpose="what keeps it from being taken over, in words", default=list)
    warnings: Mapped[list[str]] = column(ARRAY(Text), purpose="what to look at, in words", default=list)
    fate: Mapped[str] = column(Text, purpose="what became of it", default="unread")
    member: Mapped[Member | None] = relationship()

    @property
    def cells(self) -> dict[str, str]:
        """Return its texts by column."""
        found: dict[str, str] = json.loads(self.said or "{}")
        return found


class PastResult(AcademyBase):
    """Something that a person finished elsewhere, as somebody's file says; once per person, course and day."""

    __tablename__ = "past_results"
    __table_args__ = (
        UniqueConstraint("member_id", "finished_on", "title_index"),
        CheckConstraint(f"minutes between 1 and {MOST_MINUTES}", name="minutes"),
        CheckConstraint("points between 0 and 9999", name="points"),
    )

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose it is")
    import_id: Mapped[UUID | None] = ref(
        "past_imports.id", purpose="file that it came in, while that can be undone", ondelete="SET NULL", nullable=True, index=True
    )
    course_id: Mapped[UUID | None] = ref(
        "courses.id", purpose="course of this academy with its title", ondelete="SET NULL", nullable=True, index=True
    )
    certificate_id: Mapped[UUID | None] = ref(
        "certificates.id", purpose="past certificate that came with it", ondelete="SET NULL", nullable=True, index=True
    )
    title: Sealed = sealed("title", purpose="what was done", personal="content", retention="academy", on_erasure="delete", index="title")
    result: Sealed = sealed(
        "result", purpose="percent or words", personal="content", retention="academy", on_erasure="delete", nullable=True
    )
    number: Sealed = sealed(
        "number", purpose="number of the certificate that it had", retention="academy", on_erasure="delete", nullable=True
    )
    finished_on: Mapped[date] = column(Date, purpose="day on which it was finished", why_plain="periods are asked for in SQL", **ON_MEMBER)
    valid_until: Mapped[date | None] = column(
        Date, purpose="last day that it is valid", why_plain="a day, as certificates have", nullable=True, **ON_MEMBER
    )
    minutes: Mapped[int | None] = column(
        purpose="study time", why_plain="a number, which reports add up in SQL", nullable=True, **ON_MEMBER
    )
    points: Mapped[Decimal | None] = column(
        Numeric(6, 2), purpose="study points", why_plain="a number, which reports add up in SQL", nullable=True, **ON_MEMBER
    )
    made_at: Mapped[datetime] = made_at()
