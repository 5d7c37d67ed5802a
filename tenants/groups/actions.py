"""Verbs of groups: make and change them, people in and out. They flush; the edge commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.errors import Forbidden, Refused
from tenants.audit.actions import record
from tenants.groups import joined, rules
from tenants.groups.models import Group, GroupMember, GroupTrainer
from tenants.people.models import Member


def make_group(name: str, by: Member) -> Group:
    """Return a new group. Raises Forbidden, and Refused for a name that is empty or too long."""
    _check(rules.may_make(by))
    group = Group(name=_clean(name), made_by=by.id)
    db.session.add(group)
    db.session.flush()
    record("group.made", actor_id=by.id, group=str(group.id))
    return group


def change_group(group: Group, name: str, leaders: Sequence[Member], by: Member) -> None:
    """Give the group a name and those who lead it."""
    _check(rules.may_make(by))
    group.name = _clean(name)
    wanted = {one.id for one in leaders if rules.may_lead(one)}
    present = set(db.session.scalars(sa.select(GroupTrainer.member_id).where(GroupTrainer.group_id == group.id)))
    leaving = GroupTrainer.member_id.in_(present - wanted)
    db.session.execute(sa.delete(GroupTrainer).where(GroupTrainer.group_id == group.id, leaving))
    db.session.add_all(GroupTrainer(group_id=group.id, member_id=one) for one in sorted(wanted - present))
    db.session.flush()
    record("group.changed", actor_id=by.id, group=str(group.id), leaders=[str(one) for one in sorted(wanted)])


def set_archived(group: Group, archived: bool, by: Member) -> None:
    """Take the group out of the lists, or bring it back. An archived group lets its trainers see nobody."""
    _check(rules.may_make(by))
    group.state = "archived" if archived else "active"
    record("group.archived" if archived else "group.restored", actor_id=by.id, group=str(group.id))
    db.session.flush()
    if archived:
        joined.tell_left(group)


def add_people(group: Group, members: Iterable[Member], by: Member) -> list[Member]:
    """Return those who were not in the group and are now; what follows a group hears of them. Raises Refused for an
    archived group."""
    if group.is_archived:
        raise Refused("group archived")
    wanted = {one.id: one for one in members if one.is_active}
    if not wanted:
        return []
    made = insert(GroupMember).values(
        [{"group_id": group.id, "member_id": one, "since": clock.now(), "added_by": by.id} for one in sorted(wanted)]
    )
    new = set(db.session.scalars(made.on_conflict_do_nothing().returning(GroupMember.member_id)))
    added = [wanted[one] for one in wanted if one in new]
    if added:
        record("group.joined", actor_id=by.id, group=str(group.id), members=[str(one.id) for one in added])
        joined.tell(group, added, by)
    return added


def take_out(group: Group, member_id: UUID, by: Member) -> bool:
    """Take somebody out of the group and return whether they were in it; the courses that they take stay theirs."""
    gone = sa.delete(GroupMember).where(GroupMember.group_id == group.id, GroupMember.member_id == member_id)
    was_in = db.session.execute(gone.returning(GroupMember.member_id)).one_or_none() is not None
    if was_in:
        record("group.left", actor_id=by.id, group=str(group.id), member=str(member_id))
        joined.tell_left(group)
    return was_in


def _check(allowed: bool) -> None:
    if not allowed:
        raise Forbidden("groups")


def _clean(name: str) -> str:
    found = rules.clean_group_name(name)
    if found is None:
        raise Refused("group name")
    return found
