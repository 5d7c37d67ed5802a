"""The platform's newsletter: who asked for it, what was written, who was sent it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped

from core import clock
from core.db import CoreBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

STATES = ("asked", "active", "left", "bounced")
EDITION_STATES = ("draft", "planned", "sending", "sent")


class Subscriber(CoreBase):
    """An address that asked for the newsletter. It is mailed only once it was confirmed; who left is gone after 30 days."""

    __tablename__ = "subscribers"
    __table_args__ = (CheckConstraint(f"state in {STATES}", name="state"),)

    id: Mapped[UUID] = key()
    email: Sealed = sealed(
        "email", purpose="where the newsletter goes", personal="identifying", retention="30 days after leaving",
        on_erasure="delete", index="email", unique=True,
    )  # fmt: skip
    first_name: Sealed = sealed(
        "first_name", purpose="greet the person", personal="identifying", retention="30 days after leaving",
        on_erasure="delete", nullable=True,
    )  # fmt: skip
    token: Sealed = sealed(
        "token", purpose="written into the links of each mail: confirm, leave", personal="identifying",
        retention="30 days after leaving", on_erasure="delete",
    )  # fmt: skip
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the token, to find the row", unique=True)
    language: Mapped[str] = column(Text, purpose="language of the newsletter")
    state: Mapped[str] = column(Text, purpose="asked, active, left or bounced", default="asked", index=True)
    asked_at: Mapped[datetime] = moment(purpose="when it was asked for, last", default=clock.now)
    confirmed_at: Mapped[datetime | None] = optional_moment(purpose="when the link of the mail was followed")
    left_at: Mapped[datetime | None] = optional_moment(purpose="when the person left, or mail came back")
    made_at: Mapped[datetime] = made_at()


class SubscriberEvent(CoreBase):
    """What happened to a subscription and how: the proof of consent and of each unsubscribing. Holds no address."""

    __tablename__ = "subscriber_events"

    id: Mapped[UUID] = key()
    subscriber_id: Mapped[UUID] = column(
        Uuid, purpose="whose, also after the row is gone", personal="identifying", retention="3 years",
        on_erasure="keep: proof of consent, an id without a name", why_plain="an id", index=True,
    )  # fmt: skip
    act: Mapped[str] = column(Text, purpose="asked, confirmed, left, stayed or bounced")
    way: Mapped[str] = column(Text, purpose="page, link, one-click, mail or operator")
    actor_id: Mapped[UUID | None] = column(Uuid, purpose="operator who did it", nullable=True)
    at: Mapped[datetime] = made_at()


class Edition(CoreBase):
    """One newsletter in up to two languages."""

    __tablename__ = "editions"
    __table_args__ = (CheckConstraint(f"state in {EDITION_STATES}", name="state"),)

    id: Mapped[UUID] = key()
    state: Mapped[str] = column(Text, purpose="draft, planned, sending or sent", default="draft")
    subject_nl: Mapped[str] = column(Text, purpose="subject in Dutch", default="")
    body_nl: Mapped[str] = column(Text, purpose="text in Dutch", default="")
    subject_en: Mapped[str] = column(Text, purpose="subject in English", default="")
    body_en: Mapped[str] = column(Text, purpose="text in English", default="")
    planned_at: Mapped[datetime | None] = optional_moment(purpose="when it is to be sent")
    begun_at: Mapped[datetime | None] = optional_moment(purpose="when sending began: later subscribers get the next one")
    sent_at: Mapped[datetime | None] = optional_moment(purpose="when the last letter was written")
    audience: Mapped[int] = column(Integer, purpose="how many are to get it", default=0)
    made_by: Mapped[UUID | None] = ref("core.accounts.id", purpose="operator who wrote it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change, to notice two at once", default=clock.now)

    def words(self, language: str) -> tuple[str, str]:
        """Return subject and text in this language; in the other one where nothing was written in this one."""
        dutch, english = (self.subject_nl, self.body_nl), (self.subject_en, self.body_en)
        first, second = (dutch, english) if language == "nl" else (english, dutch)
        return first if all(first) else second


class Delivery(CoreBase):
    """A letter of an edition was written to a subscriber: once."""

    __tablename__ = "deliveries"

    edition_id: Mapped[UUID] = ref("core.editions.id", purpose="which newsletter", primary_key=True)
    subscriber_id: Mapped[UUID] = ref("core.subscribers.id", purpose="to whom", primary_key=True, index=True)
    letter_id: Mapped[UUID] = column(Uuid, purpose="the letter, while it is kept", index=True)
    at: Mapped[datetime] = made_at()
