"""How people come into a course: the terms of entry, requests and waiting, links to join by, paths of courses."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.courses.models import Course
from tenants.people.models import Member

WAYS = ("invitation", "free", "approval")
KINDS = ("request", "place")
REQUEST_STATES = ("open", "given", "declined", "withdrawn")
PATH_STATES = ("draft", "published", "archived")


class CourseEntry(AcademyBase):
    """How people come into one course. A course without a row takes nobody but those whom staff enrol."""

    __tablename__ = "course_entries"
    __table_args__ = (
        CheckConstraint(f"way in {WAYS}", name="way"),
        CheckConstraint("places between 1 and 100000", name="places"),
        CheckConstraint("lasts_days between 1 and 3650", name="lasts_days"),
        CheckConstraint("closes_on >= opens_on", name="closes_on"),
    )

    course_id: Mapped[UUID] = ref("courses.id", purpose="which course", primary_key=True)
    way: Mapped[str] = column(Text, purpose="by invitation only, free for members, or on approval", default="invitation")
    places: Mapped[int | None] = column(purpose="how many may take it at once", nullable=True)
    opens_on: Mapped[date | None] = column(Date, purpose="first day to enrol, in the academy's zone", nullable=True)
    closes_on: Mapped[date | None] = column(Date, purpose="last day to enrol, in the academy's zone", nullable=True)
    lasts_days: Mapped[int | None] = column(purpose="how many days an enrolment lasts", nullable=True)
    may_renew: Mapped[bool] = column(purpose="whether participants renew it themselves", default=False)
    is_listed: Mapped[bool] = column(purpose="whether the catalogue shows it", default=False)
    changed_at: Mapped[datetime] = moment(purpose="last change", default=clock.now)


class EntryRequest(AcademyBase):
    """Somebody asks to join (`request`) or waits for a place (`place`); `turn` is their number in the course's line."""

    __tablename__ = "entry_requests"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"state in {REQUEST_STATES}", name="state"),
        UniqueConstraint("course_id", "turn"),
        Index("ix_entry_requests_open", "course_id", "member_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses.id", purpose="course they want to take")
    member_id: Mapped[UUID] = ref("members.id", purpose="who asks", index=True)
    kind: Mapped[str] = column(Text, purpose="asks to join, or waits for a place")
    state: Mapped[str] = column(Text, purpose="open, given, declined or withdrawn", default="open")
    turn: Mapped[int] = column(purpose="place in the line; numbers of people who left are not given again")
    reason: Sealed = sealed(
        "reason", purpose="why they want to join", personal="content", retention="request", on_erasure="delete",
        nullable=True,
    )
    answer: Sealed = sealed(
        "answer", purpose="what staff wrote back", personal="content", retention="request", on_erasure="delete",
        nullable=True,
    )
    made_at: Mapped[datetime] = made_at()
    decided_at: Mapped[datetime | None] = optional_moment(purpose="when it was decided")
    decided_by: Mapped[UUID | None] = ref("members.id", purpose="who decided", ondelete="SET NULL", nullable=True)


class JoinLink(AcademyBase):
    """A link by which strangers join the academy as participants, and members come into its courses."""

    __tablename__ = "join_links"
    __table_args__ = (CheckConstraint("most_uses between 1 and 100000", name="most_uses"),)

    id: Mapped[UUID] = key()
    label: Sealed = sealed(
        "label", purpose="what staff call the link", personal="content", retention="link", on_erasure="anonymise",
        nullable=True,
    )
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the link's token", unique=True)
    most_uses: Mapped[int | None] = column(purpose="how many people may use it", nullable=True)
    domains: Mapped[list[str]] = column(ARRAY(Text), purpose="domains that a stranger's address must have; none: any")
    expires_at: Mapped[datetime | None] = optional_moment(purpose="end of the link: midnight in the academy's zone")
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who made it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    revoked_at: Mapped[datetime | None] = optional_moment(purpose="when it was withdrawn")
    courses: Mapped[list[Course]] = relationship(secondary="join_link_courses", order_by=Course.title)


class JoinLinkCourse(AcademyBase):
    """A course that a link leads into."""

    __tablename__ = "join_link_courses"

    link_id: Mapped[UUID] = ref("join_links.id", purpose="which link", primary_key=True)
    course_id: Mapped[UUID] = ref("courses.id", purpose="which course", primary_key=True)


