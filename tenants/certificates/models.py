"""Certificates: how they look, which course gives one, and each one as it was issued.

What stands on a certificate is frozen when it is issued (`facts`): a later change of design, course or name
changes no certificate. The number is random, so that it can stand in an address that anybody may try.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, Numeric, Text, Uuid, text
from sqlalchemy.orm import Mapped

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.certificates.rules import Facts

ORIENTATIONS = ("landscape", "portrait")
LANGUAGES = ("nl", "en")
STATES = ("valid", "replaced", "revoked")
ORIGINS = ("earned", "given", "renewed", "imported")
SHARES = ("nothing", "facts", "name")
PDF_STATES = ("none", "waiting", "ready", "failed")
SOON_DAYS = 60
ON_MEMBER: dict[str, Any] = {"personal": "content", "retention": "academy", "on_erasure": "delete"}


class CertificateDesign(AcademyBase):
    """How certificates look and what they say; the colour is the academy's own."""

    __tablename__ = "certificate_designs"
    __table_args__ = (
        CheckConstraint(f"orientation in {ORIENTATIONS}", name="orientation"),
        CheckConstraint(f"language in {LANGUAGES}", name="language"),
        CheckConstraint("valid_months between 1 and 240", name="valid_months"),
    )

    id: Mapped[UUID] = key()
    title: Mapped[str] = column(Text, purpose="heading of the certificate")
    body: Mapped[str] = column(Text, purpose="text with named values, such as {name}")
    signers: Sealed = sealed(
        "signers", purpose="who signs, one per line: name, role", retention="academy", on_erasure="anonymise",
        nullable=True,
    )
    logo_id: Mapped[UUID | None] = ref("files.id", purpose="logo on top", ondelete="SET NULL", nullable=True)
    orientation: Mapped[str] = column(Text, purpose="landscape or portrait", default="landscape")
    language: Mapped[str] = column(Text, purpose="language of its fixed words and dates", default="nl")
    valid_months: Mapped[int | None] = column(purpose="how long it is valid; empty: for ever", nullable=True)
    archived_at: Mapped[datetime | None] = optional_moment(purpose="when it was taken out of use")
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change", default=clock.now)


class CertifiedCourse(AcademyBase):
    """What a course gives when it is done."""

    __tablename__ = "certified_courses"
    __table_args__ = (CheckConstraint("hours between 0.5 and 9999", name="hours"),)

    course_id: Mapped[UUID] = ref("courses.id", purpose="which course", primary_key=True)
    design_id: Mapped[UUID | None] = ref(
        "certificate_designs.id", purpose="its certificate; empty: none", ondelete="SET NULL", nullable=True, index=True
    )
    # Study hours stand in courses.study_hours. Code of before reads this column until it is gone: drop it in the next release.
    hours: Mapped[Decimal | None] = column(Numeric(6, 1), purpose="former place of study hours, read no more", nullable=True)
    since: Mapped[datetime | None] = optional_moment(purpose="who was done before gets none; empty: all get one")


class Certificate(AcademyBase):
    """One certificate, with what stands on it frozen."""

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint(f"origin in {ORIGINS}", name="origin"),
        CheckConstraint(f"share in {SHARES}", name="share"),
        CheckConstraint(f"pdf_state in {PDF_STATES}", name="pdf_state"),
        # One certificate for one time that a course was done, however often the job runs.
        Index("uq_certificates_earned", "enrolment_id", "earned_at", unique=True,
              postgresql_where=text("origin = 'earned' and state <> 'replaced'")),
    )

    id: Mapped[UUID] = key()
    number: Mapped[str] = column(
        Text, purpose="what people read and type to check it", personal="identifying", retention="academy",
        on_erasure="delete", why_plain="random; it is looked up by whoever was shown it", unique=True,
    )
    member_id: Mapped[UUID] = ref("members.id", purpose="whose it is", index=True)
    course_id: Mapped[UUID | None] = ref(
        "courses.id", purpose="course it is for, if it is of this academy", ondelete="SET NULL", nullable=True, index=True
    )
    design_id: Mapped[UUID | None] = ref(
        "certificate_designs.id", purpose="design it was made with", ondelete="SET NULL", nullable=True
    )
    enrolment_id: Mapped[UUID | None] = column(Uuid, purpose="enrolment that was done", nullable=True)
    earned_at: Mapped[datetime] = moment(purpose="when the course was done", why_plain="lists sort by it", **ON_MEMBER)
    issued_on: Mapped[date] = column(Date, purpose="day on the certificate", why_plain="lists show it", **ON_MEMBER)
    expires_on: Mapped[date | None] = column(
        Date, purpose="last day that it is valid; empty: for ever", why_plain="looked for in SQL", nullable=True, **ON_MEMBER
    )
    state: Mapped[str] = column(Text, purpose="valid, replaced or revoked", default="valid")
    origin: Mapped[str] = column(Text, purpose="earned, given by hand, renewed or imported", default="earned")
    name: Sealed = sealed("name", purpose="name on it", retention="academy", on_erasure="delete")
    facts_json: Sealed = sealed(
        "facts_json", purpose="what stands on it", personal="content", retention="academy", on_erasure="delete"
    )
    old_number: Sealed = sealed(
        "old_number", purpose="number that an imported one had before", retention="academy", on_erasure="delete",
        nullable=True, index="old_number",
    )
    reason: Sealed = sealed(
        "reason", purpose="why it was revoked or replaced", personal="content", retention="academy",
        on_erasure="delete", nullable=True,
    )
    ended_at: Mapped[datetime | None] = optional_moment(purpose="when it was revoked or replaced")
    replaces_id: Mapped[UUID | None] = ref(
        "certificates.id", purpose="one that this one replaces or renews", ondelete="SET NULL", nullable=True, unique=True
    )
    share: Mapped[str] = column(Text, purpose="what the public page may show", default="facts")
    pdf_state: Mapped[str] = column(Text, purpose="whether the PDF is ready", default="waiting")
    pdf_id: Mapped[UUID | None] = ref("files.id", purpose="the PDF", ondelete="SET NULL", nullable=True)
    badge: Sealed = sealed(
        "badge", purpose="signed credential", personal="content", retention="academy", on_erasure="delete", nullable=True
    )
    reminded_at: Mapped[datetime | None] = optional_moment(purpose="when its coming end was noted")
    made_at: Mapped[datetime] = made_at()

    @property
    def facts(self) -> Facts:
        """Return what stands on it."""
        return Facts.of(json.loads(self.facts_json or "{}"))

    def standing(self, today: date) -> str:
        """Return revoked, replaced, expired, soon (it ends within 60 days) or valid."""
        if self.state != "valid":
            return self.state
        if self.expires_on is None:
            return "valid"
        left = (self.expires_on - today).days
        return "expired" if left < 0 else "soon" if left <= SOON_DAYS else "valid"

    @property
    def hours(self) -> Decimal | None:
        """Return the study hours that stand on it."""
        return self.facts.hours


class SigningKey(AcademyBase):
    """The academy's key for credentials; the newest signs. It goes with the schema and into no export."""

    __tablename__ = "signing_keys"

    id: Mapped[UUID] = key()
    number: Mapped[int] = column(purpose="1, 2, 3 ...: the highest signs", unique=True)
    secret: Sealed = sealed(
        "secret", purpose="private key", personal="content", retention="academy",
        on_erasure="keep: it signs for the academy and says nothing of a person",
    )
    x: Mapped[str] = column(Text, purpose="public key, base64url")
    made_at: Mapped[datetime] = made_at()


def plain(values: dict[str, Any]) -> str:
    """Return what stands on a certificate as the text that is sealed."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
