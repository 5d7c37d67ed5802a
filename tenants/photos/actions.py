"""Verbs on profile photos: put one in place of the one before, remove it. They flush; the edge commits."""

from __future__ import annotations

import uuid
from typing import BinaryIO

import sqlalchemy as sa

from core.apart import apart_in_turn
from core.db import db
from core.errors import Forbidden
from tenants.audit.actions import record
from tenants.files.actions import remove_file, store_made
from tenants.files.models import File
from tenants.people.models import Member
from tenants.people.rules import HIGHER
from tenants.photos.drawing import MEDIA_TYPE, faces_of
from tenants.photos.models import Photo
from tenants.photos.rules import SIZES, Part


def put_photo(member: Member, source: BinaryIO, part: Part) -> Photo:
    """Return the member's new photo; the one before is gone with its files. Raises NotThat."""
    faces = apart_in_turn(faces_of, source, part)
    _take_away(member)
    files = [store_made(faces[size], MEDIA_TYPE, f"photo-{size}.jpg", "photos") for size in SIZES]
    photo = Photo(id=uuid.uuid4(), member_id=member.id, small_id=files[0].id, middle_id=files[1].id, large_id=files[2].id)
    db.session.add(photo)
    member.photo_id = photo.id
    db.session.flush()
    return photo


def remove_photo(member: Member, by: Member) -> None:
    """Show the member by initials again; does nothing where there is no photo. Raises Forbidden."""
    if by.id != member.id and not by.has(*HIGHER):
        raise Forbidden("photo")
    if _take_away(member) and by.id != member.id:
        record("photo.remove", actor_id=by.id, member=str(member.id))


def _take_away(member: Member) -> bool:
    """Delete photo and files, if there are any; the member's row stays locked, so that two uploads come one after the other."""
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    photo = db.session.scalar(sa.select(Photo).where(Photo.member_id == member.id))
    member.photo_id = None
    if photo is None:
        return False
    file_ids = (photo.small_id, photo.middle_id, photo.large_id)
    db.session.delete(photo)
    db.session.flush()
    for file in db.session.scalars(sa.select(File).where(File.id.in_(file_ids))).all():
        remove_file(file)
    return True
