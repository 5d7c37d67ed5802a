"""Client organisations with their contact person, and who comes from one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, ref
from core.sealed import Sealed, sealed

CONTACT: dict[str, Any] = {"retention": "until it is emptied", "on_erasure": "delete", "nullable": True}


class Organisation(AcademyBase):
    """A company whose people learn here. Its contact person need not be a member."""

    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("state in ('active','archived')", name="state"),)

    id: Mapped[UUID] = key()
    name: Mapped[str] = column(Text, purpose="what the organisation is called")
    plain_name: Mapped[str] = column(Text, purpose="the name as it is compared: no two alike", unique=True)
    reference: Mapped[str | None] = column(Text, purpose="the academy's own number for it", nullable=True)
    contact_name: Sealed = sealed("contact_name", purpose="whom to ask for", personal="identifying", **CONTACT)
    contact_email: Sealed = sealed("contact_email", purpose="write to the contact", personal="identifying", index="contact_email", **CONTACT)
    contact_phone: Sealed = sealed("contact_phone", purpose="call the contact", personal="identifying", **CONTACT)
    note: Sealed = sealed("note", purpose="what managers want to remember of it", personal="content", **CONTACT)
    state: Mapped[str] = column(Text, purpose="active, or archived: out of the lists", default="active")
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who made it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()

    @property
    def is_archived(self) -> bool:
        """Return whether it is out of use."""
        return self.state == "archived"

    @property
    def has_contact(self) -> bool:
        """Return whether something is known of a contact person."""
        return bool(self.contact_name or self.contact_email or self.contact_phone)


class OrganisationMember(AcademyBase):
    """Somebody comes from an organisation, from one at a time."""

    __tablename__ = "organisation_members"

    member_id: Mapped[UUID] = ref("members.id", purpose="who comes from it", primary_key=True)
    organisation_id: Mapped[UUID] = ref("organisations.id", purpose="which organisation", index=True)
    since: Mapped[datetime] = moment(purpose="since when", default=clock.now)
    added_by: Mapped[UUID | None] = ref("members.id", purpose="who said so", ondelete="SET NULL", nullable=True)
