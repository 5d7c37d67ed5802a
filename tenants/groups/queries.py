"""Reads of groups, each through the person who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from tenants.groups import rules
from tenants.groups.models import Group, GroupMember, GroupTrainer
from tenants.groups.sight import seen_by, visible_to
from tenants.people.models import Member, MemberRole
from tenants.people.names import sort_key
from tenants.people.queries import Wanted, members_in_order, wanted_ids

MOST_OFFERED = 200


@dataclass(frozen=True)
class Listed:
    """A group in a list: how many people are in it, and who leads it."""

    group: Group
    people: int
    leaders: list[str]
    is_mine: bool


def groups_for(viewer: Member, state: str = "active") -> list[Listed]:
    """Return the groups that the viewer sees, their own first, then by name. Two statements."""
    size = (
        sa.select(sa.func.count()).select_from(GroupMember).join(Member, Member.id == GroupMember.member_id)
        .where(GroupMember.group_id == Group.id, Member.state == "active").correlate(Group).scalar_subquery()
    )  # fmt: skip
    rows = db.session.execute(_seen(viewer, Group, size).where(Group.state == state)).all()
    leaders = leaders_of([group.id for group, _ in rows])
    found = [
        Listed(group, people, [one.name for one in leaders[group.id]], viewer.id in {one.id for one in leaders[group.id]})
        for group, people in rows
    ]
    return sorted(found, key=lambda one: (not one.is_mine, one.group.name.casefold(), one.group.id))


def groups_seen(viewer: Member, *columns: Any) -> sa.Select[Any]:
    """Return the SELECT of these columns over the active groups that the viewer sees."""
    return _seen(viewer, *columns).where(Group.state == "active")


def _seen(viewer: Member, *columns: object) -> sa.Select[Any]:
    if not rules.may_lead(viewer):
        raise NotFound("groups")
    wanted: sa.Select[Any] = sa.select(*columns)  # type: ignore[call-overload]
    return wanted.where(seen_by(viewer))


def group_for(viewer: Member, group_id: UUID, lock: bool = False) -> Group:
    """Return a group that the viewer sees. Raises NotFound."""
    wanted = _seen(viewer, Group).where(Group.id == group_id)
    found = db.session.scalar(wanted.with_for_update(of=Group) if lock else wanted)
    if found is None:
        raise NotFound("no such group")
    return found


def leads(viewer: Member, group: Group) -> bool:
    """Return whether the viewer leads the group."""
    wanted = sa.select(GroupTrainer.member_id).where(GroupTrainer.group_id == group.id, GroupTrainer.member_id == viewer.id)
    return db.session.scalar(wanted) is not None


def leaders_of(group_ids: list[UUID]) -> dict[UUID, list[Member]]:
    """Return who leads each group, by name. One statement."""
    found: dict[UUID, list[Member]] = {one: [] for one in group_ids}
    rows = db.session.execute(
        sa.select(GroupTrainer.group_id, Member).join(Member, Member.id == GroupTrainer.member_id)
        .where(GroupTrainer.group_id.in_(group_ids), Member.state == "active")
    ).unique()
    for group_id, member in sorted(rows, key=lambda row: _by_name(row[1])):
        found[group_id].append(member)
    return found


def possible_leaders() -> list[Member]:
    """Return everybody who may lead a group, by name. One statement."""
    leads_ = sa.select(MemberRole.member_id).where(MemberRole.role.in_(rules.LEADERS))
    wanted = sa.select(Member).where(Member.state == "active", Member.id.in_(leads_))
    return sorted(db.session.scalars(wanted).unique(), key=_by_name)


def _by_name(member: Member) -> tuple[str, str, str]:
    return sort_key(member.first_name or "", member.last_name or "")


def groups_of(viewer: Member, member_id: UUID) -> list[tuple[UUID, str]]:
    """Return (id, name) of the active groups of a member that the viewer sees, by name. One statement."""
    inside = sa.select(GroupMember.group_id).where(GroupMember.member_id == member_id)
    wanted = _seen(viewer, Group.id, Group.name).where(Group.id.in_(inside), Group.state == "active")
    return [(group_id, name) for group_id, name in db.session.execute(wanted.order_by(Group.name, Group.id))]


def own_groups(member: Member) -> list[str]:
    """Return the names of the active groups that the member is in: everybody may know where they are themself."""
    inside = sa.select(GroupMember.group_id).where(GroupMember.member_id == member.id)
    return list(db.session.scalars(sa.select(Group.name).where(Group.id.in_(inside), Group.state == "active").order_by(Group.name)))


def groups_by_member(member_ids: list[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the ids of the active groups of each member who is in one. One statement."""
    wanted = sa.select(GroupMember.member_id, sa.func.array_agg(GroupMember.group_id)).join(Group, Group.id == GroupMember.group_id)
    wanted = wanted.where(GroupMember.member_id.in_(member_ids), Group.state == "active").group_by(GroupMember.member_id)
    return {member_id: frozenset(str(one) for one in groups) for member_id, groups in db.session.execute(wanted)}


def all_names() -> list[tuple[UUID, str]]:
    """Return (id, name) of the active groups by name, for rules of lessons. One statement."""
    rows = db.session.execute(sa.select(Group.id, Group.name).where(Group.state == "active").order_by(Group.name, Group.id))
    return [(group_id, name) for group_id, name in rows]


def people_in(group: Group) -> list[Member]:
    """Return the active members of a group by name. One statement."""
    inside = sa.select(GroupMember.member_id).where(GroupMember.group_id == group.id)
    wanted = sa.select(Member).where(Member.state == "active", Member.id.in_(inside))
    return sorted(db.session.scalars(wanted).unique(), key=_by_name)


def who_could_join(viewer: Member, search: str, inside: list[Member]) -> list[Member]:
    """Return up to 200 active members whom the viewer sees, who are not `inside` and fit the search ("*": everybody), by name.
    Two statements."""
    wanted = Wanted(search="" if search == "*" else search)
    there = {one.id for one in inside}
    return members_in_order([one for one in wanted_ids(wanted, visible_to(viewer)) if one not in there][:MOST_OFFERED])
