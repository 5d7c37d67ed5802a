"""Verbs that say whom somebody sees. They flush; the edge commits.

Who is limited hands the limit on: whom they give a role by which one sees people, or invite with one, sees no more than they do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.errors import Forbidden, NotFound, Refused
from tenants.audit.actions import record
from tenants.groups import actions, rules
from tenants.groups.models import Group, GroupMember, SeenGroup
from tenants.groups.sight import seen_by
from tenants.people import joined
from tenants.people.joined import Place
from tenants.people.models import Member
from tenants.people.queries import invitations_by

_listeners: list[Callable[[Member], None]] = []


def place_for(by: Member, group_id: UUID | None, organisation_id: UUID | None) -> Place:
    """Return the place of whom `by` invites: into a group that they see, which who is limited must name. Raises NotFound."""
    if group_id is not None and db.session.scalar(sa.select(Group.id).where(Group.id == group_id, seen_by(by), Group.state == "active")) is None:
        raise NotFound("no such group")
    return Place(organisation_id, group_id, "groups" if by.is_limited else "everybody", by)


def on_limit(listener: Callable[[Member], None]) -> Callable[[Member], None]:
    """Call `listener(member)` whenever somebody sees other people than before; use as a decorator."""
    _listeners.append(listener)
    return listener


def limit_to(member: Member, group_ids: Collection[UUID], by: Member) -> bool:
    """Let the member see only the people of these groups; return whether anything changed. Raises Forbidden, and Refused
    without a group."""
    _check(member, by)
    wanted = set(db.session.scalars(sa.select(Group.id).where(Group.id.in_(group_ids), Group.state == "active")))
    if not wanted:
        raise Refused("sight groups")
    if member.sees == "groups" and wanted == _chosen(member):
        return False
    _withdraw_wider(member, wanted)
    _write(member, wanted)
    _tell(member, by)
    return True


def see_everybody(member: Member, by: Member) -> bool:
    """Let the member see everybody again; return whether anything changed. Raises Forbidden."""
    _check(member, by)
    if member.sees == "everybody":
        return False
    member.sees = "everybody"
    db.session.execute(sa.delete(SeenGroup).where(SeenGroup.member_id == member.id))
    _tell(member, by)
    return True


def reaches(by: Member, member: Member) -> bool:
    """Return whether `by` may change how the member signs in and what they may do: nobody's change may open a sight that is
    wider than one's own."""
    if not by.is_limited or by.id == member.id or not rules.sees_people(member.roles):
        return True
    return member.is_limited and _chosen(member) <= _chosen(by)


def check_reaches(by: Member, member: Member) -> None:
    """Raise Forbidden when the member sees more people than `by`."""
    if not reaches(by, member):
        raise Forbidden("sees more")


def _check(member: Member, by: Member) -> None:
    if not rules.may_limit(by, member):
        raise Forbidden("member")


def _chosen(member: Member) -> set[UUID]:
    return set(db.session.scalars(sa.select(SeenGroup.group_id).where(SeenGroup.member_id == member.id)))


def _write(member: Member, group_ids: Iterable[UUID]) -> None:
    wanted = set(group_ids)
    member.sees = "groups"
    others = (SeenGroup.member_id == member.id, SeenGroup.group_id.not_in(wanted))
    db.session.execute(sa.delete(SeenGroup).where(*others))
    db.session.flush()
    if wanted:
        rows = [{"member_id": member.id, "group_id": one} for one in sorted(wanted)]
        db.session.execute(insert(SeenGroup).values(rows).on_conflict_do_nothing())


def _tell(member: Member, by: Member) -> None:
    db.session.flush()
    groups = [str(one) for one in sorted(_chosen(member))] if member.sees == "groups" else None
    record("member.sight", actor_id=by.id, member=str(member.id), sees=member.sees, groups=groups)
    for listener in _listeners:
        listener(member)


def _withdraw_wider(member: Member, group_ids: Collection[UUID]) -> None:
    """Withdraw the open invitations by which the member, who sees these groups, would let somebody see more than that."""
    for row in invitations_by(member.id):
        if rules.sees_people(row.roles) and (row.sees == "everybody" or row.group_id not in group_ids):
            row.withdrawn_at = clock.now()


@joined.on_roles
def hand_on(member: Member, before: frozenset[str], by: Member) -> None:
    """Limit who gets a role that sees people from somebody who is limited: to the groups that both know."""
    if by.is_limited and rules.sees_people(member.roles) and not rules.sees_people(before):
        inside = sa.select(GroupMember.group_id).where(GroupMember.member_id == member.id, seen_by(by, GroupMember.group_id))
        shared = set(db.session.scalars(inside))
        _write(member, shared & _chosen(member) if member.sees == "groups" else shared)
        _tell(member, by)


@joined.on_place
def put_in_place(member: Member, before: frozenset[str], place: Place) -> None:
    """Put who joins into the group that their invitation names; staff who were invited so see only that group."""
    group = db.session.get(Group, place.group_id) if place.group_id else None
    if place.sees == "groups" and rules.sees_people(before) and not member.is_limited:
        # Who sees everybody gets no further role from somebody who does not.
        member.role_rows = [row for row in member.role_rows if row.role in before or not rules.sees_people([row.role])]
    elif place.sees == "groups" and rules.sees_people(member.roles) and not rules.sees_people(before):
        _write(member, [group.id] if group else [])
        _tell(member, member)
    if group is not None and not group.is_archived:
        actions.add_people(group, [member], place.by or member)
