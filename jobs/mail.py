"""Sends letters. At least once; a resend carries the same Message-ID, so that a mail program shows one."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.academies.models import Academy
from core.config import config
from core.db import CORE, db
from core.errors import Refused
from core.mail.actions import urgency
from core.mail.addresses import reply_address, return_address, takes_answers
from core.mail.allowance import take_place
from core.mail.bounces import record_bounce as record_platform_bounce
from core.mail.compose import platform_sender
from core.mail.models import Letter as PlatformLetter
from core.mail.smtp import Ways, final_refusal, message, send
from jobs.registry import every
from tenants.mail.actions import sender
from tenants.mail.bounces import record_bounce, record_taken
from tenants.mail.models import Letter

KEPT = timedelta(days=35)
# The pause between two tries grows to an hour: four days of a mail server that is away.
TRIES = 100


@queue.job("mail.send", tries=TRIES)
def send_letter(letter_id: str) -> None:
    """Send one letter of the academy, or queue it for when it may go; without SMTP it stays for /_dev/mail. Refused for
    good, that is kept with it."""
    letter = db.session.get(Letter, UUID(letter_id))
    if letter is None or letter.bounced_at is not None or not _waits(letter) or _stands_back(letter):
        return
    refusal = _refusal(letter, sender().name, ways_of(letter))
    if refusal is None:
        record_taken(letter)
    else:
        record_bounce(letter.id, refusal)


@queue.job("mail.send_platform", scope="core", tries=TRIES)
def send_platform_letter(letter_id: str) -> None:
    """Send one letter of the platform."""
    letter = db.session.get(PlatformLetter, UUID(letter_id))
    if letter is None or letter.bounced_at is not None or not _waits(letter):
        return
    ways = Ways(letter.unsubscribe, letter.thread, return_path=return_address(None, letter.id))
    refusal = _refusal(letter, platform_sender().name, ways)
    if refusal is None:
        letter.sent_at = clock.now()
    else:
        record_platform_bounce(letter, refusal)


def ways_of(letter: Letter) -> Ways:
    """Return what the headers of an academy's letter say of ending, answering and returning it."""
    number = db.current().number
    assert number is not None, "only inside an academy"
    reply_to = None
    if letter.reply_room is not None and letter.member_id is not None and takes_answers():
        reply_to = reply_address(number, letter.id, letter.member_id, letter.reply_room, letter.made_at)
    return Ways(letter.unsubscribe, letter.thread, reply_to, return_address(number, letter.id), number,
                is_answer=letter.kind == "answer_refused")  # fmt: skip


def _stands_back(letter: Letter) -> bool:
    """Return whether the academy has sent as much as it may for now: then the letter is queued for when its turn is.

    It takes its place once, however often sending is tried; what somebody waits for takes none.
    """
    number, rank = db.current().number, urgency(letter.kind)
    if letter.placed_at is not None or rank == 1 or number is None:
        return False
    with db.aside(CORE):
        due = take_place(number)
    letter.placed_at = clock.now()
    if due is not None:
        queue.later("mail.send", due=due, priority=rank, letter_id=letter.id)
    return due is not None


def _waits(letter: Letter | PlatformLetter) -> bool:
    return letter.sent_at is None and config().smtp_url is not None


def _refusal(letter: Letter | PlatformLetter, name: str, ways: Ways) -> str | None:
    """Send the letter; return the code of a refusal for good, or None when it was taken. Raises what may be tried again.

    No transaction is open while the mail server thinks.
    """
    try:
        mail = message(letter.id, name, letter.recipient or "", letter.subject or "", letter.body_text or "",
                       letter.body_html or "", getattr(letter, "calendar", None), ways)  # fmt: skip
    except Refused as error:
        raise queue.GiveUp("not a mail") from error
    db.release()
    try:
        send(mail, ways.return_path)
    except SMTPException as error:
        refusal = final_refusal(error)
        if refusal is None:
            raise
        return refusal
    return None


@queue.job("mail.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the sweep of old letters for each academy; the platform's own go by core/privacy."""
    living = sa.select(Academy.number).where(Academy.state.in_(("active", "suspended", "closing")))
    for number in db.session.scalars(living):
        queue.later("mail.sweep", number=number, once="mail.sweep", priority=9)


@queue.job("mail.sweep")
def sweep() -> None:
    """Delete old letters of the academy."""
    db.session.execute(sa.delete(Letter).where(Letter.made_at < clock.now() - KEPT))


every(timedelta(days=1), "mail.sweep_all")
