"""Reads of photos: a face to who may see the person."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from tenants.files.models import File
from tenants.groups.sight import visible_to
from tenants.people.models import Member
from tenants.photos.models import Photo
from tenants.photos.rules import SIZES

COLUMNS = dict(zip(SIZES, (Photo.small_id, Photo.middle_id, Photo.large_id), strict=True))


def face(viewer: Member, photo_id: UUID, size: int) -> File:
    """Return the file of a photo in one of SIZES, of somebody whom the viewer sees. Raises NotFound."""
    column = COLUMNS.get(size)
    if column is None:
        raise NotFound("no such size")
    wanted = sa.select(File).join(Photo, column == File.id)
    file = db.session.scalar(wanted.where(Photo.id == photo_id, visible_to(viewer, Photo.member_id)))
    if file is None:
        raise NotFound("no such photo")
    return file


def photo_of(member: Member) -> Photo | None:
    """Return the member's photo, or None."""
    return db.session.scalar(sa.select(Photo).where(Photo.member_id == member.id))
