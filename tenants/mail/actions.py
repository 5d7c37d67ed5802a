"""Letters of an academy: written and sealed with the act that causes them, sent by a job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.db import db
from core.mail.actions import urgency
from core.mail.compose import Sender, compose, one_address
from core.mail.smtp import checked_thread, one_url
from core.wording import Wording
from tenants.mail.models import Letter


def write_letter(
    recipient: str, kind: str, language: str, *, calendar: str | None = None, unsubscribe: str | None = None,
    thread: str | None = None, reply_room: UUID | None = None, member_id: UUID | None = None, **values: Any,
) -> Letter:  # fmt: skip
    """Return the sealed letter to `recipient`, queued with this transaction. Raises BadHeader.

    `calendar` is an iCalendar invitation that it carries; `unsubscribe` an address that ends mails of this sort with one POST,
    for every letter that somebody may do without; `thread` ("room.<id>", "handin.<id>", "course.<id>") names what it is
    about, so that mails about one thing stand together; with `reply_room` an answer by mail of `member_id` goes there.
    Use it in the academy's frame.
    """
    mail = compose(kind, language, sender(), unsubscribe, **values)
    letter = Letter(
        kind=kind, language=language, recipient=one_address(recipient), subject=mail.subject, body_text=mail.text,
        body_html=mail.html, calendar=calendar, unsubscribe=unsubscribe and one_url(unsubscribe),
        thread=thread and checked_thread(thread), reply_room=reply_room, member_id=member_id,
    )  # fmt: skip
    db.session.add(letter)
    db.session.flush()
    queue.later("mail.send", letter_id=letter.id, priority=urgency(kind))
    return letter


def sender() -> Sender:
    """Return the academy's name and colour and how it speaks, which core tells the asking role."""
    row = db.session.execute(sa.text("SELECT name, colour, wording FROM local.own_academy(), local.own_wording()")).one()
    return Sender(row.name, row.colour, Wording.of(row.wording))
