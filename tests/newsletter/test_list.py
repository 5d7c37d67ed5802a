"""Ask for the newsletter, confirm, leave by link, by one click, by mail and by an operator; each is written down."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import CORE, db
from core.mail.actions import write_letter
from core.mail.arrived import read
from core.mail.bounces import record_bounce
from core.mail.recognise import was_recognised
from core.newsletter import actions, inbound, queries
from core.newsletter.models import SubscriberEvent
from tests.academies.signed import Person, person
from tests.browsing import HostClient, client_on
from tests.doors import letters, link_in

assert inbound


@pytest.fixture
def stranger(app: HostedFlask) -> HostClient:
    """Return somebody on the platform's host who reads English."""
    client = client_on(app, "localhost")
    client.set_cookie("lang", "en", domain="localhost")
    return client


@pytest.fixture
def operator(app: HostedFlask) -> Person:
    return person(app, first_name="Iris", is_operator=True)


def ask(client: HostClient, **more: str) -> str:
    """Ask for the newsletter with a fresh address; return it."""
    email = f"{uuid4().hex}@example.org"
    answer = client.post("/newsletter", data={"email": email, "first_name": "Anna", "language": "en", **more})
    assert answer.status_code == 303, answer.text
    return email


def confirmed(client: HostClient, **more: str) -> str:
    """Ask and confirm; return the address."""
    email = ask(client, **more)
    assert client.post(link_in(letters(None, "newsletter_confirm", email)[-1], "/confirm/")).status_code == 200
    return email


def state(email: str) -> str | None:
    with db.scope(CORE):
        row = queries.by_email(email)
        return row and row.state


def log(email: str) -> list[tuple[str, str]]:
    """Return what happened, oldest first."""
    with db.scope(CORE):
        row = queries.by_email(email)
        assert row is not None
        return [(one.act, one.way) for one in reversed(queries.log_of(row))]


def leave_path(email: str) -> str:
    with db.scope(CORE):
        row = queries.by_email(email)
        assert row is not None
        return "/newsletter/leave/" + (row.token or "")


def write(sender: str, subject: str, words: str) -> bool:
    """Let a mail of a person come in at the platform's address."""
    raw = f"From: Anna <{sender}>\r\nTo: post@localhost\r\nSubject: {subject}\r\nMessage-ID: <{uuid4()}@x>\r\n\r\n{words}\r\n"
    with db.scope(CORE, commit=True):
        return was_recognised(read(raw.encode()))


def test_nobody_is_on_the_list_before_they_confirmed(stranger: HostClient) -> None:
    email = ask(stranger)
    assert state(email) == "asked"
    letter = letters(None, "newsletter_confirm", email)[-1]
    assert "Hello Anna," in letter[2]
    path = link_in(letter, "/confirm/")
    assert stranger.get(path).status_code == 200 and state(email) == "asked", "a link that is only opened confirms nothing: scanners open links"
    assert "is on the list" in stranger.post(path).text
    assert state(email) == "active" and log(email) == [("asked", "page"), ("confirmed", "link")]


def test_known_and_unknown_addresses_see_the_same(stranger: HostClient) -> None:
    email = confirmed(stranger)
    known = stranger.post("/newsletter", data={"email": email, "language": "nl"})
    fresh = stranger.post("/newsletter", data={"email": f"{uuid4().hex}@example.org", "language": "nl"})
    assert (known.status_code, known.location) == (fresh.status_code, fresh.location)
    assert state(email) == "active" and letters(None, "newsletter_known", email)


def test_a_bad_address_keeps_what_was_typed(stranger: HostClient) -> None:
    page = stranger.post("/newsletter", data={"email": "anna@", "first_name": "Anna-Bo", "language": "en"})
    assert page.status_code == 422 and "Anna-Bo" in page.text and "name@example.com" in page.text


def test_a_link_to_confirm_works_for_a_week(stranger: HostClient) -> None:
    email = ask(stranger)
    path = link_in(letters(None, "newsletter_confirm", email)[-1], "/confirm/")
    with db.scope(CORE, commit=True):
        queries.by_email(email).asked_at -= timedelta(days=8)
    assert stranger.get(path).status_code == 410 and stranger.post(path).status_code == 410
    assert state(email) == "asked"


def test_opening_the_link_is_all_it_takes_to_leave(stranger: HostClient) -> None:
    email = confirmed(stranger)
    page = stranger.get(leave_path(email))
    assert page.status_code == 200 and "no more newsletters" in page.text
    assert state(email) == "left" and log(email)[-1] == ("left", "link")
    assert stranger.get(leave_path(email)).status_code == 200
    assert log(email).count(("left", "link")) == 1
    back = stranger.post(leave_path(email).replace("leave", "stay"))
    assert back.status_code == 200 and state(email) == "active"


