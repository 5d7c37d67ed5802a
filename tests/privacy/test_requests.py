"""Requests about data: by mail or by phone, with their clock and steps; nothing happens before it is sure who asks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.accounts.models import Account
from core.db import CORE, db
from core.mail.arrived import read
from core.mail.recognise import was_recognised
from core.privacy import erasing, requests
from core.privacy.models import PrivacyRequest
from core.privacy.rules import months_after
from jobs import registry
from tests.academies.signed import Person, person
from tests.doors import letters, new_account
from tests.privacy.people import everything


@pytest.fixture
def operator(app: HostedFlask) -> Person:
    """Return an operator, signed in; every reader of mail is there."""
    registry.load()
    return person(app, is_operator=True)


def write(sender: str, subject: str, words: str) -> bool:
    """Let a mail arrive; return whether somebody knew what it asks."""
    raw = f"From: Pia Bakker <{sender}>\r\nTo: post@localhost\r\nSubject: {subject}\r\nMessage-ID: <{uuid4()}@x.example>\r\n\r\n{words}\r\n"
    with db.scope(CORE, commit=True):
        return was_recognised(read(raw.encode()))


def of(sender: str) -> PrivacyRequest:
    with db.scope(CORE):
        return next(row for row in requests.waiting() if row.email == sender)


def step(operator: Person, row: PrivacyRequest, act: str, note: str = "Called the number in our books.") -> int:
    return operator.browser.post(f"/operator/privacy/requests/{row.id}/steps", data={"act": act, "note": note}).status_code


def test_a_mail_becomes_a_draft_is_answered_with_the_day_and_does_nothing(operator: Person) -> None:
    account = new_account(language="nl")
    sender = account.email or ""
    assert write(sender, "Vraag", "Hallo, verwijder alstublieft mijn account.\r\n\r\nOp di 1 dec. 2026 om 10:15 schreef Kweek <post@localhost>:\r\n> Veel nieuws")
    row = of(sender)
    with db.scope(CORE):
        row = db.session.get_one(PrivacyRequest, row.id)
        assert (row.kind, row.way, row.state, row.name) == ("delete", "mail", "draft", "Pia Bakker") and "Veel nieuws" not in (row.words or "")
        assert row.due_at == months_after(row.arrived_at, 1) or abs(row.due_at - months_after(row.arrived_at, 1)) < timedelta(seconds=5)
        assert erasing.planned(account.id) is None and db.session.get(Account, account.id) is not None
    (letter,) = letters(None, "request_came", sender)
    assert "Een mens bekijkt het" in letter[2] and "/find" in letter[2]
    page = operator.browser.get("/operator/privacy/requests").text
    assert sender in page and "Came by mail" in page


def test_other_mail_and_a_flood_go_to_a_person(operator: Person) -> None:
    sender = f"{uuid4().hex}@example.org"
    assert not write(sender, "Question", "How do I open a course?")
    assert [write(sender, "", "Please delete my account") for _ in range(6)] == [True] * 5 + [False]


def test_the_newsletter_keeps_its_own_mails(operator: Person) -> None:
    sender = f"{uuid4().hex}@example.org"
    assert write(sender, "", "Please remove my email address from your list")
    with db.scope(CORE):
        assert not [row for row in requests.waiting() if row.email == sender]


def test_nothing_is_answered_or_ended_before_it_is_sure_who_asks(operator: Person) -> None:
    account = new_account()
    write(account.email or "", "", "Please delete my account")
    row = of(account.email or "")
    assert step(operator, row, "answered") == 422
    assert operator.browser.post(f"/operator/privacy/requests/{row.id}/ending").status_code == 422
    assert step(operator, row, "verified", "") == 422, "how is written down"
    assert step(operator, row, "verified") == 303
    assert operator.browser.post(f"/operator/privacy/requests/{row.id}/ending").status_code == 303
    with db.scope(CORE):
        planned = erasing.planned(account.id)
        assert planned is not None and planned.why == "operator"
    assert len(letters(None, "account_erasure_planned", account.email)) == 1
    assert step(operator, row, "answered", "Your account ends in seven days.") == 303
    assert "Your account ends in seven days." in letters(None, "request_answered", account.email)[0][2]
    assert step(operator, row, "refused") == 422, "it was dealt with"
    page = operator.browser.get(f"/operator/privacy/requests/{row.id}").text
    assert "Called the number in our books." in page and "The end of the account was planned" in page


def test_one_by_phone_is_entered_extended_once_and_refused_with_a_reason(operator: Person) -> None:
    sender = f"{uuid4().hex}@example.org"
    bad = operator.browser.post("/operator/privacy/requests", data={"kind": "know", "email": "nobody", "name": "Pia", "words": "All of it", "language": "en"})
    assert bad.status_code == 422 and "All of it" in bad.text and "not a whole e-mail address" in bad.text
    form = {"kind": "know", "email": sender, "name": "Pia", "words": "All of it", "language": "en"}
    made = operator.browser.post("/operator/privacy/requests", data=form)
    row_id = UUID(made.location.split("/")[-1])
    row = of(sender)
    assert row.id == row_id and row.state == "open"
    assert step(operator, row, "extended", "Your data lies in many places.") == 303
    assert "many places" in letters(None, "request_extended", sender)[0][2]
    assert step(operator, row, "extended", "Once more.") == 422
    with db.scope(CORE):
        later = db.session.get_one(PrivacyRequest, row_id)
        assert months_after(later.arrived_at, 3) - later.due_at < timedelta(days=2)
    assert step(operator, row, "refused", "We could not make sure who you are.") == 303
    assert "could not make sure" in letters(None, "request_refused", sender)[0][2]


def test_what_is_late_is_seen_and_what_is_over_goes_after_two_years(operator: Person) -> None:
    sender = f"{uuid4().hex}@example.org"
    write(sender, "", "What data do you hold about me?")
    row = of(sender)
    with db.scope(CORE, commit=True):
        db.session.get_one(PrivacyRequest, row.id).due_at = clock.now() - timedelta(days=1)
    assert "Late" in operator.browser.get("/operator/privacy/requests").text
    assert step(operator, row, "void", "") == 303

    def left(days: int) -> bool:
        with clock.shifted(timedelta(days=days)), db.scope(CORE, commit=True):
            requests.sweep()
        with db.scope(CORE):
            return db.session.get(PrivacyRequest, row.id) is not None

    assert left(728) and not left(735)


def test_only_operators_see_them_and_nothing_lies_open(app: HostedFlask, operator: Person) -> None:
    sender = f"{uuid4().hex}@geheim.example"
    write(sender, "", "Please correct my name, it is Quistgaard-Ongelezen")
    row = of(sender)
    for path in ("/operator/privacy/requests", f"/operator/privacy/requests/{row.id}"):
        assert person(app).browser.get(path).status_code == 403
    with db.scope(CORE):
        raw = db.session.execute(sa.text("SELECT email_sealed, words_sealed FROM core.privacy_requests WHERE id = :id"), {"id": row.id}).one()
    assert b"Ongelezen" not in bytes(raw[1]) and sender.encode() not in bytes(raw[0]) and "Ongelezen" in everything()
