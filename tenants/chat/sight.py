"""Which rooms somebody may read, who is in a room, and whom one may write to: conditions in one place, used by every read.

Roles that are limited to groups (tenants/groups/sight.py) count here too: who sees only chosen people is in no room that
holds everybody of a course, unless they take the course themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tenants.chat.models import MemberBlock, Room
from tenants.chat.rules import STAFF, is_staff
from tenants.courses.models import Course
from tenants.groups.models import Group, GroupMember, GroupTrainer, SeenGroup
from tenants.groups.sight import seen_by, visible_to
from tenants.learning.models import Enrolment
from tenants.learning.queries import READABLE, is_open_now
from tenants.people.models import Member, MemberRole

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Place:
    """What decides who is in a room: its kind, and the two people, group, course or asker that it is of."""

    id: UUID
    kind: str
    one_id: UUID | None
    other_id: UUID | None
    group_id: UUID | None
    course_id: UUID | None
    asker_id: UUID | None

    @staticmethod
    def of(room: Room) -> Place:
        """Return the place of a room."""
        return Place(room.id, room.kind, room.one_id, room.other_id, room.group_id, room.course_id, room.asker_id)


def readable(member: Member) -> Condition:
    """Return the condition that the member may read the room: they are in it now, not only once."""
    other, takes = other_than(member.id), Room.course_id.in_(_taken(member.id))
    mine = sa.and_(Room.kind == "direct", sa.or_(Room.one_id == member.id, Room.other_id == member.id))
    conditions = [
        sa.and_(mine, sa.or_(other.is_(None), visible_to(member, other))) if member.is_limited else mine,
        sa.and_(Room.kind == "lesson", Room.asker_id == member.id, takes),
        sa.and_(Room.kind == "course", takes),
        sa.and_(Room.kind == "group", Room.group_id.in_(_groups(member))),
    ]
    if is_staff(member):
        taught = Room.course_id.in_(_taught(member.id))
        conditions.append(sa.and_(Room.kind == "lesson", taught, visible_to(member, Room.asker_id)))
        if not member.is_limited:
            conditions.append(sa.and_(Room.kind == "course", taught))
    return sa.or_(*conditions)


def in_course(member: Member) -> Condition:
    """Return the condition that the member talks along in a course, over `Course`."""
    takes = Course.id.in_(_taken(member.id))
    return sa.or_(takes, Course.id.in_(_taught(member.id))) if is_staff(member) and not member.is_limited else takes


def taken(member: Member) -> Condition:
    """Return the condition that the member takes a course now, over `Course`."""
    return Course.id.in_(_taken(member.id))


def in_group_room(member: Member) -> Condition:
    """Return the condition that the member talks along in a group, over `Group`."""
    return Group.id.in_(_groups(member))


def other_than(member_id: UUID) -> sa.ColumnElement[UUID | None]:
    """Return with whom the member talks in a room of two, as a column."""
    return sa.case((Room.one_id == member_id, Room.other_id), else_=Room.one_id)


def people_of(room: Room | Place) -> Condition:
    """Return the condition that a member is in the room now, over `Member`."""
    active = Member.state == "active"
    if room.kind == "direct":
        other = sa.case((Member.id == room.one_id, _as_sql(room.other_id)), else_=_as_sql(room.one_id))
        seats = [one for one in (room.one_id, room.other_id) if one is not None]
        return sa.and_(active, Member.id.in_(seats), sa.or_(other.is_(None), sees(other)))
    if room.kind == "group":
        return sa.and_(active, _in_group(room.group_id))
    taking = sa.select(Enrolment.member_id).where(Enrolment.course_id == room.course_id, is_open_now())
    teaching = sa.and_(Member.id.in_(teachers_of(room.course_id)), has_role(*STAFF))
    if room.kind == "lesson":
        taking = taking.where(Enrolment.member_id == room.asker_id)
        teaching = sa.and_(teaching, sees(_as_sql(room.asker_id)))
    else:
        teaching = sa.and_(teaching, sa.not_(is_limited()))
    readable_course = sa.exists().where(Course.id == room.course_id, Course.state.in_(READABLE))
    return sa.and_(active, readable_course, sa.or_(Member.id.in_(taking), teaching))


def _in_group(group_id: UUID | None) -> Condition:
    alive = sa.exists().where(Group.id == group_id, Group.state == "active")
    members = sa.select(GroupMember.member_id).where(GroupMember.group_id == group_id)
    leaders = sa.select(GroupTrainer.member_id).where(GroupTrainer.group_id == group_id)
    chosen = sa.exists().where(SeenGroup.member_id == Member.id, SeenGroup.group_id == group_id)
    leads = sa.and_(Member.id.in_(leaders), sa.or_(sa.not_(is_limited()), chosen))
    known = Member.id.in_(members.union(leaders))  # says nothing new, and spares looking at every member
    return sa.and_(alive, known, sa.or_(Member.id.in_(members), leads))


def has_role(*roles: str) -> Condition:
    """Return the condition that a member has one of these roles, over `Member`."""
    return sa.exists().where(MemberRole.member_id == Member.id, MemberRole.role.in_(roles))


def is_limited() -> Condition:
    """Return the condition that a member sees only people of chosen groups, over `Member`."""
    return sa.and_(Member.sees == "groups", sa.not_(has_role("owner")))


def sees(who: Any) -> Condition:
    """Return the condition that a member, if limited, sees the person whose id is `who`, over `Member`."""
    inside = (
        sa.select(GroupMember.member_id).join(SeenGroup, SeenGroup.group_id == GroupMember.group_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(SeenGroup.member_id == Member.id, Group.state == "active").correlate(Member)
    )  # fmt: skip
    return sa.or_(sa.not_(is_limited()), who == Member.id, who.in_(inside))


def reached(member: Member, peers: Any) -> Condition:
    """Return the condition that the member may write to somebody by themselves, over `Member`. `peers`: whether
    participants talk to one another where nothing else is said, as a value or as SQL."""
    known = sa.and_(Member.state == "active", Member.id != member.id, visible_to(member), sees(_as_sql(member.id)))
    return known if is_staff(member) else sa.and_(known, sa.or_(has_role(*STAFF), together(member, peers)))


def _as_sql(member_id: Any) -> sa.ColumnElement[Any]:
    """Return an id as SQL; a statement that is kept has a parameter there already."""
    return member_id if isinstance(member_id, sa.ColumnElement) else sa.literal(member_id, sa.Uuid)


def together(member: Member, peers: Any) -> Condition:
    """Return the condition that somebody shares a group with the member, or a course whose participants talk."""
    default = sa.literal(peers) if isinstance(peers, bool) else peers
    beside = (
        sa.select(Enrolment.member_id).outerjoin(Room, sa.and_(Room.course_id == Enrolment.course_id, Room.kind == "course"))
        .where(is_open_now(), Enrolment.course_id.in_(_taken(member.id)), sa.func.coalesce(Room.peers, default)).correlate(None)
    )  # fmt: skip
    ours = sa.select(GroupMember.member_id).where(GroupMember.group_id.in_(_groups(member)))
    return sa.or_(Member.id.in_(beside), sa.and_(default, Member.id.in_(ours)))


def blocked_by(member_id: UUID) -> sa.Select[UUID]:
    """Return whom the member has blocked."""
    return sa.select(MemberBlock.blocked_id).where(MemberBlock.member_id == member_id)


def _taken(member_id: UUID) -> sa.Select[UUID]:
    return (
        sa.select(Enrolment.course_id).join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.member_id == member_id, is_open_now(), Course.state.in_(READABLE)).correlate(None)
    )  # fmt: skip


def _groups(member: Member) -> sa.CompoundSelect[UUID]:
    alive = sa.select(Group.id).where(Group.state == "active")
    members = sa.select(GroupMember.group_id).where(GroupMember.member_id == member.id, GroupMember.group_id.in_(alive))
    leaders = sa.select(GroupTrainer.group_id).where(
        GroupTrainer.member_id == member.id, GroupTrainer.group_id.in_(alive), seen_by(member, GroupTrainer.group_id)
    )
    return members.union(leaders)


def _taught(member_id: UUID) -> sa.Select[UUID]:
    """Return the courses whose trainer is this member."""
    return sa.select(Course.id).where(Course.trainer_id == member_id, Course.state.in_(READABLE))


def teachers_of(course_id: UUID | None) -> sa.Select[UUID | None]:
    """Return who teaches the course."""
    return sa.select(Course.trainer_id).where(Course.id == course_id, Course.trainer_id.is_not(None))
