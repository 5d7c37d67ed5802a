"""A group in the demo world: led by the trainer, with some of the participants, taking a course."""

from __future__ import annotations

from tenants.courses.models import Course
from tenants.groups import actions
from tenants.learning.group_actions import enrol_group
from tenants.people.models import Member

NAMES = {"nl": "Team Noord", "en": "Saturday class"}


def add_group(language: str, manager: Member, trainer: Member, people: list[Member], course: Course) -> None:
    """Write the group; its people keep what they have done in the course."""
    group = actions.make_group(NAMES[language], manager)
    actions.change_group(group, group.name, [trainer], manager)
    actions.add_people(group, people, manager)
    enrol_group(group, course, manager)
