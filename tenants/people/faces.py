"""How a person is shown beside what they wrote: name and photo."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tenants.people.models import Member


@dataclass(frozen=True)
class Face:
    """A name, and the address of the photo if there is one."""

    name: str
    photo_id: UUID | None = None


NOBODY = Face("")


def face_of(member: Member) -> Face:
    """Return how the member is shown."""
    return Face(member.name, member.photo_id)