class JoinUse(AcademyBase):
    """One person used a link; using it again changes nothing."""

    __tablename__ = "join_uses"

    link_id: Mapped[UUID] = ref("join_links.id", purpose="which link", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who joined by it", primary_key=True)
    used_at: Mapped[datetime] = moment(purpose="when", default=clock.now)


class Joining(AcademyBase):
    """A stranger who filled in a link's form and has not proven the address yet: no member so far."""

    __tablename__ = "joinings"

    id: Mapped[UUID] = key()
    link_id: Mapped[UUID] = ref("join_links.id", purpose="link they came by", index=True)
    email: Sealed = sealed(
        "email", purpose="where the proof goes", personal="identifying", retention="7 days", on_erasure="delete",
    )
    first_name: Sealed = sealed(
        "first_name", purpose="address the person", personal="identifying", retention="7 days", on_erasure="delete",
    )
    last_name: Sealed = sealed(
        "last_name", purpose="tell people apart", personal="identifying", retention="7 days", on_erasure="delete",
    )
    password_hash: Mapped[str] = column(Text, purpose="argon2id hash of the password that they chose")
    language: Mapped[str] = column(Text, purpose="language of the answer")
    token_hash: Mapped[bytes | None] = column(
        LargeBinary, purpose="SHA-256 of the mailed link's token", unique=True, nullable=True
    )
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="end of the mailed link")
    used_at: Mapped[datetime | None] = optional_moment(purpose="when it was used, once")


class Path(AcademyBase):
    """Courses in order, with choice; people are put on it and come into its courses as they open."""

    __tablename__ = "paths"
    __table_args__ = (CheckConstraint(f"state in {PATH_STATES}", name="state"),)

    id: Mapped[UUID] = key()
    title: Mapped[str] = column(Text, purpose="title")
    summary: Mapped[str] = column(Text, purpose="what one can do at its end", default="")
    state: Mapped[str] = column(Text, purpose="draft, published or archived", default="draft")
    is_sequential: Mapped[bool] = column(purpose="whether a step opens when the one before is done", default=True)
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change", default=clock.now)
    steps: Mapped[list[PathStep]] = relationship(
        back_populates="path", order_by="PathStep.position", cascade="all, delete-orphan"
    )


class PathStep(AcademyBase):
    """One step of a path: all of its courses, or `needed` of them."""

    __tablename__ = "path_steps"
    __table_args__ = (CheckConstraint("needed >= 1", name="needed"),)

    id: Mapped[UUID] = key()
    path_id: Mapped[UUID] = ref("paths.id", purpose="path it belongs to", index=True)
    position: Mapped[int] = column(purpose="order in the path", default=0)
    needed: Mapped[int | None] = column(purpose="how many of its courses; empty: all", nullable=True)
    path: Mapped[Path] = relationship(back_populates="steps")
    courses: Mapped[list[PathCourse]] = relationship(
        back_populates="step", order_by="PathCourse.position", cascade="all, delete-orphan"
    )


class PathCourse(AcademyBase):
    """A course in a step of a path."""

    __tablename__ = "path_courses"
    __table_args__ = (UniqueConstraint("step_id", "course_id"),)

    id: Mapped[UUID] = key()
    step_id: Mapped[UUID] = ref("path_steps.id", purpose="step it belongs to")
    course_id: Mapped[UUID] = ref("courses.id", purpose="which course", index=True)
    position: Mapped[int] = column(purpose="order in the step", default=0)
    step: Mapped[PathStep] = relationship(back_populates="courses")
    course: Mapped[Course] = relationship()


class PathMember(AcademyBase):
    """A member follows a path."""

    __tablename__ = "path_members"
    __table_args__ = (
        UniqueConstraint("path_id", "member_id"),
        CheckConstraint("state in ('active','ended')", name="state"),
    )

    id: Mapped[UUID] = key()
    path_id: Mapped[UUID] = ref("paths.id", purpose="which path")
    member_id: Mapped[UUID] = ref("members.id", purpose="who follows it", index=True)
    state: Mapped[str] = column(Text, purpose="active or ended", default="active")
    enrolled_by: Mapped[UUID | None] = ref("members.id", purpose="who put them on it", ondelete="SET NULL", nullable=True)
    enrolled_at: Mapped[datetime] = moment(purpose="since when", default=clock.now)
    done_at: Mapped[datetime | None] = optional_moment(
        purpose="when every step was done", personal="content", retention="academy", on_erasure="delete",
        why_plain="a time stamp that reports count",
    )
    path: Mapped[Path] = relationship()
    member: Mapped[Member] = relationship(foreign_keys=[member_id])
