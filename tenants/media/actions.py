"""Verbs on the library: rename, describe, delete what nothing shows, bring back. They flush; the edge commits."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import Refused
from tenants.audit.models import Event
from tenants.files.actions import remove_file
from tenants.files.models import File
from tenants.media import uses
from tenants.media.rules import MAX_ALT, renamed
from tenants.people.models import Member

KEPT_DAYS = 30


class InUse(Refused):
    """Something shows the file, so it cannot be deleted."""


def describe(file: File, name: str, alt: str | None = None) -> None:
    """Change the name, and what an image shows; blocks that show it already keep their own words."""
    file.name = renamed(file.name or "", name)
    if alt is not None and file.kind == "image":
        file.alt = alt.strip()[:MAX_ALT]
    db.session.flush()


def delete(file: File, by: Member) -> None:
    """Take the file, locked, out of the library for 30 days, then for good. Raises InUse."""
    if db.session.scalar(sa.select(uses.is_used()).where(File.id == file.id)):
        raise InUse("file in use")
    file.deleted_at = clock.now()
    db.session.add(Event(actor_id=by.id, act="media.delete", facts={"file": str(file.id)}))
    db.session.flush()


def restore(file: File, by: Member) -> None:
    """Bring a deleted file back."""
    file.deleted_at = None
    db.session.add(Event(actor_id=by.id, act="media.restore", facts={"file": str(file.id)}))
    db.session.flush()


def sweep() -> int:
    """Delete for good what was deleted 30 days ago and nothing shows; return how many."""
    old = sa.select(File).where(File.deleted_at <= clock.now() - timedelta(days=KEPT_DAYS), sa.not_(uses.is_used()))
    gone = list(db.session.scalars(old.with_for_update(skip_locked=True, of=File)))
    for file in gone:
        parts = [part for part in (file.source_id, file.poster_id) if part]
        remove_file(file)
        for part in db.session.scalars(sa.select(File).where(File.id.in_(parts))).all():
            remove_file(part)
    return len(gone)
