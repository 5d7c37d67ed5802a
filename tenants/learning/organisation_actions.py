"""Enrol everybody of a client organisation in a course at once. It flushes."""

from __future__ import annotations

from core.errors import Forbidden, Refused
from tenants.audit.actions import record
from tenants.courses.models import Course
from tenants.learning import actions
from tenants.learning.models import Enrolment
from tenants.organisations import queries, rules
from tenants.organisations.models import Organisation
from tenants.people.models import Member


def enrol_organisation(organisation: Organisation, course: Course, by: Member) -> list[Enrolment]:
    """Return the new enrolments of those who come from the organisation now; who comes later does not follow.

    Raises Forbidden, and Refused for an archived organisation or a course that cannot be begun.
    """
    if not rules.may_manage(by):
        raise Forbidden("organisations")
    if organisation.is_archived:
        raise Refused("organisation archived")
    enrolled = actions.enrol_all(queries.people_of(organisation), course, by)
    record("organisation.enrolled", actor_id=by.id, organisation=str(organisation.id), course=str(course.id))
    return enrolled
