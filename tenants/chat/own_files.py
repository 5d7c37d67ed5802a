"""Files that somebody sent in messages belong to what they take along."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.db import db
from tenants.chat.attachment_models import Attachment
from tenants.learning.own_work import adds_own, stamp
from tenants.people.models import Member


@adds_own
def files_sent(member: Member) -> dict[str, Any]:
    """Return {message_files: [...], files: [{path, id}]} of what the member sent, the oldest first."""
    rows = list(db.session.scalars(sa.select(Attachment).where(Attachment.member_id == member.id).order_by(Attachment.made_at, Attachment.place)))
    if not rows:
        return {}
    told = [{"message": str(row.message_id), "kind": row.kind, "name": row.file.name, "sent_at": stamp(row.made_at), "path": _path(row)} for row in rows]
    return {"message_files": told, "files": [{"id": str(row.file_id), "path": _path(row)} for row in rows]}


def _path(row: Attachment) -> str:
    return f"messages/{row.id.hex[-6:]}-{row.file.name}"
