"""The photo belongs to what a person takes along."""

from __future__ import annotations

from typing import Any

from tenants.learning.own_work import adds_own, stamp
from tenants.people.models import Member
from tenants.photos.queries import photo_of


@adds_own
def photo_kept(member: Member) -> dict[str, Any]:
    """Return {photo, files: [{path, id}]} of the member; nothing where they are shown by initials."""
    photo = photo_of(member) if member.photo_id else None
    if photo is None:
        return {}
    file = {"id": str(photo.large_id), "path": "files/photo.jpg"}
    return {"photo": {"path": file["path"], "put_at": stamp(photo.made_at)}, "files": [file]}
