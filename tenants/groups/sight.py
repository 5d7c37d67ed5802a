"""Conditions on who is in a group, for the WHERE of other reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tenants.groups.models import GroupMember
from tenants.people.models import Member

Condition = sa.ColumnElement[bool]


def in_group(group_id: UUID, who: Any = Member.id) -> Condition:
    """Return the condition that the member whose id is in column `who` is in this group."""
    found: Condition = who.in_(sa.select(GroupMember.member_id).where(GroupMember.group_id == group_id))
    return found
