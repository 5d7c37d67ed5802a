"""Mail that came back, noted at the invitation that it carried and at the member whose address it is."""

from __future__ import annotations

import sqlalchemy as sa

from core.db import db
from tenants.mail.bounces import on_bounce, on_taken
from tenants.mail.models import Letter
from tenants.people import queries
from tenants.people.models import Invitation, Member


@on_bounce
def mark_bounce(letter: Letter) -> None:
    """Say at the invitation, or at the member with this address, that mail came back and why."""
    carried = db.session.scalars(sa.select(Invitation).where(Invitation.letter_id == letter.id)).one_or_none()
    for one in (carried, queries.member_by_email(letter.recipient or "")):
        if one is not None:
            one.bounced_at, one.bounce_code = letter.bounced_at, letter.bounce_code


@on_taken
def clear_bounce(letter: Letter) -> None:
    """Mail to this address arrives again."""
    member = queries.member_by_email(letter.recipient or "")
    if member is not None and member.bounced_at is not None and member.bounced_at < letter.made_at:
        forget_bounce(member)


def forget_bounce(member: Member) -> None:
    """Forget that mail came back: it was about another address, or it arrives again."""
    member.bounced_at = member.bounce_code = None
