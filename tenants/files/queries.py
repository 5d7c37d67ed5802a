"""Reads of files that pages of several features share."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.files.models import File


def unready(ids: Iterable[str | None]) -> dict[str, File]:
    """Return which of these files are not playable, by id; no statement where no id is given."""
    wanted = [UUID(one) for one in ids if one]
    found = db.session.scalars(sa.select(File).where(File.id.in_(wanted), File.state != "ready")) if wanted else ()
    return {str(file.id): file for file in found}


def poster_of(file: File) -> File | None:
    """Return the still of a film, if one was made."""
    return db.session.get(File, file.poster_id) if file.poster_id else None
