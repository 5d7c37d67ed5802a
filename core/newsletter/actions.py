"""Subscribe, confirm, leave, stay: each is written into the subscriber's log."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core import clock
from core.accounts.rules import clean_email, clean_name
from core.db import db
from core.errors import Gone
from core.mail.actions import write_letter
from core.newsletter import queries
from core.newsletter.models import Delivery, Subscriber, SubscriberEvent
from core.tokens import hash_of, new_token
from core.urls import platform_url

CONFIRM_LASTS = timedelta(days=7)
LEFT_KEPT = timedelta(days=30)
LOG_KEPT = timedelta(days=3 * 365)
QUIET_KEPT = timedelta(days=365)


def subscribe(email: str, first_name: str, language: str) -> None:
    """Mail a link that confirms the wish; nothing else is mailed before. Who is on the list gets a mail that says so."""
    email = clean_email(email)
    row = queries.by_email(email) or _made(email, first_name, language) or queries.by_email(email)
    assert row is not None
    if row.state == "active":
        write_letter(email, "newsletter_known", row.language, name=row.first_name or "", leave_url=leave_url(row))
        return
    row.state, row.asked_at, row.left_at, row.language = "asked", clock.now(), None, language
    row.first_name = clean_name(first_name) or row.first_name
    note(row, "asked", "page")
    write_letter(email, "newsletter_confirm", row.language, name=row.first_name or "", url=_url("confirm", row), days=CONFIRM_LASTS.days)


def _made(email: str, first_name: str, language: str) -> Subscriber | None:
    token = new_token()
    row = Subscriber(email=email, first_name=clean_name(first_name) or None, token=token, token_hash=hash_of(token), language=language)
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return None
    return row


def confirm(token: str) -> Subscriber:
    """Put the link's address on the list. Raises Gone for a link that is older than a week or of somebody who left."""
    row = to_confirm(token)
    if row.state == "asked":
        row.state, row.confirmed_at = "active", clock.now()
        note(row, "confirmed", "link")
    return row


def to_confirm(token: str) -> Subscriber:
    """Return whose link this is, while it works. Raises Gone."""
    row = queries.by_token(token)
    if row is None or row.state not in ("asked", "active") or (row.state == "asked" and row.asked_at < clock.now() - CONFIRM_LASTS):
        raise Gone("link")
    return row


def leave(row: Subscriber, way: str, actor_id: UUID | None = None) -> bool:
    """Take somebody off the list at once; return whether they were on it. `way`: link, one-click, mail or operator."""
    if row.state not in ("asked", "active"):
        return False
    row.state, row.left_at = "left", clock.now()
    note(row, "left", way, actor_id)
    return True


def stay(row: Subscriber) -> bool:
    """Put somebody who has just left back; return whether they are on the list now."""
    if row.state == "left" and row.confirmed_at is not None:
        row.state, row.left_at = "active", None
        note(row, "stayed", "link")
    return row.state == "active"


def bounced(row: Subscriber) -> None:
    """Mail to this address came back for good: send no more."""
    if row.state == "active":
        row.state, row.left_at = "bounced", clock.now()
        note(row, "bounced", "mail")


def note(row: Subscriber, act: str, way: str, actor_id: UUID | None = None) -> None:
    """Write into the subscriber's log what happened."""
    db.session.add(SubscriberEvent(subscriber_id=row.id, act=act, way=way, actor_id=actor_id))
    db.session.flush()


def leave_url(row: Subscriber) -> str:
    """Return the address at which one click takes this subscriber off the list."""
    return _url("leave", row)


def _url(verb: str, row: Subscriber) -> str:
    return platform_url(f"/newsletter/{verb}/{row.token}")


def sweep() -> int:
    """Delete who never confirmed and who left 30 days ago; return how many."""
    now = clock.now()
    unconfirmed = sa.and_(Subscriber.state == "asked", Subscriber.asked_at < now - CONFIRM_LASTS)
    gone = sa.and_(Subscriber.state.in_(("left", "bounced")), Subscriber.left_at < now - LEFT_KEPT)
    return len(db.session.execute(sa.delete(Subscriber).where(sa.or_(unconfirmed, gone)).returning(Subscriber.id)).all())


def sweep_quiet() -> int:
    """Delete addresses that nothing was sent to for twelve months: there is nothing to keep them for. Return how many."""
    old = clock.now() - QUIET_KEPT
    sent = sa.exists().where(Delivery.subscriber_id == Subscriber.id, Delivery.at > old)
    quiet = sa.delete(Subscriber).where(Subscriber.state == "active", Subscriber.confirmed_at < old, ~sent)
    return len(db.session.execute(quiet.returning(Subscriber.id).execution_options(synchronize_session=False)).all())


def sweep_events() -> int:
    """Delete what the log holds longer than three years; return how much."""
    old = sa.delete(SubscriberEvent).where(SubscriberEvent.at < clock.now() - LOG_KEPT)
    return len(db.session.execute(old.returning(SubscriberEvent.id)).all())
