"""Letters of the platform: written and sealed with the act that causes them, sent by a job."""

from __future__ import annotations

from typing import Any

from core import queue
from core.db import db
from core.mail.compose import compose, platform_sender
from core.mail.models import Letter


def write_letter(recipient: str, kind: str, language: str, **values: Any) -> Letter:
    """Return the sealed letter to `recipient`, queued with this transaction. Use it in the platform's frame."""
    mail = compose(kind, language, platform_sender(), **values)
    letter = Letter(kind=kind, language=language, recipient=recipient, subject=mail.subject, body_text=mail.text,
                    body_html=mail.html)  # fmt: skip
    db.session.add(letter)
    db.session.flush()
    queue.later("mail.send_platform", letter_id=letter.id, priority=1)
    return letter
