"""Groups: who is in one, and who leads it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, ref


class Group(AcademyBase):
    """People who learn together."""

    __tablename__ = "groups"
    __table_args__ = (CheckConstraint("state in ('active','archived')", name="state"),)

    id: Mapped[UUID] = key()
    name: Mapped[str] = column(Text, purpose="what the group is called")
    state: Mapped[str] = column(Text, purpose="active, or archived: out of the lists", default="active")
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who made it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()

    @property
    def is_archived(self) -> bool:
        """Return whether it is out of use."""
        return self.state == "archived"


class GroupMember(AcademyBase):
    """Somebody is in a group."""

    __tablename__ = "group_members"

    group_id: Mapped[UUID] = ref("groups.id", purpose="which group", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who is in it", primary_key=True, index=True)
    since: Mapped[datetime] = moment(purpose="since when", default=clock.now)
    added_by: Mapped[UUID | None] = ref("members.id", purpose="who put them in", ondelete="SET NULL", nullable=True)


class GroupTrainer(AcademyBase):
    """Somebody leads a group: a trainer, or a manager."""

    __tablename__ = "group_trainers"

    group_id: Mapped[UUID] = ref("groups.id", purpose="which group", primary_key=True)
    member_id: Mapped[UUID] = ref("members.id", purpose="who leads it", primary_key=True, index=True)


class SeenGroup(AcademyBase):
    """Somebody who sees only people of chosen groups sees those of this one."""

    __tablename__ = "seen_groups"

    member_id: Mapped[UUID] = ref("members.id", purpose="who sees it", primary_key=True)
    group_id: Mapped[UUID] = ref("groups.id", purpose="which group", primary_key=True, index=True)
