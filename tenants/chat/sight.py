"""Which rooms somebody may read: one condition, in one place, that every read of rooms and messages uses."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from tenants.chat.models import Room
from tenants.chat.rules import is_staff
from tenants.courses.models import Course
from tenants.groups.models import Group, GroupMember, GroupTrainer
from tenants.learning.models import Enrolment
from tenants.learning.queries import READABLE, is_open_now
from tenants.people.models import Member

Condition = sa.ColumnElement[bool]


def readable(member: Member) -> Condition:
    """Return the condition that the member may read the room: they are in it now, not only once."""
    takes = sa.and_(Room.course_id.in_(_taken(member.id)))
    conditions = [
        sa.and_(Room.kind == "direct", sa.or_(Room.one_id == member.id, Room.other_id == member.id)),
        sa.and_(Room.kind == "lesson", Room.asker_id == member.id, takes),
        sa.and_(Room.kind == "course", takes),
        sa.and_(Room.kind == "group", Room.group_id.in_(_groups(member.id))),
    ]
    if is_staff(member):
        conditions.append(sa.and_(Room.kind.in_(("lesson", "course")), Room.course_id.in_(_taught(member.id))))
    return sa.or_(*conditions)


def people_of(room: Room) -> Condition:
    """Return the condition that a member is in the room now, over `Member`."""
    active = Member.state == "active"
    if room.kind == "direct":
        return sa.and_(active, Member.id.in_([one for one in (room.one_id, room.other_id) if one is not None]))
    if room.kind == "group":
        members = sa.select(GroupMember.member_id).where(GroupMember.group_id == room.group_id)
        leaders = sa.select(GroupTrainer.member_id).where(GroupTrainer.group_id == room.group_id)
        return sa.and_(active, Member.id.in_(members.union(leaders)))
    taking = sa.select(Enrolment.member_id).where(Enrolment.course_id == room.course_id, is_open_now())
    if room.kind == "lesson":
        taking = taking.where(Enrolment.member_id == room.asker_id)
    return sa.and_(active, sa.or_(Member.id.in_(taking), Member.id.in_(teachers_of(room.course_id))))


def _taken(member_id: UUID) -> sa.Select[tuple[UUID]]:
    return (
        sa.select(Enrolment.course_id).join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.member_id == member_id, is_open_now(), Course.state.in_(READABLE))
    )


def _groups(member_id: UUID) -> sa.CompoundSelect[tuple[UUID]]:
    alive = sa.select(Group.id).where(Group.state == "active").scalar_subquery()
    members = sa.select(GroupMember.group_id).where(GroupMember.member_id == member_id, GroupMember.group_id.in_(alive))
    leaders = sa.select(GroupTrainer.group_id).where(GroupTrainer.member_id == member_id, GroupTrainer.group_id.in_(alive))
    return members.union(leaders)


def _taught(member_id: UUID) -> sa.Select[tuple[UUID]]:
    """Return the courses whose trainer is this member."""
    return sa.select(Course.id).where(Course.trainer_id == member_id, Course.state.in_(READABLE))


def teachers_of(course_id: UUID | None) -> sa.Select[tuple[UUID | None]]:
    """Return who teaches the course."""
    return sa.select(Course.trainer_id).where(Course.id == course_id, Course.trainer_id.is_not(None))
