"""Sends letters. At least once; a resend carries the same Message-ID, so that a mail program shows one."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.academies.models import Academy
from core.config import config
from core.db import db
from core.errors import Refused
from core.mail.compose import platform_sender
from core.mail.models import Letter as PlatformLetter
from core.mail.smtp import message, send
from jobs.registry import every
from tenants.mail.actions import sender
from tenants.mail.models import Letter

KEPT = timedelta(days=35)
# The pause between two tries grows to an hour: four days of a mail server that is away.
TRIES = 100


@queue.job("mail.send", tries=TRIES)
def send_letter(letter_id: str) -> None:
    """Send one letter of the academy; without SMTP it stays for /_dev/mail."""
    letter = db.session.get(Letter, UUID(letter_id))
    if letter is not None:
        _send(letter, sender().name)


@queue.job("mail.send_platform", scope="core", tries=TRIES)
def send_platform_letter(letter_id: str) -> None:
    """Send one letter of the platform."""
    letter = db.session.get(PlatformLetter, UUID(letter_id))
    if letter is not None:
        _send(letter, platform_sender().name)


def _send(letter: Letter | PlatformLetter, name: str) -> None:
    """Send the letter unless it was sent; no transaction is open while the mail server thinks."""
    if letter.sent_at is not None or config().smtp_url is None:
        return
    try:
        mail = message(letter.id, name, letter.recipient or "", letter.subject or "", letter.body_text or "",
                       letter.body_html or "", getattr(letter, "calendar", None))  # fmt: skip
    except Refused as error:
        raise queue.GiveUp("not a mail") from error
    db.release()
    try:
        send(mail)
    except SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _ in error.recipients.values()):
            raise queue.GiveUp("there is no such mailbox") from None
        raise
    letter.sent_at = clock.now()


@queue.job("mail.sweep_all", scope="core")
def sweep_all() -> None:
    """Delete old letters of the platform, and queue the same for each academy."""
    _sweep(PlatformLetter)
    living = sa.select(Academy.number).where(Academy.state.in_(("active", "suspended", "closing")))
    for number in db.session.scalars(living):
        queue.later("mail.sweep", number=number, once="mail.sweep", priority=9)


@queue.job("mail.sweep")
def sweep() -> None:
    """Delete old letters of the academy."""
    _sweep(Letter)


def _sweep(letters: type[Letter] | type[PlatformLetter]) -> None:
    """Delete what was written more than 35 days ago."""
    db.session.execute(sa.delete(letters).where(letters.made_at < clock.now() - KEPT))


every(timedelta(days=1), "mail.sweep_all")
