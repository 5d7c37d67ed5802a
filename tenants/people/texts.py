"""The academy's own words in its mail: written once by a manager, changed per invitation by who invites."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import Forbidden
from tenants.audit.actions import record
from tenants.people import rules
from tenants.people.models import Member, OwnText

INVITATION: Final = "invitation"


def invitation_text() -> str | None:
    """Return the words that invitations carry unless somebody changes them, or None."""
    row = _row()
    return row.text or None if row is not None else None


def keep_invitation_text(text: str, by: Member) -> None:
    """Keep the words for coming invitations; none when they are empty. Raises Forbidden."""
    if not rules.may_see_people(by.roles):
        raise Forbidden("roles")
    row = _row() or OwnText(kind=INVITATION)
    row.text, row.changed_at = rules.clean_note(text) or "", clock.now()
    db.session.add(row)
    db.session.flush()
    record("people.text", actor_id=by.id)


def _row() -> OwnText | None:
    return db.session.scalar(sa.select(OwnText).where(OwnText.kind == INVITATION))
