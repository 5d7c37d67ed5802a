"""Whom somebody may write to, and in which courses and groups they talk along."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from tenants.chat import queries, sight
from tenants.courses.models import Course
from tenants.groups.models import Group
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


def check_in_course(member: Member, course_id: UUID) -> None:
    """Raise NotFound when the member neither takes nor teaches the course."""
    if not talks_in_course(member, course_id):
        raise NotFound("no such course")


def check_in_group(member: Member, group_id: UUID) -> None:
    """Raise NotFound when the member is neither in the group nor leads it."""
    if db.session.scalar(sa.select(Group.id).where(Group.id == group_id, sight.in_group_room(member))) is None:
        raise NotFound("no such group")


def takes(member: Member, course_id: UUID | None) -> bool:
    """Return whether the member takes the course now."""
    return db.session.scalar(sa.select(Course.id).where(Course.id == course_id, sight.taken(member))) is not None
