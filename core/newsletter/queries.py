"""Reads of the newsletter's list and editions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from core.accounts.rules import clean_email
from core.db import db
from core.errors import NotFound
from core.newsletter.models import STATES, Delivery, Edition, Subscriber, SubscriberEvent
from core.paging import PER_PAGE, Page, page_of
from core.sealed import matches
from core.tokens import hash_of, is_token


def by_email(email: str) -> Subscriber | None:
    """Return who has this address, or None."""
    return db.session.scalar(sa.select(Subscriber).where(matches(Subscriber, "email", clean_email(email))))


def by_token(token: str) -> Subscriber | None:
    """Return whose link this is, or None."""
    return db.session.scalar(sa.select(Subscriber).where(Subscriber.token_hash == hash_of(token))) if is_token(token) else None


def subscriber(subscriber_id: UUID) -> Subscriber:
    """Return a subscriber. Raises NotFound."""
    row = db.session.get(Subscriber, subscriber_id)
    if row is None:
        raise NotFound("no such subscriber")
    return row


def subscribers(state: str | None, email: str, number: int) -> Page[Subscriber]:
    """Return a page of the list, newest first; an address is found whole only, for it is encrypted."""
    wanted = sa.select(Subscriber)
    if state in STATES:
        wanted = wanted.where(Subscriber.state == state)
    if email:
        wanted = wanted.where(matches(Subscriber, "email", clean_email(email)))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
    number, start = page_of(total, number)
    rows = db.session.scalars(wanted.order_by(Subscriber.made_at.desc(), Subscriber.id).offset(start).limit(PER_PAGE)).all()
    return Page(rows, total, number)


def count_by_state() -> dict[str, int]:
    """Return how many addresses are in each state."""
    found = db.session.execute(sa.select(Subscriber.state, sa.func.count()).group_by(Subscriber.state))
    return dict.fromkeys(STATES, 0) | {state: count for state, count in found}


def log_of(row: Subscriber) -> Sequence[SubscriberEvent]:
    """Return what happened to a subscription, newest first."""
    wanted = sa.select(SubscriberEvent).where(SubscriberEvent.subscriber_id == row.id)
    return db.session.scalars(wanted.order_by(SubscriberEvent.at.desc(), SubscriberEvent.id.desc())).all()


def editions() -> Sequence[Edition]:
    """Return all newsletters, newest first."""
    return db.session.scalars(sa.select(Edition).order_by(Edition.made_at.desc())).all()


def edition(edition_id: UUID, lock: bool = False) -> Edition:
    """Return a newsletter. Raises NotFound."""
    row = db.session.get(Edition, edition_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("no such newsletter")
    return row


def written(*editions: UUID) -> dict[UUID, int]:
    """Return to how many a letter of each of these newsletters was written. One statement."""
    found = sa.select(Delivery.edition_id, sa.func.count()).where(Delivery.edition_id.in_(editions)).group_by(Delivery.edition_id)
    return dict.fromkeys(editions, 0) | {edition_id: count for edition_id, count in db.session.execute(found)}


def left_since(row: Edition) -> int:
    """Return how many of those who got this newsletter have left since."""
    left = sa.select(sa.func.count()).select_from(Delivery).join(Subscriber, Subscriber.id == Delivery.subscriber_id)
    return db.session.scalar(left.where(Delivery.edition_id == row.id, Subscriber.left_at >= Delivery.at)) or 0
