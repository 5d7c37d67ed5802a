"""Who sees, makes, fills and enrols groups. Decisions without a database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tenants.people.rules import may_change

if TYPE_CHECKING:
    from tenants.people.models import Member

LEADERS = frozenset({"trainer", "manager", "owner"})
MAKERS = frozenset({"manager", "owner"})
SEERS = frozenset({"trainer", "author", "manager"})
MAX_NAME = 80


def may_lead(member: Member) -> bool:
    """Return whether somebody may be put at the head of a group, and so sees groups at all."""
    return bool(member.roles & LEADERS)


def may_make(member: Member) -> bool:
    """Return whether the member makes groups, changes and archives them, and chooses who leads them. Who is limited to groups
    does not: they would not see what they made."""
    return bool(member.roles & MAKERS) and not member.is_limited


def may_fill(member: Member, leads: bool) -> bool:
    """Return whether the member puts people in and takes them out, of those whom they see."""
    return bool(member.roles & MAKERS) or (leads and may_lead(member))


def may_enrol(member: Member, leads: bool) -> bool:
    """Return whether the member enrols the whole group in a course."""
    return bool(member.roles & MAKERS) or (leads and may_lead(member))


def clean_group_name(text: str) -> str | None:
    """Return the name on one line, or None when it is empty or too long."""
    name = " ".join(text.replace("\x00", "").split())
    return name if 0 < len(name) <= MAX_NAME else None


def sees_people(roles: Iterable[str]) -> bool:
    """Return whether somebody with these roles sees other people, so that a limit means something."""
    return not SEERS.isdisjoint(roles)


def may_limit(by: Member, member: Member) -> bool:
    """Return whether `by` says whom the member sees: who sees everybody themself and may change the member's roles. Owners
    see everybody."""
    if by.is_limited or by.id == member.id or "owner" in member.roles:
        return False
    return bool(by.roles & MAKERS) and may_change(by.roles, member.roles)

