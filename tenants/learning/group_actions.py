"""Verbs on groups that take courses: enrol a group, let later joiners follow, stop that. They flush."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import Forbidden, Refused
from tenants.audit.actions import record
from tenants.courses.models import Course
from tenants.groups import queries, rules
from tenants.groups.joined import on_group_join
from tenants.groups.models import Group
from tenants.learning import actions
from tenants.learning.group_models import GroupCourse
from tenants.learning.models import Enrolment
from tenants.people.models import Member


def enrol_group(group: Group, course: Course, by: Member) -> list[Enrolment]:
    """Return the new enrolments of those in the group; who comes into it later is enrolled too.

    Raises Forbidden, and Refused for an archived group or a course that cannot be begun.
    """
    if not rules.may_enrol(by, queries.leads(by, group)):
        raise Forbidden("groups")
    if group.is_archived:
        raise Refused("group archived")
    enrolled = actions.enrol_all(queries.people_in(group), course, by)
    row = db.session.get(GroupCourse, (group.id, course.id)) or GroupCourse(group_id=group.id, course_id=course.id)
    row.is_followed, row.enrolled_by, row.enrolled_at = True, by.id, clock.now()
    db.session.add(row)
    record("group.enrolled", actor_id=by.id, group=str(group.id), course=str(course.id))
    db.session.flush()
    return enrolled


def stop_following(group: Group, course: Course, by: Member) -> None:
    """Enrol later joiners no longer; who takes the course goes on. Raises Forbidden."""
    if not rules.may_enrol(by, queries.leads(by, group)):
        raise Forbidden("groups")
    db.session.execute(sa.delete(GroupCourse).where(GroupCourse.group_id == group.id, GroupCourse.course_id == course.id))
    record("group.unfollowed", actor_id=by.id, group=str(group.id), course=str(course.id))


def courses_of(group: Group) -> list[Course]:
    """Return the courses that the group takes, by title. One statement."""
    wanted = sa.select(Course).join(GroupCourse, GroupCourse.course_id == Course.id).where(GroupCourse.group_id == group.id)
    return list(db.session.scalars(wanted.order_by(Course.title)))


@on_group_join
def follow(group: Group, members: Sequence[Member], by: Member) -> None:
    """Enrol new people of a group in the open courses that it takes."""
    for course in courses_of(group):
        if course.state == "published":
            actions.enrol_all(members, course, by)
