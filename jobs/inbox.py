"""Reads the platform's mailbox each minute: answers go into their rooms, bounces to their letters, questions to whoever
knows them, and the rest to a person. Every mail is dealt with once, and taken out when that is committed."""

from __future__ import annotations

import time
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from core import queue
from core.academies.models import Academy
from core.config import config
from core.db import CORE, academy_scope, db
from core.errors import TooMany, place
from core.mail.addresses import Tag, tag_of
from core.mail.arrived import Arrived, read, unreadable
from core.mail.bounces import record_bounce as record_platform_bounce
from core.mail.inbound import is_news, keep_for_a_person
from core.mail.mailbox import Fetched, Mailbox, MailboxTrouble, opened
from core.mail.models import Letter as PlatformLetter
from core.mail.notices import Notice, notice_in
from core.mail.recognise import was_recognised
from core.outbox.models import Work
from jobs.registry import every
from tenants.chat import by_mail
from tenants.mail.bounces import record_bounce, record_delay
from tenants.people.answering import is_ours, refuse_answer, take_answer

TAKES_ANSWERS = by_mail  # the chat hears of answers in the process that reads them
LATER = "later"
BUDGET_S = 45
LIVING = ("active", "closing")
log = structlog.get_logger("kweek.inbox")


@queue.job("mail.read", scope="core", tries=3)
def read_inbox() -> None:
    """Deal with what lies in the mailbox, for at most 45 seconds; a mail server that is away is asked again next minute.

    No transaction is open while the mail server thinks.
    """
    url = config().imap_url
    if url is None:
        return
    db.release()
    until = time.monotonic() + BUDGET_S
    try:
        with opened(url) as mailbox:
            for uid in mailbox.uids():
                if time.monotonic() > until or not empty_one(mailbox, uid):
                    break
    except MailboxTrouble as trouble:
        log.warning("the mailbox cannot be read", error=str(trouble))


def empty_one(mailbox: Mailbox, uid: bytes) -> bool:
    """Deal with one mail and take it out; return False where the database is away: it stays for the next look."""
    fetched = mailbox.fetch(uid)
    if fetched is None:
        return True
    try:
        outcome = deal_with(fetched)
    except DBAPIError as error:
        log.warning("a mail waits", error=type(error).__name__)
        return False
    if outcome != LATER:
        mailbox.take_out(uid)
    log.info("mail dealt with", outcome=outcome)
    return True


def deal_with(fetched: Fetched) -> str:
    """Do what the mail asks and return in one word what that was; one that we cannot read waits for a person. Raises DBAPIError
    while the database is away."""
    try:
        return do_what_it_asks(read(fetched.raw, fetched.is_cut))
    except Exception as error:  # a mail must not stop the next ones
        raise_if_away(error)
        log.error("a mail cannot be read", error=type(error).__name__, at=place(error))
    mail = unreadable(fetched.raw)
    with db.scope(CORE, commit=True):
        if is_news(mail):
            keep_for_a_person(mail, "trouble")
    return "trouble"


def do_what_it_asks(mail: Arrived) -> str:
    """Hand the mail to whom it concerns and return in one word what became of it."""
    notice = notice_in(mail)
    if notice is not None:
        return note(notice, mail)
    tag = next((tag for tag in map(tag_of, mail.recipients) if tag), None)
    if mail.machine == "reply" or (tag is not None and mail.machine):
        return "machine"
    return ask_platform(mail) if tag is None else answer(tag, mail)


def answer(tag: Tag, mail: Arrived) -> str:
    """Take an answer to a letter of an academy. What people of an academy wrote goes nowhere else, whatever happens."""
    state = state_of(tag.number)
    if tag.kind != "r" or state not in (*LIVING, "suspended"):
        return "forged"
    try:
        with db.scope(academy_scope(tag.number), commit=True):
            if not is_ours(tag):
                return "forged"
            with db.aside(CORE):
                if not is_news(mail, tag.proof):
                    return "known"
            return take_answer(tag, mail) if state in LIVING else refuse_answer(tag, "paused")
    except TooMany:
        return LATER
    except Exception as error:  # a mail must not stop the next ones
        raise_if_away(error)
        log.error("an answer failed", error=type(error).__name__, at=place(error), number=tag.number)
    with db.scope(academy_scope(tag.number), commit=True):
        return refuse_answer(tag, "trouble")


def ask_platform(mail: Arrived) -> str:
    """Let those who know what a mail asks do it; what nobody knows waits for a person."""
    try:
        with db.scope(CORE, commit=True):
            if not is_news(mail):
                return "known"
            if not mail.machine and was_recognised(mail):
                return "recognised"
            return "kept" if keep_for_a_person(mail, "automatic" if mail.machine else "unclear") else "dropped"
    except Exception as error:  # a mail must not stop the next ones
        raise_if_away(error)
        log.error("a mail failed", error=type(error).__name__, at=place(error))
    with db.scope(CORE, commit=True):
        if is_news(mail):
            keep_for_a_person(mail, "trouble")
    return "kept"


def note(notice: Notice, mail: Arrived) -> str:
    """Note with its letter that it came back, or waits."""
    number = notice.number if notice.number is not None else number_of(notice)
    if number == 0:
        return note_platform(notice)
    if number is None or state_of(number) not in (*LIVING, "suspended"):
        return "unknown"
    with db.scope(academy_scope(number), commit=True):
        with db.aside(CORE):
            if not is_news(mail, "notice"):
                return "known"
        if notice.verdict == "delayed":
            return "delayed" if record_delay(notice.letter_id) else "unknown"
        return "bounced" if record_bounce(notice.letter_id, notice.code) else "unknown"


def note_platform(notice: Notice) -> str:
    """Note with a letter of the platform that it came back."""
    with db.scope(CORE, commit=True):
        letter = db.session.get(PlatformLetter, notice.letter_id)
        if letter is None or letter.bounced_at is not None or notice.verdict == "delayed":
            return "unknown" if letter is None else notice.verdict
        record_platform_bounce(letter, notice.code)
        return "bounced"


def number_of(notice: Notice) -> int | None:
    """Return whose letter this is where the notice names only the letter: the work of sending it says so for a week."""
    with db.scope(CORE):
        if db.session.get(PlatformLetter, notice.letter_id) is not None:
            return 0
        sent = sa.select(Work.number).where(Work.job == "mail.send", Work.args["letter_id"].astext == str(notice.letter_id))
        return db.session.scalars(sent.limit(1)).first()


def raise_if_away(error: Exception) -> None:
    """Raise `error` again if it says that the database is away, full or stopped: then the mail waits."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if isinstance(error, DBAPIError) and (not state or state.startswith(("08", "53", "57"))):
        raise error


def state_of(number: int) -> str | None:
    """Return the state of an academy, or None."""
    with db.scope(CORE):
        return db.session.scalar(sa.select(Academy.state).where(Academy.number == number))


every(timedelta(minutes=1), "mail.read")
