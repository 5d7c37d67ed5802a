"""Letters to members: what was written, to whom; gone 35 days after they were sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, text
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column, key, made_at, optional_moment, ref
from core.sealed import Sealed, sealed


class Letter(AcademyBase):
    """One mail of the academy to a member or invited person; Message-ID is made of the row's id, so a resend is recognised."""

    __tablename__ = "letters"

    id: Mapped[UUID] = key()
    kind: Mapped[str] = column(Text, purpose="which template")
    language: Mapped[str] = column(Text, purpose="language it was written in")
    recipient: Sealed = sealed(
        "recipient", purpose="where the mail goes", personal="identifying", retention="35 days",
        on_erasure="delete",
    )
    subject: Sealed = sealed(
        "subject", purpose="subject line", personal="content", retention="35 days", on_erasure="delete"
    )
    body_text: Sealed = sealed(
        "body_text", purpose="plain-text twin", personal="content", retention="35 days", on_erasure="delete"
    )
    body_html: Sealed = sealed(
        "body_html", purpose="mail as seen", personal="content", retention="35 days", on_erasure="delete"
    )
    calendar: Sealed = sealed(
        "calendar", purpose="iCalendar invitation that the mail carries", personal="content", retention="35 days",
        on_erasure="delete", nullable=True,
    )
    unsubscribe: Sealed = sealed(
        "unsubscribe", purpose="address that ends mails of this sort with one click", personal="content", retention="35 days",
        on_erasure="delete", nullable=True,
    )
    thread: Mapped[str | None] = column(Text, purpose="what it is about, by id: its mails stand together", nullable=True)
    member_id: Mapped[UUID | None] = ref(
        "members.id", purpose="whom it is written to, where an answer by mail is taken", nullable=True, index=True
    )
    reply_room: Mapped[UUID | None] = column(Uuid, purpose="room that an answer by mail goes to", nullable=True)
    made_at: Mapped[datetime] = made_at()
    placed_at: Mapped[datetime | None] = optional_moment(purpose="when it got its place among those that may leave")
    sent_at: Mapped[datetime | None] = optional_moment(purpose="when the mail server took it")
    bounced_at: Mapped[datetime | None] = optional_moment(purpose="when it was refused for good or came back")
    bounce_code: Mapped[str | None] = column(Text, purpose="why, as mail servers number it", nullable=True)
    delays: Mapped[int] = column(purpose="how often a mail server said that it waits", default=0, server_default=text("0"))
