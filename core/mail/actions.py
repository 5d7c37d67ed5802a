"""Letters of the platform: written and sealed with the act that causes them, sent by a job."""

from __future__ import annotations

from typing import Any

from core import queue
from core.db import db
from core.mail.compose import compose, one_address, platform_sender
from core.mail.models import Letter
from core.mail.smtp import checked_thread, one_url

# Somebody sits and waits for these; a hundred invitations may not delay them.
AWAITED = frozenset({"confirm_account", "reset_password", "change_email", "find_academy", "already_member",
                     "confirm_joining", "member_already", "newsletter_confirm", "demo_asked"})  # fmt: skip
# To thousands at once: everything else goes first.
BULK = frozenset({"newsletter"})


def write_letter(
    recipient: str, kind: str, language: str, *, unsubscribe: str | None = None, thread: str | None = None, **values: Any
) -> Letter:
    """Return the sealed letter to `recipient`, queued with this transaction. Raises BadHeader.

    `unsubscribe` is an address that ends such mails with one POST; `thread` ("news.<id>") names what it is about.
    Use it in the platform's frame.
    """
    mail = compose(kind, language, platform_sender(), unsubscribe, **values)
    letter = Letter(kind=kind, language=language, recipient=one_address(recipient), subject=mail.subject,
                    body_text=mail.text, body_html=mail.html, unsubscribe=unsubscribe and one_url(unsubscribe),
                    thread=thread and checked_thread(thread))  # fmt: skip
    db.session.add(letter)
    db.session.flush()
    queue.later("mail.send_platform", letter_id=letter.id, priority=urgency(kind))
    return letter


def urgency(kind: str) -> int:
    """Return the priority of sending a letter of this kind."""
    return 1 if kind in AWAITED else 8 if kind in BULK else 4
