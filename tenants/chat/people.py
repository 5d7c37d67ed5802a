"""Whom somebody may write to, and in which courses and groups they talk along."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from tenants.chat import queries, sight
from tenants.chat.models import Room
from tenants.courses.models import Course, Publication
from tenants.groups.models import Group
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_open_now
from tenants.people.models import Member
from tenants.people.names import folded
from tenants.people.queries import members_in_order
from tenants.people.roster import roster

MOST = 25


def to_write(member: Member, words: str) -> list[Member]:
    """Return up to MOST people whom the member may write to and whose names hold the words, by name; never found by address."""
    talks = queries.manners()
    if not talks.direct:
        return []
    allowed = set(db.session.scalars(sa.select(Member.id).where(sight.reached(member, talks.peers))))
    sought = folded(words).split()
    fits = [one.id for one in roster().sorted_by("name") if one.id in allowed and all(word in _name(one.by_surname) for word in sought)]
    return members_in_order(fits[:MOST])


def _name(by_surname: tuple[str, str, str]) -> str:
    rest, first, prefix = by_surname
    return f"{first} {prefix} {rest}"


def talks_in_course(member: Member, course_id: UUID) -> bool:
    """Return whether the member is in the room of a course, whether or not it was opened yet."""
    return db.session.scalar(sa.select(Course.id).where(Course.id == course_id, sight.in_course(member))) is not None


@dataclass(frozen=True)
class Place:
    """A course or group in which somebody talks along and nothing was said yet."""

    kind: str
    id: UUID
    title: str


def to_open(member: Member) -> list[Place]:
    """Return the courses and groups of the member in which nothing was said yet, by title."""
    spoken = sa.exists().where(Room.last_number > 0)
    courses = (
        sa.select(Course.id, Publication.outline["title"].astext).join(Publication, Publication.id == Course.publication_id)
        .where(sight.in_course(member), sa.not_(spoken.where(Room.kind == "course", Room.course_id == Course.id)), Course.state == "published")
    )  # fmt: skip
    groups = sa.select(Group.id, Group.name).where(sight.in_group_room(member), sa.not_(spoken.where(Room.kind == "group", Room.group_id == Group.id)))
    found = [Place("course", *row) for row in db.session.execute(courses)] + [Place("group", *row) for row in db.session.execute(groups)]
    return sorted(found, key=lambda one: (one.title.casefold(), one.id))


def count_in_course(course_id: UUID) -> int:
    """Return how many people take the course now."""
    wanted = sa.select(sa.func.count()).select_from(Enrolment).join(Member, Member.id == Enrolment.member_id)
    return db.session.scalar(wanted.where(Enrolment.course_id == course_id, is_open_now(), Member.state == "active")) or 0


def check_in_course(member: Member, course_id: UUID) -> None:
    """Raise NotFound when the member neither takes nor teaches the course."""
    if not talks_in_course(member, course_id):
        raise NotFound("no such course")


def talks_in_group(member: Member, group_id: UUID) -> bool:
    """Return whether the member is in the room of a group, whether or not it was opened yet."""
    return db.session.scalar(sa.select(Group.id).where(Group.id == group_id, sight.in_group_room(member))) is not None


def check_in_group(member: Member, group_id: UUID) -> None:
    """Raise NotFound when the member is neither in the group nor leads it."""
    if not talks_in_group(member, group_id):
        raise NotFound("no such group")


def takes(member: Member, course_id: UUID | None) -> bool:
    """Return whether the member takes the course now."""
    return db.session.scalar(sa.select(Course.id).where(Course.id == course_id, sight.taken(member))) is not None
