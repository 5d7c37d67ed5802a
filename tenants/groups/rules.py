"""Who sees, makes, fills and enrols groups. Decisions without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenants.people.models import Member

LEADERS = frozenset({"trainer", "manager", "owner"})
MAKERS = frozenset({"manager", "owner"})
MAX_NAME = 80


def may_lead(member: Member) -> bool:
    """Return whether somebody may be put at the head of a group, and so sees groups at all."""
    return bool(member.roles & LEADERS)


def may_make(member: Member) -> bool:
    """Return whether the member makes groups, changes and archives them, and chooses who leads them."""
    return bool(member.roles & MAKERS)


def may_fill(member: Member, leads: bool) -> bool:
    """Return whether the member puts people in and takes them out: that takes a look at everybody in the academy."""
    return may_make(member) or (leads and may_lead(member))


def may_enrol(member: Member, leads: bool) -> bool:
    """Return whether the member enrols the whole group in a course."""
    return may_make(member) or (leads and may_lead(member))


def clean_group_name(text: str) -> str | None:
    """Return the name on one line, or None when it is empty or too long."""
    name = " ".join(text.replace("\x00", "").split())
    return name if 0 < len(name) <= MAX_NAME else None
