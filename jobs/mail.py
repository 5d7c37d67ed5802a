"""Sends letters. At least once; a resend carries the same Message-ID, so that a mail program shows one."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.academies.models import Academy
from core.config import config
from core.db import db
from core.errors import Refused
from core.mail.compose import platform_sender
from core.mail.models import Letter as PlatformLetter
from core.mail.smtp import final_refusal, message, send
from jobs.registry import every
from tenants.mail.actions import sender
from tenants.mail.bounces import record_bounce, record_taken
from tenants.mail.models import Letter

KEPT = timedelta(days=35)
# The pause between two tries grows to an hour: four days of a mail server that is away.
TRIES = 100


@queue.job("mail.send", tries=TRIES)
def send_letter(letter_id: str) -> None:
    """Send one letter of the academy; without SMTP it stays for /_dev/mail. Refused for good, that is kept with it."""
    letter = db.session.get(Letter, UUID(letter_id))
    if letter is None or letter.bounced_at is not None or not _waits(letter):
        return
    refusal = _refusal(letter, sender().name)
    if refusal is None:
        record_taken(letter)
    else:
        record_bounce(letter.id, refusal)


@queue.job("mail.send_platform", scope="core", tries=TRIES)
def send_platform_letter(letter_id: str) -> None:
    """Send one letter of the platform."""
    letter = db.session.get(PlatformLetter, UUID(letter_id))
    if letter is None or not _waits(letter):
        return
    if _refusal(letter, platform_sender().name) is not None:
        raise queue.GiveUp("there is no such mailbox")
    letter.sent_at = clock.now()


def _waits(letter: Letter | PlatformLetter) -> bool:
    return letter.sent_at is None and config().smtp_url is not None


def _refusal(letter: Letter | PlatformLetter, name: str) -> str | None:
    """Send the letter; return the code of a refusal for good, or None when it was taken. Raises what may be tried again.

    No transaction is open while the mail server thinks.
    """
    try:
        mail = message(letter.id, name, letter.recipient or "", letter.subject or "", letter.body_text or "",
                       letter.body_html or "", getattr(letter, "calendar", None))  # fmt: skip
    except Refused as error:
        raise queue.GiveUp("not a mail") from error
    db.release()
    try:
        send(mail)
    except SMTPException as error:
        refusal = final_refusal(error)
        if refusal is None:
            raise
        return refusal
    return None


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
