"""Letters to accounts, what came in by mail, and how much each academy may send."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Float, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped

from core import clock
from core.db import CoreBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

WHYS = ("unclear", "automatic", "trouble")


class Letter(CoreBase):
    """One mail of the platform to an account; Message-ID is made of the row's id, so a resend is recognised."""

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
    unsubscribe: Sealed = sealed(
        "unsubscribe", purpose="address that ends mails of this sort with one click", personal="content", retention="35 days",
        on_erasure="delete", nullable=True,
    )
    thread: Mapped[str | None] = column(Text, purpose="what it is about, by id: its mails stand together", nullable=True)
    made_at: Mapped[datetime] = made_at()
    sent_at: Mapped[datetime | None] = optional_moment(purpose="when the mail server took it")
    bounced_at: Mapped[datetime | None] = optional_moment(purpose="when it was refused for good or came back")
    bounce_code: Mapped[str | None] = column(Text, purpose="why, as mail servers number it", nullable=True)


class InboundMail(CoreBase):
    """A mail to the platform's address that a person has to read: nothing of ours knew what it asks."""

    __tablename__ = "inbound_mails"
    __table_args__ = (CheckConstraint(f"why in {WHYS}", name="why"),)

    id: Mapped[UUID] = key()
    why: Mapped[str] = column(Text, purpose="unclear, written by a machine, or our own trouble with it")
    sender: Sealed = sealed(
        "sender", purpose="who wrote, to answer", personal="identifying", retention="90 days after it was handled",
        on_erasure="delete", index="sender",
    )
    sender_name: Sealed = sealed(
        "sender_name", purpose="what the writer calls themselves", personal="identifying",
        retention="90 days after it was handled", on_erasure="delete",
    )
    subject: Sealed = sealed(
        "subject", purpose="subject line", personal="content", retention="90 days after it was handled", on_erasure="delete"
    )
    body: Sealed = sealed(
        "body", purpose="what was written", personal="content", retention="90 days after it was handled", on_erasure="delete"
    )
    mail_id: Sealed = sealed(
        "mail_id", purpose="its Message-ID, so that an answer stands below it", personal="content",
        retention="90 days after it was handled", on_erasure="delete", nullable=True,
    )
    attachments: Mapped[int] = column(Integer, purpose="how many files it had; they are not kept", default=0)
    is_cut: Mapped[bool] = column(purpose="whether only its beginning was read", default=False)
    arrived_at: Mapped[datetime] = moment(purpose="when it was read from the mailbox", default=clock.now, index=True)
    handled_at: Mapped[datetime | None] = optional_moment(purpose="when somebody was done with it")
    handled_by: Mapped[UUID | None] = ref(
        "core.accounts.id", purpose="operator who was done with it", ondelete="SET NULL", nullable=True
    )


class TakenMail(CoreBase):
    """A mail that was dealt with: read twice, it does nothing twice. Only a keyed hash of it."""

    __tablename__ = "taken_mails"

    digest: Mapped[bytes] = column(LargeBinary, purpose="HMAC of Message-ID and address under core's key", primary_key=True)
    taken_at: Mapped[datetime] = moment(purpose="when", default=clock.now, index=True)


class Allowance(CoreBase):
    """How many letters an academy may send at once now; below zero, letters wait for that long."""

    __tablename__ = "mail_allowances"

    number: Mapped[int] = column(BigInteger, purpose="which academy", primary_key=True, autoincrement=False)
    per_hour: Mapped[int | None] = column(Integer, purpose="an operator's own measure; empty: the platform's", nullable=True)
    left: Mapped[float] = column(Float, purpose="letters that may go at once; owed where below zero")
    counted_at: Mapped[datetime] = moment(purpose="when that was true", default=clock.now)
