"""Write, plan and send a newsletter. Each subscriber gets it once, however often the job begins anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.accounts.models import Account
from core.audit.actions import record
from core.db import db
from core.errors import Refused
from core.mail.actions import write_letter
from core.mail.compose import Composed, compose, platform_sender
from core.newsletter import queries
from core.newsletter.actions import leave_url
from core.newsletter.models import Delivery, Edition, Subscriber
from core.newsletter.text import parts
from core.urls import platform_url

BATCH = 100


class ChangedMeanwhile(Refused):
    """Somebody else saved this newsletter after the page was opened."""


class NotWritten(Refused):
    """Neither language has both a subject and a text."""


def create(by: Account) -> Edition:
    """Return a new draft."""
    row = Edition(made_by=by.id)
    db.session.add(row)
    db.session.flush()
    return row


def save(row: Edition, words: dict[str, str], seen: datetime | None = None) -> None:
    """Keep what was written. Raises ChangedMeanwhile, Refused once it is being sent."""
    if row.state in ("sending", "sent"):
        raise Refused("news sent")
    if seen is not None and seen != row.changed_at:
        raise ChangedMeanwhile("changed meanwhile")
    for name in ("subject_nl", "body_nl", "subject_en", "body_en"):
        setattr(row, name, words.get(name, "").strip())
    row.changed_at = clock.now()
    if row.state == "planned" and not is_written(row):
        row.state, row.planned_at = "draft", None


def is_written(row: Edition) -> bool:
    """Return whether it can be sent: subject and text in one language at least."""
    return bool((row.subject_nl and row.body_nl) or (row.subject_en and row.body_en))


def plan(row: Edition, at: datetime, by: Account) -> None:
    """Send it at this moment. Raises NotWritten, Refused once it is being sent."""
    if row.state in ("sending", "sent"):
        raise Refused("news sent")
    if not is_written(row):
        raise NotWritten("not written")
    row.state, row.planned_at = "planned", at
    queue.later("newsletter.send", due=at, edition_id=row.id, priority=8)
    record("newsletter planned", actor_id=by.id, edition=str(row.id))


def unplan(row: Edition, by: Account) -> bool:
    """Make it a draft again; return whether that was in time."""
    if row.state != "planned":
        return row.state == "draft"
    row.state, row.planned_at = "draft", None
    record("newsletter withdrawn", actor_id=by.id, edition=str(row.id))
    return True


def remove(row: Edition) -> None:
    """Throw a draft away. Raises Refused for anything else."""
    if row.state != "draft":
        raise Refused("news no draft")
    db.session.delete(row)


def preview(row: Edition, language: str, name: str) -> Composed:
    """Return the mail as somebody of that name would get it; its link to leave leads to the page of the list."""
    return compose("newsletter", language, platform_sender(), platform_url("/newsletter"), **_values(row, language, name))


def send_test(row: Edition, to: Account, language: str) -> None:
    """Send it to the operator alone."""
    write_letter(to.email or "", "newsletter", language, unsubscribe=platform_url("/newsletter"), **_values(row, language, to.first_name or ""))


def _values(row: Edition, language: str, name: str) -> dict[str, Any]:
    subject, body = row.words(language)
    return {"subject": subject, "parts": parts(body), "name": name}


def send_batch(edition_id: UUID) -> bool:
    """Write the next letters; return whether more are to be written. What is not due (any more) sends nothing."""
    row = queries.edition(edition_id, lock=True)
    now = clock.now()
    if row.state == "planned" and row.planned_at is not None and row.planned_at <= now:
        row.state, row.begun_at = "sending", now
        row.audience = db.session.scalar(sa.select(sa.func.count()).where(*_audience(row))) or 0
    if row.state != "sending":
        return False
    had = sa.select(Delivery.subscriber_id).where(Delivery.edition_id == row.id)
    wanted = sa.select(Subscriber).where(*_audience(row), Subscriber.id.not_in(had)).order_by(Subscriber.id).limit(BATCH)
    people = db.session.scalars(wanted).all()
    for one in people:
        letter = write_letter(one.email or "", "newsletter", one.language, unsubscribe=leave_url(one), **_values(row, one.language, one.first_name or ""))
        db.session.add(Delivery(edition_id=row.id, subscriber_id=one.id, letter_id=letter.id))
    db.session.flush()
    if len(people) == BATCH:
        return True
    row.state, row.sent_at = "sent", clock.now()
    return False


def _audience(row: Edition) -> tuple[sa.ColumnElement[bool], ...]:
    return Subscriber.state == "active", Subscriber.confirmed_at <= (row.begun_at or clock.now())
