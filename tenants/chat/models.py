"""Chat: rooms, what was said in them, and how far each person has read.

Who may read a room is no row here: it follows from seats (direct talk), groups, enrolments and the trainer of a course
(`sight.py`), so that nobody stays in a room that they have left.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.people.models import Member

KINDS = ("direct", "lesson", "course", "group")
OUTCOMES = ("open", "removed", "warned", "dismissed")


class Room(AcademyBase):
    """A place to talk: two people, a participant's question at a lesson, the people of a course, or a group.

    `last_number` numbers its messages without gaps: whoever posts takes the next one with this row locked.
    """

    __tablename__ = "rooms"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("(kind = 'course') <= (course_id is not null)", name="course"),
        CheckConstraint("(kind = 'group') <= (group_id is not null)", name="group"),
        CheckConstraint("(kind = 'lesson') <= (course_id is not null and lesson_id is not null)", name="lesson"),
        Index("uq_rooms_course", "course_id", unique=True, postgresql_where=text("kind = 'course'")),
        Index("uq_rooms_group", "group_id", unique=True, postgresql_where=text("kind = 'group'")),
        Index("uq_rooms_lesson", "asker_id", "lesson_id", unique=True, postgresql_where=text("kind = 'lesson'")),
        Index("uq_rooms_direct", "one_id", "other_id", unique=True, postgresql_where=text("kind = 'direct'")),
        CheckConstraint("one_id < other_id", name="order"),
    )

    id: Mapped[UUID] = key()
    kind: Mapped[str] = column(Text, purpose="direct, lesson, course or group")
    course_id: Mapped[UUID | None] = ref("courses.id", purpose="course that it is about", nullable=True, index=True)
    lesson_id: Mapped[UUID | None] = column(Uuid, purpose="lesson that it is about", nullable=True)
    group_id: Mapped[UUID | None] = ref("groups.id", purpose="group that talks here", nullable=True)
    asker_id: Mapped[UUID | None] = ref("members.id", purpose="participant who asks at a lesson", nullable=True)
    one_id: Mapped[UUID | None] = ref(
        "members.id", purpose="one of two who talk, the lower id", ondelete="SET NULL", nullable=True
    )
    other_id: Mapped[UUID | None] = ref(
        "members.id", purpose="the other of the two", ondelete="SET NULL", nullable=True, index=True
    )
    last_number: Mapped[int] = column(BigInteger, purpose="number of its last message", default=0)
    last_at: Mapped[datetime] = moment(purpose="last message, or when it was made", default=clock.now, index=True)
    made_at: Mapped[datetime] = made_at()
    peers: Mapped[bool | None] = column(
        Boolean, purpose="whether participants of this course talk to one another; empty: as the academy has it", nullable=True
    )
    keep_months: Mapped[int | None] = column(
        SmallInteger, purpose="months that messages are kept, 0 for ever; empty: as the academy has it for this kind", nullable=True
    )
    held_at: Mapped[datetime | None] = optional_moment(purpose="since when nothing of it is cleared")
    held_by: Mapped[UUID | None] = ref("members.id", purpose="who holds it", ondelete="SET NULL", nullable=True)
    hold_reason: Sealed = sealed(
        "hold_reason", purpose="why nothing is cleared, shown in the room", personal="content", retention="while it is held",
        on_erasure="keep: the academy's own reason; who wrote it is not kept", nullable=True,
    )


class Stand(AcademyBase):
    """How one person stands in one room: read up to which number, silent, on top, out of sight."""

    __tablename__ = "room_stands"

    room_id: Mapped[UUID] = ref("rooms.id", purpose="which room", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="whose", primary_key=True, index=True)
    read_number: Mapped[int] = column(
        BigInteger, purpose="last message that was read", personal="content", retention="academy", on_erasure="delete",
        why_plain="a number that counts compare in SQL", default=0,
    )
    read_at: Mapped[datetime | None] = optional_moment(
        purpose="when", personal="content", retention="academy", on_erasure="delete", why_plain="a time stamp",
    )
    is_muted: Mapped[bool] = column(purpose="tells of no message here", default=False)
    is_pinned: Mapped[bool] = column(purpose="stands on top of the list", default=False)
    archived_number: Mapped[int | None] = column(
        BigInteger, purpose="out of sight until there is a later message than this", nullable=True
    )


class Message(AcademyBase):
    """Something that was said; its number is its place in the room. What was removed keeps its place and loses its words."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("room_id", "number"),
        UniqueConstraint("sender_id", "client_id"),
        CheckConstraint("kind in ('text','notice')", name="kind"),
    )

    id: Mapped[UUID] = key()
    room_id: Mapped[UUID] = ref("rooms.id", purpose="where")
    number: Mapped[int] = column(BigInteger, purpose="place in the room: 1, 2, 3 ...")
    sender_id: Mapped[UUID | None] = ref(
        "members.id", purpose="who said it; empty: somebody who was removed, and the words with them", ondelete="SET NULL", nullable=True
    )
    client_id: Mapped[UUID] = column(Uuid, purpose="client-made id: what is sent again is said once")
    kind: Mapped[str] = column(Text, purpose="text, or notice: one-way word of a trainer to a course", default="text")
    body: Sealed = sealed("body", purpose="what was said", personal="content", retention="academy", on_erasure="delete")
    reply_to: Mapped[UUID | None] = ref("messages.id", purpose="what it answers", ondelete="SET NULL", nullable=True, index=True)
    version: Mapped[int] = column(Integer, purpose="grows with each edit, removal and reaction", default=1)
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change of words or signs", default=clock.now, index=True)
    edited_at: Mapped[datetime | None] = optional_moment(purpose="when it was last edited")
    removed_at: Mapped[datetime | None] = optional_moment(purpose="when its words were removed")
    removed_by: Mapped[UUID | None] = ref("members.id", purpose="who removed it", ondelete="SET NULL", nullable=True)
    sender: Mapped[Member | None] = relationship(foreign_keys=[sender_id], lazy="raise")
    room: Mapped[Room] = relationship(lazy="raise")


