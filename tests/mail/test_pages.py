"""Operators read what was written to the platform's address; nobody else does."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock, sessions
from core.accounts.models import AccountSession
from core.audit.models import Event
from core.db import CORE, db
from core.mail.arrived import read
from core.mail.inbound import keep_for_a_person
from core.mail.models import InboundMail
from core.tokens import hash_of, new_token
from tests.browsing import client_on
from tests.doors import new_account
from tests.mail import samples
from tests.mail.conftest import INBOX, forget


@pytest.fixture(autouse=True)
def _empty(app: HostedFlask) -> None:
    """Begin without mail."""
    forget()


def client_of(app: HostedFlask, **facts: bool) -> tuple[FlaskClient, UUID]:
    """Return a client signed in as a new account, and its id."""
    account, token = new_account(**facts), new_token()
    with db.scope(CORE, commit=True):
        db.session.add(AccountSession(account_id=account.id, token_hash=hash_of(token), device="Test", expires_at=clock.now() + timedelta(days=1)))
    client = client_on(app, "localhost")
    client.set_cookie(sessions.cookie_name(), token, domain="localhost")
    return client, account.id


def keep(text: str = "Wat kost het?", why: str = "unclear", sender: str = "piet@post.example", **headers: str) -> UUID:
    """Keep a mail for a person."""
    with db.scope(CORE, commit=True):
        mail = keep_for_a_person(read(samples.answer(sender, INBOX, text, **headers)), why)
        assert mail is not None
        return mail.id


def test_an_operator_reads_answers_and_is_done_with_it(app: HostedFlask) -> None:
    client, me = client_of(app, is_operator=True)
    mail_id = keep("Wat kost het?\n<script>alert(1)</script>", Subject="Vraag & meer")
    listed = client.get("/operator/mail/").text
    assert "Vraag &amp; meer" in listed and "Sanne de Wit" in listed
    page = client.get(f"/operator/mail/{mail_id}").text
    assert "Wat kost het?" in page and "<script>alert" not in page and "Mark as handled" in page
    [target] = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("mailto:")]
    parts = urlsplit(target.replace("&amp;", "&"))
    assert parts.path == "piet@post.example"
    assert parse_qs(parts.query) == {"subject": ["Re: Vraag & meer"], "In-Reply-To": ["<1@post.example>"]}
    assert client.post(f"/operator/mail/{mail_id}/handled").status_code == 303
    assert "Vraag" not in client.get("/operator/mail/").text and "Vraag" in client.get("/operator/mail/?show=handled").text
    assert "deleted 90 days later" in client.get(f"/operator/mail/{mail_id}").text
    assert client.post(f"/operator/mail/{mail_id}/waiting").status_code == 303
    assert "Vraag" in client.get("/operator/mail/").text
    with db.scope(CORE):
        mail = db.session.get_one(InboundMail, mail_id)
        assert (mail.handled_at, mail.handled_by) == (None, None)
        acts = db.session.execute(sa.select(Event.act, Event.actor_id).where(Event.facts["mail"].astext == str(mail_id)).order_by(Event.at)).all()
        assert [tuple(row) for row in acts] == [("mail.arrived", None), ("mail.handled", me), ("mail.reopened", me)]


def test_nobody_else_sees_it(app: HostedFlask) -> None:
    mail_id = keep()
    for path, method in ((f"/operator/mail/{mail_id}", "GET"), ("/operator/mail/", "GET"), (f"/operator/mail/{mail_id}/handled", "POST")):
        assert client_on(app, "localhost").open(path, method=method).status_code == 302
        assert client_of(app)[0].open(path, method=method).status_code == 403
    assert ">Mail<" not in client_of(app)[0].get("/").text


def test_a_mail_that_is_gone_is_404(app: HostedFlask) -> None:
    client, _ = client_of(app, is_operator=True)
    assert client.get(f"/operator/mail/{uuid4()}").status_code == client.post(f"/operator/mail/{uuid4()}/handled").status_code == 404


def test_machines_are_not_answered_and_pages_follow_one_another(app: HostedFlask) -> None:
    client, _ = client_of(app, is_operator=True)
    assert "mailto:" not in client.get(f"/operator/mail/{keep(why='automatic')}").text
    for number in range(26):
        keep(sender=f"piet{number}@post.example", Subject=f"Mail nummer {number}")
    first, second = client.get("/operator/mail/").text, client.get("/operator/mail/?page=2").text
    assert "Mail nummer 3<" in first and "Mail nummer 25<" in second and "Page 2 of 2, 27 mails" in second
    assert client.get("/operator/mail/?page=-3").status_code == 200
