"""Sends letters. At least once; a resend carries the same Message-ID, so that a mail program shows one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.config import config
from core.db import db
from core.mail.compose import platform_sender
from core.mail.models import Letter as PlatformLetter
from core.mail.smtp import message, send
from jobs.registry import every
from tenants.mail.actions import sender
from tenants.mail.models import Letter

KEPT = timedelta(days=35)


@queue.job("mail.send")
def send_letter(letter_id: str) -> None:
    """Send one letter of the academy; without SMTP it stays for /_dev/mail."""
    letter = db.session.get(Letter, UUID(letter_id))
    if letter is not None:
        _send(letter, sender().name)


@queue.job("mail.send_platform", scope="core")
def send_platform_letter(letter_id: str) -> None:
    """Send one letter of the platform."""
    letter = db.session.get(PlatformLetter, UUID(letter_id))
    if letter is not None:
        _send(letter, platform_sender().name)


def _send(letter: Letter | PlatformLetter, name: str) -> None:
    if letter.sent_at is not None or config().smtp_url is None:
        return
    send(message(letter.id, name, letter.recipient or "", letter.subject or "", letter.body_text or "",
                 letter.body_html or ""))  # fmt: skip
    letter.sent_at = clock.now()


@queue.job("mail.sweep", scope="core")
def sweep() -> None:
    """Delete letters of the platform 35 days after they were sent."""
    db.session.execute(sa.delete(PlatformLetter).where(PlatformLetter.made_at < clock.now() - KEPT))


every(timedelta(hours=6), "mail.sweep")
