"""Answers by mail in real rooms of the chat: the same rules as on the page, said once, told to who listens."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from core import clock
from core.db import CORE, db
from jobs.inbox import read_inbox
from jobs.perform import drain
from tenants.chat.models import Message
from tenants.chat.rules import MAX_BODY
from tenants.mail.actions import write_letter
from tenants.mail.models import Letter
from tests.cast import Cast
from tests.chat.talking import Talk, leave_course, say, write_talk
from tests.mail import samples
from tests.mail.dovecot import Dovecot
from tests.outbox.post import PostOffice

VALUES = {"name": "Sanne", "title": "Injecteren", "when": "vrijdag", "url": "https://x.example/", "where": ""}


@pytest.fixture
def talk(cast: Cast) -> Talk:
    """Have a course with rooms."""
    return write_talk(cast)


def reply_address(cast: Cast, office: PostOffice, room: UUID, who: str = "participant") -> str:
    """Send somebody a letter about a room and return the address that its answer goes to."""
    with db.scope(cast.academy.scope, commit=True):
        write_letter(cast.email(who), "session_seat", "en", reply_room=room, member_id=cast.ids[who], **VALUES)
    while drain():
        pass
    return str(office.taken[-1]["Reply-To"])


def receive(mailbox: Dovecot, *mails: bytes) -> None:
    """Put mails into the mailbox and read it."""
    mailbox.put(*mails)
    with db.scope(CORE, commit=True):
        read_inbox()


def said(cast: Cast, room: UUID) -> list[tuple[int, str, UUID | None]]:
    """Return what was said in a room."""
    with db.scope(cast.academy.scope):
        rows = db.session.scalars(sa.select(Message).where(Message.room_id == room).order_by(Message.number))
        return [(row.number, row.body or "", row.sender_id) for row in rows]


def reasons(cast: Cast) -> int:
    """Return how many letters said that an answer was not placed."""
    with db.scope(cast.academy.scope):
        return db.session.scalar(sa.select(sa.func.count()).select_from(Letter).where(Letter.kind == "answer_refused")) or 0


def test_an_answer_is_said_once_in_its_room_by_who_wrote_it(cast: Cast, office: PostOffice, mailbox: Dovecot, talk: Talk) -> None:
    say(cast, "trainer", talk.question, "How far are you?")
    mail = samples.answer(cast.email("participant"), reply_address(cast, office, talk.question), "Nearly done.\n\n> How far are you?")
    receive(mailbox, mail, mail)
    with db.scope(CORE, commit=True):
        db.session.execute(sa.text("DELETE FROM core.taken_mails"))
    receive(mailbox, mail)
    assert [(number, words, who) for number, words, who in said(cast, talk.question)] == [
        (1, "How far are you?", cast.ids["trainer"]), (2, "Nearly done.", cast.ids["participant"])]  # fmt: skip
    assert reasons(cast) == 0 and mailbox.subjects() == []


def test_who_has_left_the_course_says_nothing_there(cast: Cast, office: PostOffice, mailbox: Dovecot, talk: Talk) -> None:
    to = reply_address(cast, office, talk.room)
    leave_course(cast, "participant", talk.course)
    receive(mailbox, samples.answer(cast.email("participant"), to, "Still there?"))
    assert said(cast, talk.room) == [] and reasons(cast) == 1


def test_the_room_of_two_is_closed_to_a_third(cast: Cast, office: PostOffice, mailbox: Dovecot, talk: Talk) -> None:
    """An address made for somebody who never was in the room opens it no more than the page does."""
    to = reply_address(cast, office, talk.direct, "trainer")
    receive(mailbox, samples.answer(cast.email("trainer"), to, "What do you two say?"))
    assert said(cast, talk.direct) == [] and reasons(cast) == 1


def test_one_persons_address_is_no_use_to_another(cast: Cast, office: PostOffice, mailbox: Dovecot, talk: Talk) -> None:
    to = reply_address(cast, office, talk.room)
    receive(mailbox, samples.answer(cast.email("second"), to, "I am Sanne."))
    assert said(cast, talk.room) == [] and reasons(cast) == 1


def test_a_message_too_long_is_told_and_not_cut(cast: Cast, office: PostOffice, mailbox: Dovecot, talk: Talk) -> None:
    to = reply_address(cast, office, talk.question)
    receive(mailbox, samples.answer(cast.email("participant"), to, "word " * (MAX_BODY // 4)))
    assert said(cast, talk.question) == [] and reasons(cast) == 1


def test_a_flood_by_mail_waits_and_loses_nothing(cast: Cast, office: PostOffice, mailbox: Dovecot, talk: Talk) -> None:
    from datetime import timedelta

    to = reply_address(cast, office, talk.question)
    mails = [samples.answer(cast.email("participant"), to, f"Word {number}", f"<{number}@x>", Subject=f"{number}") for number in range(60)]
    receive(mailbox, *mails)
    first = len(said(cast, talk.question))
    assert 0 < first < 60 and len(mailbox.subjects()) == 60 - first
    for minutes in range(2, 8, 2):
        with clock.shifted(timedelta(minutes=minutes)):
            receive(mailbox)
    assert sorted(words for _, words, _ in said(cast, talk.question)) == sorted(f"Word {number}" for number in range(60))
    assert mailbox.subjects() == [] and reasons(cast) == 0
