"""Reports on their way: files made in the background, and reports that are mailed by the week or the month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, ref
from core.sealed import Sealed, sealed
from tenants.files.models import File
from tenants.reports.asking import FORMATS, KINDS, Asked, asked_of
from tenants.reports.rules import Every

SLOW = timedelta(hours=1)


def packed(asked: Asked) -> str:
    """Return the filters as they stand in an address: whatever a report can be asked is kept."""
    return urlencode(asked.values())


def unpacked(query: str | None) -> Asked:
    """Return the filters of an address."""
    return asked_of(dict(parse_qsl(query or "")))


class ReportSchedule(AcademyBase):
    """A report that is mailed at 7 o'clock on `next_on`: on a day of the week (1 Monday - 7) or of the month (1 - 31).

    `why` it stopped: you (its person), rights, gone or archived (its course), erased (whom it searched for)."""

    __tablename__ = "report_schedules"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"extension in {FORMATS}", name="extension"),
        CheckConstraint("every in ('week','month')", name="every"),
        CheckConstraint("on_day between 1 and 31 and (every = 'month' or on_day <= 7)", name="on_day"),
        CheckConstraint("state in ('active','stopped')", name="state"),
        CheckConstraint("why in ('you','rights','gone','archived','erased')", name="why"),
    )

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="who gets it", index=True)
    kind: Mapped[str] = column(Text, purpose="which report")
    extension: Mapped[str] = column(Text, purpose="csv or xlsx")
    language: Mapped[str] = column(Text, purpose="language of its words")
    query: Sealed = sealed(
        "query", purpose="the filters, a name that was searched for too", personal="content", retention="row", on_erasure="delete"
    )
    every: Mapped[Every] = column(Text, purpose="week or month")
    on_day: Mapped[int] = column(SmallInteger, purpose="day of the week or of the month")
    next_on: Mapped[date] = column(Date, purpose="day on which it is mailed next")
    last_on: Mapped[date | None] = column(Date, purpose="day for which it was mailed last", nullable=True)
    state: Mapped[str] = column(Text, purpose="active or stopped", default="active")
    why: Mapped[str | None] = column(Text, purpose="why it stopped, one word", nullable=True)
    made_at: Mapped[datetime] = made_at()

    @property
    def asked(self) -> Asked:
        """Return the filters."""
        return unpacked(self.query)

    @property
    def is_active(self) -> bool:
        """Return whether it is mailed."""
        return self.state == "active"


class ReportFile(AcademyBase):
    """A report as a file for the one who asked: waiting, ready until `expires_at`, or failed.

    `trouble`: gone (the course), rights, stuck (it could not be made), erased (it may hold somebody who was removed)."""

    __tablename__ = "report_files"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"extension in {FORMATS}", name="extension"),
        CheckConstraint("state in ('waiting','ready','failed')", name="state"),
        CheckConstraint("trouble in ('gone','rights','stuck','erased')", name="trouble"),
        UniqueConstraint("schedule_id", "day"),
    )

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="who asked, and alone may open it", index=True)
    kind: Mapped[str] = column(Text, purpose="which report")
    extension: Mapped[str] = column(Text, purpose="csv or xlsx")
    language: Mapped[str] = column(Text, purpose="language of its words")
    query: Sealed = sealed(
        "query", purpose="the filters, a name that was searched for too", personal="content", retention="7 days", on_erasure="delete"
    )
    state: Mapped[str] = column(Text, purpose="how far it is", default="waiting")
    trouble: Mapped[str | None] = column(Text, purpose="why there is no file, one word", nullable=True)
    file_id: Mapped[UUID | None] = ref("files.id", purpose="the file, once it is made", ondelete="SET NULL", nullable=True)
    schedule_id: Mapped[UUID | None] = ref(
        "report_schedules.id", purpose="what it was mailed for", ondelete="SET NULL", nullable=True
    )
    day: Mapped[date | None] = column(Date, purpose="the day of its schedule", nullable=True)
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="when it is deleted")
    file: Mapped[File | None] = relationship()

    @property
    def asked(self) -> Asked:
        """Return the filters."""
        return unpacked(self.query)

    @property
    def is_ready(self) -> bool:
        """Return whether it can be downloaded."""
        return self.state == "ready" and self.file_id is not None and self.expires_at > clock.now()

    @property
    def is_slow(self) -> bool:
        """Return whether it has waited for longer than any file takes."""
        return self.state == "waiting" and self.made_at < clock.now() - SLOW
