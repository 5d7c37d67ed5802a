"""Whether filters name a person who is being removed."""

from __future__ import annotations

from core.crypto import normalised
from tenants.people.models import Member
from tenants.reports.asking import Asked

SHORTEST = 4


def is_about(asked: Asked, person: Member) -> bool:
    """Return whether somebody typed (a part of) the person's name, address or number; up to three letters name nobody."""
    sought = normalised(asked.search)
    return len(sought) >= SHORTEST and any(sought in normalised(said) for said in (person.name, person.email or "", person.number or ""))
