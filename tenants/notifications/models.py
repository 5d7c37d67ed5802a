"""What people are told, how each wants to be told, and the browsers that asked for it. Ids only; words are made when they are read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, optional_moment, ref
from core.sealed import Sealed, sealed

HOW = ("at_once", "morning", "weekly", "off")


class Notice(AcademyBase):
    """One thing that one member is told. The same (kind, subject) is told once; `thread_id` is what several are one line by.

    `mail_at` and `push_at` say when it is due, empty: not by that way; `mailed_at` and `pushed_at` that it is settled.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("member_id", "kind", "subject_id"),
        CheckConstraint(f"mail_how in {HOW}", name="mail_how"),
        Index("ix_notices_unread", "member_id", postgresql_where=text("read_at is null and is_shown")),
        Index("ix_notices_mail", "mail_at", postgresql_where=text("mailed_at is null and mail_at is not null")),
        Index("ix_notices_push", "push_at", postgresql_where=text("pushed_at is null and push_at is not null")),
    )

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="who is told")
    kind: Mapped[str] = column(Text, purpose="which event of the registry")
    subject_id: Mapped[UUID] = column(Uuid, purpose="what it is about: told once")
    thread_id: Mapped[UUID] = column(Uuid, purpose="what several are one line by")
    detail: Mapped[str] = column(Text, purpose="a word of ours that says more of the event", default="")
    link: Mapped[str] = column(Text, purpose="path of the page that it leads to; ids only")
    is_shown: Mapped[bool] = column(purpose="whether it stands behind the bell", default=True)
    mail_how: Mapped[str] = column(Text, purpose="how it is mailed: at_once, morning, weekly or off", default="off")
    mail_at: Mapped[datetime | None] = optional_moment(purpose="when the mail is due")
    mailed_at: Mapped[datetime | None] = optional_moment(purpose="when it was mailed, or found needless")
    was_mailed: Mapped[bool] = column(purpose="whether a mail was written", default=False)
    push_at: Mapped[datetime | None] = optional_moment(purpose="when browsers are told")
    pushed_at: Mapped[datetime | None] = optional_moment(purpose="when browsers were told")
    made_at: Mapped[datetime] = made_at()
    read_at: Mapped[datetime | None] = optional_moment(
        purpose="when the person opened it", personal="content", retention="180 days", on_erasure="delete",
        why_plain="the bell counts what was not read",
    )


class NoticeChoice(AcademyBase):
    """What a member chose for one kind; without a row the defaults of their roles hold."""

    __tablename__ = "notice_choices"
    __table_args__ = (CheckConstraint(f"mail in {HOW}", name="mail"),)

    member_id: Mapped[UUID] = ref("members.id", purpose="whose choice", primary_key=True)
    kind: Mapped[str] = column(Text, purpose="which event", primary_key=True)
    app: Mapped[bool] = column(purpose="whether it stands behind the bell")
    mail: Mapped[str] = column(Text, purpose="how it is mailed")
    push: Mapped[bool] = column(purpose="whether browsers are told")


class NoticeTimes(AcademyBase):
    """When a member wants to be left alone; without a row the usual quiet hours hold, in the academy's zone."""

    __tablename__ = "notice_times"
    __table_args__ = (
        CheckConstraint("quiet_from between 0 and 1439", name="quiet_from"),
        CheckConstraint("quiet_until between 0 and 1439", name="quiet_until"),
    )

    member_id: Mapped[UUID] = ref("members.id", purpose="whose times", primary_key=True)
    zone: Mapped[str | None] = column(
        Text, purpose="IANA zone of their clock; empty: the academy's", personal="identifying", retention="academy",
        on_erasure="delete", why_plain="a zone of millions of people", nullable=True,
    )
    is_quiet: Mapped[bool] = column(purpose="whether there are quiet hours", default=True)
    quiet_from: Mapped[int] = column(purpose="minutes after midnight at which they begin")
    quiet_until: Mapped[int] = column(purpose="minutes after midnight at which they end")
    paused_until: Mapped[datetime | None] = optional_moment(purpose="no mail and no push before")


class PushBrowser(AcademyBase):
    """A browser that a member let us tell. Its address at the push service and its keys are secrets of that browser."""

    __tablename__ = "push_browsers"

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose browser", index=True)
    endpoint: Sealed = sealed(
        "endpoint", purpose="address at the browser's push service", personal="identifying", retention="until it is gone",
        on_erasure="delete", index="push", unique=True,
    )
    public_key: Sealed = sealed(
        "public_key", purpose="the browser's key to encrypt for", personal="identifying", retention="until it is gone", on_erasure="delete"
    )
    secret: Sealed = sealed(
        "secret", purpose="the browser's authentication secret", personal="identifying", retention="until it is gone", on_erasure="delete"
    )
    device: Sealed = sealed(
        "device", purpose="tell the person which browser", personal="identifying", retention="until it is gone", on_erasure="delete"
    )
    made_at: Mapped[datetime] = made_at()
    told_at: Mapped[datetime | None] = optional_moment(purpose="when its push service last took something")
