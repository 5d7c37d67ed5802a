"""Letters of an academy: written and sealed with the act that causes them, sent by a job."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core import queue
from core.db import db
from core.mail.actions import urgency
from core.mail.compose import Sender, compose, one_address
from core.wording import Wording
from tenants.mail.models import Letter


def write_letter(recipient: str, kind: str, language: str, **values: Any) -> Letter:
    """Return the sealed letter to `recipient`, queued with this transaction. Raises BadHeader.

    Use it in the academy's frame.
    """
    return write_with_calendar(recipient, kind, language, None, **values)


def write_with_calendar(recipient: str, kind: str, language: str, calendar: str | None, **values: Any) -> Letter:
    """Return a letter that carries an iCalendar invitation too. Raises BadHeader."""
    mail = compose(kind, language, sender(), **values)
    letter = Letter(kind=kind, language=language, recipient=one_address(recipient), subject=mail.subject,
                    body_text=mail.text, body_html=mail.html, calendar=calendar)  # fmt: skip
    db.session.add(letter)
    db.session.flush()
    queue.later("mail.send", letter_id=letter.id, priority=urgency(kind))
    return letter


def sender() -> Sender:
    """Return the academy's name and colour and how it speaks, which core tells the asking role."""
    row = db.session.execute(sa.text("SELECT name, colour, wording FROM local.own_academy(), local.own_wording()")).one()
    return Sender(row.name, row.colour, Wording.of(row.wording))
