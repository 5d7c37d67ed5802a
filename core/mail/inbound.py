"""Mail that came in: dealt with once, and what nothing of ours knows is kept, sealed, for a person to read."""

from __future__ import annotations

import hmac
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, keystore, limits
from core.audit.actions import record
from core.crypto import framed
from core.db import db
from core.errors import TooMany
from core.mail.arrived import Arrived
from core.mail.models import InboundMail, TakenMail

KEPT_AFTER = timedelta(days=90)
KEPT_UNREAD = timedelta(days=365)
TAKEN_FOR = timedelta(days=90)
PAGE = 25
MOST_A_DAY = 20
NOBODY = "?"


def is_news(mail: Arrived, address: str = "") -> bool:
    """Note that this mail to this address is dealt with, and return whether it was not before.

    The note commits with what the mail caused. Two workers that read the same mail at once wait for one another here.
    Use it in the platform's frame.
    """
    said = framed((mail.mail_id or "").encode(), b"" if mail.mail_id else mail.raw, mail.sender.encode(), address.encode())
    digest = hmac.digest(keystore.open("core").subkey("taken mail"), said, "sha256")
    new = insert(TakenMail).values(digest=digest, taken_at=clock.now()).on_conflict_do_nothing().returning(TakenMail.digest)
    return db.session.execute(new).first() is not None


def keep_for_a_person(mail: Arrived, why: str) -> InboundMail | None:
    """Return the mail as an operator will read it; None for what one sender writes after twenty in a day: it is counted, and
    not kept. Use it in the platform's frame."""
    try:
        limits.spend([limits.Limit("kept mail", (mail.sender or NOBODY,), MOST_A_DAY, 24 * 3600)])
    except TooMany:
        return None
    kept = InboundMail(
        why=why, sender=mail.sender or NOBODY, sender_name=mail.sender_name, subject=mail.subject, body=mail.text,
        mail_id=mail.mail_id or None, attachments=mail.attachments, is_cut=mail.is_cut,
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    record("mail.arrived", mail=str(kept.id), why=why)
    return kept


def mails(is_handled: bool, page: int = 1) -> tuple[list[InboundMail], int]:
    """Return one page of mails that wait (the oldest first) or are handled (the latest first), and how many there are."""
    handled = InboundMail.handled_at.is_not(None) if is_handled else InboundMail.handled_at.is_(None)
    order = InboundMail.handled_at.desc() if is_handled else InboundMail.arrived_at
    query = sa.select(InboundMail).where(handled).order_by(order, InboundMail.id).limit(PAGE).offset((max(1, page) - 1) * PAGE)
    return list(db.session.scalars(query)), waiting_count() if not is_handled else _count(handled)


def waiting_count() -> int:
    """Return how many mails nobody has handled yet."""
    return _count(InboundMail.handled_at.is_(None))


def _count(condition: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(InboundMail).where(condition)) or 0


def handle(mail: InboundMail, by: UUID) -> None:
    """Note that an operator was done with it; 90 days later it goes."""
    if mail.handled_at is None:
        mail.handled_at, mail.handled_by = clock.now(), by
        record("mail.handled", actor_id=by, mail=str(mail.id))


def take_back(mail: InboundMail, by: UUID) -> None:
    """Put it among those that wait again."""
    if mail.handled_at is not None:
        mail.handled_at = mail.handled_by = None
        record("mail.reopened", actor_id=by, mail=str(mail.id))


def sweep() -> int:
    """Delete mails that were handled 90 days ago or came a year ago, and the notes of what was dealt with; return how many mails."""
    now = clock.now()
    db.session.execute(sa.delete(TakenMail).where(TakenMail.taken_at < now - TAKEN_FOR))
    over = sa.or_(InboundMail.handled_at < now - KEPT_AFTER, InboundMail.arrived_at < now - KEPT_UNREAD)
    return len(db.session.execute(sa.delete(InboundMail).where(over).returning(InboundMail.id)).all())
