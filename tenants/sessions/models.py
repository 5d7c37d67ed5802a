"""Live and classroom sessions: when and where, who leads, who has a seat, who came; and private calendar feeds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.people.models import Member

KINDS = ("classroom", "online")
SEAT_STATES = ("seated", "waiting", "left")
ATTENDANCE = ("present", "late", "absent", "excused")
MAX_PLACES = 2_000


class LiveSession(AcademyBase):
    """A session of a course, or of the whole academy.

    What is meant is the wall clock in `zone`; `starts_at` and `ends_at` are the moments that it gives, for
    comparing. `sequence` is that of RFC 5545: it grows with every change that a calendar shows.
    """

    __tablename__ = "live_sessions"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("state in ('planned','cancelled')", name="state"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint(f"places between 1 and {MAX_PLACES}", name="places"),
    )

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID | None] = ref(
        "courses.id", purpose="course whose participants may come; empty: everybody here", index=True, nullable=True
    )
    title: Mapped[str] = column(Text, purpose="title")
    kind: Mapped[str] = column(Text, purpose="in a classroom or online")
    state: Mapped[str] = column(Text, purpose="planned or cancelled", default="planned")
    zone: Mapped[str] = column(Text, purpose="IANA zone of its wall clock")
    starts_wall: Mapped[datetime] = column(DateTime(timezone=False), purpose="start by the clock on the wall")
    ends_wall: Mapped[datetime] = column(DateTime(timezone=False), purpose="end by the clock on the wall")
    starts_at: Mapped[datetime] = moment(purpose="start", index=True)
    ends_at: Mapped[datetime] = moment(purpose="end")
    place: Mapped[str] = column(Text, purpose="room or building", default="")
    address: Mapped[str] = column(Text, purpose="where the building is", default="")
    join_url: Sealed = sealed(
        "join_url", purpose="link into the online session, a secret", personal="content", retention="academy",
        on_erasure="keep: names a room, not a person", nullable=True,
    )
    note: Mapped[str] = column(Text, purpose="what to know or bring", default="")
    places: Mapped[int | None] = column(purpose="how many may come; empty: no limit", nullable=True)
    signup_ahead: Mapped[int] = column(purpose="sign-up ends so many minutes before the start", default=0)
    leave_ahead: Mapped[int] = column(purpose="own seats can be given up until so many minutes before", default=0)
    study_minutes: Mapped[int] = column(purpose="study time that counts for who was there")
    reason: Sealed = sealed(
        "reason", purpose="why it was moved or cancelled", personal="content", retention="academy",
        on_erasure="keep: said by the academy to everybody who would come", nullable=True,
    )
    sequence: Mapped[int] = column(purpose="number of changes, for calendars", default=0)
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who planned it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change", default=clock.now)
    trainer_rows: Mapped[list[SessionTrainer]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def is_cancelled(self) -> bool:
        """Return whether it will not take place."""
        return self.state == "cancelled"

    @property
    def minutes(self) -> int:
        """Return how long it lasts, in minutes."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    @property
    def trainer_ids(self) -> frozenset[UUID]:
        """Return who leads it."""
        return frozenset(row.member_id for row in self.trainer_rows)


class SessionTrainer(AcademyBase):
    """Somebody leads a session."""

    __tablename__ = "session_trainers"

    session_id: Mapped[UUID] = ref("live_sessions.id", purpose="which session", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who leads it", primary_key=True, index=True)


class Seat(AcademyBase):
    """A member has a seat in a session, waits for one, or gave it up; and whether they came."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("session_id", "member_id"),
        CheckConstraint(f"state in {SEAT_STATES}", name="state"),
        CheckConstraint(f"attendance in {ATTENDANCE}", name="attendance"),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
    )

    id: Mapped[UUID] = key()
    session_id: Mapped[UUID] = ref("live_sessions.id", purpose="which session")
    member_id: Mapped[UUID] = ref("members.id", purpose="who comes", index=True)
    state: Mapped[str] = column(Text, purpose="seated, waiting or left")
    turn: Mapped[int] = column(purpose="order of coming, counted per session: who came first is served first")
    revision: Mapped[int] = column(purpose="changes of this seat, added to the calendar's sequence", default=0)
    attendance: Mapped[str | None] = column(
        Text, purpose="present, late, absent or excused; empty: not recorded", personal="content",
        retention="academy", on_erasure="delete", why_plain="one of four words, which reports count in SQL",
        nullable=True,
    )
    minutes: Mapped[int | None] = column(
        purpose="study minutes that counted", personal="content", retention="academy", on_erasure="delete",
        why_plain="a number, which reports add up in SQL", nullable=True,
    )
    noted_by: Mapped[UUID | None] = ref(
        "members.id", purpose="who recorded attendance", ondelete="SET NULL", nullable=True
    )
    noted_at: Mapped[datetime | None] = optional_moment(purpose="when attendance was recorded")
    made_at: Mapped[datetime] = made_at()
    session: Mapped[LiveSession] = relationship()
    member: Mapped[Member] = relationship(foreign_keys=[member_id])


class CalendarFeed(AcademyBase):
    """The secret address under which a member's calendar program reads their sessions; one each."""

    __tablename__ = "calendar_feeds"

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose sessions", unique=True)
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the address's token", unique=True)
    made_at: Mapped[datetime] = made_at()