def test_looking_ahead_takes_nobody_off(stranger: HostClient) -> None:
    email = confirmed(stranger)
    stranger.head(leave_path(email))
    stranger.get(leave_path(email), headers={"Sec-Purpose": "prefetch"})
    assert state(email) == "active"


def test_the_button_of_a_mail_program_needs_no_page(app: HostedFlask, stranger: HostClient) -> None:
    email = confirmed(stranger)
    program = client_on(app, "localhost")
    answer = program.post(leave_path(email), data={"List-Unsubscribe": "One-Click"}, headers={"User-Agent": "mail"})
    assert answer.status_code == 200 and state(email) == "left" and log(email)[-1] == ("left", "one-click")


def test_a_mail_that_says_so_is_enough_and_is_answered(stranger: HostClient) -> None:
    email = confirmed(stranger, language="nl")
    assert write(email.upper(), "Vraagje", "Hallo, ik wil me graag uitschrijven.\r\n\r\nOp di 1 dec. 2026 om 10:15 schreef Kweek <post@localhost>:\r\n> Veel nieuws")
    assert state(email) == "left" and log(email)[-1] == ("left", "mail")
    assert "Hallo Anna," in letters(None, "newsletter_left", email)[-1][2]
    assert write(email, "", "unsubscribe") and log(email).count(("left", "mail")) == 1
    assert letters(None, "newsletter_unknown", email)


def test_an_unknown_address_is_answered_once_a_day(stranger: HostClient) -> None:
    email = f"{uuid4().hex}@example.org"
    assert write(email, "", "unsubscribe") and write(email, "", "unsubscribe")
    assert len(letters(None, "newsletter_unknown", email)) == 1
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert write(email, "", "unsubscribe")
    assert len(letters(None, "newsletter_unknown", email)) == 2


def test_of_a_long_mail_only_the_beginning_is_asked_what_it_wants(monkeypatch: pytest.MonkeyPatch, stranger: HostClient) -> None:
    asked: list[int] = []

    def no(subject: str, words: str) -> bool:
        asked.append(len(words))
        return False

    monkeypatch.setattr(inbound, "wants_out", no)
    assert not write(f"{uuid4().hex}@example.org", "", "stop\n" * 20_000)
    assert asked == [inbound.MOST_SIGNS]


def test_what_is_only_quoted_takes_nobody_off(stranger: HostClient) -> None:
    email = confirmed(stranger)
    assert not write(email, "Re: News", "Lovely!\r\n\r\nOn Tue, Dec 1, 2026 at 10:15 AM Kweek <post@localhost> wrote:\r\n> unsubscribe here")
    assert state(email) == "active"


def test_somebody_else_cannot_be_taken_off(stranger: HostClient) -> None:
    email = confirmed(stranger)
    assert not write(f"{uuid4().hex}@example.org", "", f"please unsubscribe {email}")
    assert state(email) == "active"


def test_an_operator_takes_somebody_off(stranger: HostClient, operator: Person, app: HostedFlask) -> None:
    email = confirmed(stranger)
    found = operator.browser.get("/operator/newsletter/people", query_string={"q": email})
    assert email in found.text
    with db.scope(CORE):
        path = f"/operator/newsletter/people/{queries.by_email(email).id}"
    assert "Confirmed" in operator.browser.get(path).text
    assert operator.browser.post(f"{path}/removal").status_code == 303
    assert state(email) == "left" and log(email)[-1] == ("left", "operator")
    other = person(app)
    assert other.browser.get(path).status_code == 403 and other.browser.get("/operator/newsletter").status_code == 403


def test_who_left_is_deleted_after_a_month_and_the_log_says_it_without_an_address(stranger: HostClient) -> None:
    email, waiting = confirmed(stranger), ask(stranger)
    stranger.get(leave_path(email))
    with db.scope(CORE, commit=True):
        row = queries.by_email(email)
        row_id, row.left_at = row.id, clock.now() - timedelta(days=31)
        queries.by_email(waiting).asked_at -= timedelta(days=8)
    with db.scope(CORE, commit=True):
        actions.sweep()
        actions.sweep_events()
    assert state(email) is None and state(waiting) is None
    with db.scope(CORE):
        assert db.session.scalar(sa.select(sa.func.count()).where(SubscriberEvent.subscriber_id == row_id)) == 3


def test_mail_that_comes_back_ends_it(stranger: HostClient) -> None:
    email, other = confirmed(stranger), confirmed(stranger)
    with db.scope(CORE, commit=True):
        record_bounce(write_letter(email, "newsletter", "en", subject="News", parts=[], name=""), "5.1.1")
        record_bounce(write_letter(other, "newsletter_left", "en", name="", url="http://localhost/"), "5.1.1")
    assert state(email) == "bounced" and log(email)[-1] == ("bounced", "mail")
    assert state(other) == "active"
