"""Whom a member sees: everybody, or only the people of chosen groups. Every read of other people goes through here.

`visible_to` is the one condition for the WHERE of reads; for who is not limited it is simply true. Somebody who is limited
sees the people of the groups that were chosen for them, as long as those are not archived, and themself. A new read
of people takes this condition too; tests/groups/test_sight.py walks every route and fails on one that forgets.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from tenants.groups.models import Group, GroupMember, SeenGroup
from tenants.groups.rules import SEERS
from tenants.people.models import Invitation, Member, MemberRole

Condition = sa.ColumnElement[bool]


def in_group(group_id: UUID, who: Any = Member.id) -> Condition:
    """Return the condition that the member whose id is in column `who` is in this group."""
    found: Condition = who.in_(sa.select(GroupMember.member_id).where(GroupMember.group_id == group_id))
    return found


def visible_to(viewer: Member, who: Any = Member.id) -> Condition:
    """Return the condition that the viewer may know of the member whose id is in column `who`."""
    if not viewer.is_limited:
        return sa.true()
    inside = sa.select(GroupMember.member_id).where(seen_by(viewer, GroupMember.group_id))
    return sa.or_(who == viewer.id, who.in_(inside))


def seen_by(viewer: Member, group: Any = Group.id) -> Condition:
    """Return the condition that the viewer sees the people of the group whose id is in column `group`."""
    if not viewer.is_limited:
        return sa.true()
    chosen = sa.select(SeenGroup.group_id).join(Group, Group.id == SeenGroup.group_id)
    found: Condition = group.in_(chosen.where(SeenGroup.member_id == viewer.id, Group.state == "active"))
    return found


def invitations_seen_by(viewer: Member) -> Condition:
    """Return the condition that the viewer may know of an invitation: it is into a group that they see, or theirs and into none."""
    if not viewer.is_limited:
        return sa.true()
    return sa.or_(seen_by(viewer, Invitation.group_id), sa.and_(Invitation.invited_by == viewer.id, Invitation.group_id.is_(None)))


def check_sees(viewer: Member, member_id: UUID) -> None:
    """Raise NotFound when the viewer may not know of this member. No statement for who sees everybody."""
    if viewer.is_limited and db.session.scalar(sa.select(Member.id).where(Member.id == member_id, visible_to(viewer))) is None:
        raise NotFound("member")


def sees_member(viewer: Member, member_id: UUID) -> bool:
    """Return whether the viewer may know of this member."""
    try:
        check_sees(viewer, member_id)
    except NotFound:
        return False
    return True


def viewers_of(member: Member) -> list[Member]:
    """Return the active members whose roles let them see other people and who see this one, themself left out, by name."""
    staff = sa.select(MemberRole.member_id).where(MemberRole.role.in_(SEERS | {"owner"}))
    found = db.session.scalars(sa.select(Member).where(Member.id.in_(staff), Member.state == "active", Member.id != member.id)).unique()
    return sorted((one for one in found if sees_member(one, member.id)), key=lambda one: (one.name.casefold(), one.id))


def seen_groups(member: Member) -> list[tuple[UUID, str]]:
    """Return (id, name) of the groups chosen for a member, archived ones too, by name. One statement."""
    wanted = sa.select(Group.id, Group.name).join(SeenGroup, SeenGroup.group_id == Group.id)
    rows = db.session.execute(wanted.where(SeenGroup.member_id == member.id).order_by(Group.name, Group.id))
    return [(group_id, name) for group_id, name in rows]