class Reaction(AcademyBase):
    """A sign that somebody put under a message."""

    __tablename__ = "reactions"

    message_id: Mapped[UUID] = ref("messages.id", purpose="which message", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who", primary_key=True, index=True)
    sign: Mapped[str] = column(
        Text, purpose="which sign", personal="content", retention="academy", on_erasure="delete",
        why_plain="one of six signs", primary_key=True,
    )
    made_at: Mapped[datetime] = made_at()


class Mention(AcademyBase):
    """Somebody is named in a message."""

    __tablename__ = "mentions"

    message_id: Mapped[UUID] = ref("messages.id", purpose="which message", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who is named", primary_key=True, index=True)


class MemberBlock(AcademyBase):
    """Somebody wants to hear no more of somebody else."""

    __tablename__ = "member_blocks"

    member_id: Mapped[UUID] = ref("members.id", purpose="who blocks", primary_key=True)
    blocked_id: Mapped[UUID] = ref("members.id", purpose="who is blocked", primary_key=True, index=True)
    made_at: Mapped[datetime] = made_at()


class MessageReport(AcademyBase):
    """Somebody asks a moderator to look at a message. `state` is what was decided; a warning waits until it was read."""

    __tablename__ = "message_reports"
    __table_args__ = (
        UniqueConstraint("message_id", "reporter_id"),
        CheckConstraint(f"state in {OUTCOMES}", name="state"),
    )

    id: Mapped[UUID] = key()
    message_id: Mapped[UUID] = ref("messages.id", purpose="which message")
    reporter_id: Mapped[UUID] = ref("members.id", purpose="who reports", index=True)
    reason: Sealed = sealed("reason", purpose="why it is reported", personal="content", retention="academy", on_erasure="delete")
    state: Mapped[str] = column(Text, purpose="open, removed, warned or dismissed", default="open", index=True)
    made_at: Mapped[datetime] = made_at()
    decided_at: Mapped[datetime | None] = optional_moment(purpose="when it was decided")
    decided_by: Mapped[UUID | None] = ref("members.id", purpose="which moderator decided", ondelete="SET NULL", nullable=True)
    read_at: Mapped[datetime | None] = optional_moment(purpose="when the sender read the warning")
    message: Mapped[Message] = relationship(lazy="raise")
