"""Who sees what of a member: asked of the code that decides it, so that the page cannot say anything else.

Who may open a page is the login rule of its route; whose people they see is tenants/groups/sight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l

from core.access import login_rule
from tenants.groups.sight import viewers_of
from tenants.people.models import Member

ORDER = ("owner", "manager", "trainer", "author")
# What the staff of an academy can look at of somebody, by the page that shows it.
DOORS = (
    ("people.show", _l("Your name, address, personnel number, roles, groups and last visit")),
    ("reports.person", _l("Per course how far you are, when you learned, your answers and results")),
    ("reports.hours", _l("Your study time")),
    ("reviews.show", _l("What you handed in, with the feedback and messages about it")),
    ("study.person", _l("Your record: courses, certificates and results from elsewhere")),
)


@dataclass(frozen=True)
class Door:
    """One thing that others can look at: what it is, the roles that may, and who has them and sees the member."""

    what: object
    roles: tuple[str, ...]
    names: tuple[str, ...]


def roles_of(endpoint: str) -> tuple[str, ...]:
    """Return the roles that may open the page, the highest first."""
    rule = login_rule(current_app.view_functions[endpoint]) or ""
    wanted = set(rule.removeprefix("roles: ").split(", "))
    return tuple(role for role in ORDER if role in wanted)


def doors_of(member: Member) -> list[Door]:
    """Return what the staff can look at of the member, and who of them."""
    people = viewers_of(member)
    return [Door(what, roles_of(endpoint), _names(people, roles_of(endpoint))) for endpoint, what in DOORS]


def _names(people: Iterable[Member], roles: Iterable[str]) -> tuple[str, ...]:
    return tuple(one.name for one in people if one.has(*roles))
