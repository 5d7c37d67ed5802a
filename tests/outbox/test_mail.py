"""Mail as it leaves the house (T34), sealed where it waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from jinja2 import UndefinedError

from core import clock
from core import config as configuration
from core.db import CORE, db
from core.mail import actions as platform_mail
from core.mail.compose import BadHeader, Sender, compose
from core.mail.models import Letter as PlatformLetter
from core.mail.smtp import message, message_id
from core.outbox.models import Work
from jobs import registry
from jobs.perform import drain
from jobs.privacy import run_letters
from tenants.mail.actions import write_letter
from tenants.mail.models import Letter
from tests.conftest import Platform
from tests.opened import Opened
from tests.outbox.post import PostOffice

VALUES = {"name": "Sanne", "url": "https://x.example/y", "minutes": 60}
BREAKS = ["a\r\nBcc: b@c.example", "a\nb", "a\rb", "a\x00b", "a\x0bb", "a\x85b", "a\u2028b"]


@pytest.fixture(autouse=True)
def _configured(platform: Platform) -> None:
    """Have a configuration: Message-IDs name the platform's domain."""


@pytest.fixture
def office(platform: Platform) -> Iterator[PostOffice]:
    """Open a post office that this process sends to."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    office = PostOffice()
    configuration.use(configuration.load(platform.environ(SMTP_URL=office.url, PLATFORM_NAME="Kweek")))
    office.open()
    yield office
    office.close()
    configuration.use(configuration.load(platform.environ()))


@pytest.mark.parametrize("field", ["sender", "recipient", "subject"])
@pytest.mark.parametrize("evil", BREAKS)
def test_T34_line_breaks_in_headers_are_refused(field: str, evil: str) -> None:
    parts = {"sender": "Zorgwijs", "recipient": "a@b.example", "subject": "Hello", field: evil}
    with pytest.raises(BadHeader):
        message(uuid4(), parts["sender"], parts["recipient"], parts["subject"], "text", "<p>html</p>")


@pytest.mark.parametrize("address", ["a@b.example,c@d.example", "a b@c.example", "<a@b.example>", "a@b@c", "a", ""])
def test_T34_a_recipient_is_exactly_one_address(academy: Opened, address: str) -> None:
    with pytest.raises(BadHeader):
        message(uuid4(), "Zorgwijs", address, "Hello", "text", "<p>html</p>")
    with db.scope(academy.scope), pytest.raises(BadHeader):
        write_letter(address, "reset_password", "en", **VALUES)
    with db.scope(CORE), pytest.raises(BadHeader):
        platform_mail.write_letter(address, "reset_password", "en", **VALUES)


@pytest.mark.parametrize("field", ["academy", "inviter", "url"])
@pytest.mark.parametrize("evil", BREAKS)
def test_T34_a_value_with_a_line_break_is_refused(field: str, evil: str) -> None:
    values = {"name": "Fatima", "academy": "Zorgwijs", "inviter": "Noor", "url": "https://x.example", "until": soon(), "note": [], field: evil}
    with pytest.raises(BadHeader):
        compose("invitation", "en", Sender("Zorgwijs"), **values)


def test_T34_a_refused_letter_leaves_nothing_behind(academy: Opened) -> None:
    with db.scope(academy.scope), pytest.raises(BadHeader):
        write_letter("a@b.example\r\nBcc: c@d.example", "reset_password", "en", **VALUES)
    with db.scope(academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0


def test_what_somebody_typed_makes_no_link() -> None:
    """Else anybody could send our mail with a button of their own to any address, by signing up under such a name."""
    evil = "[Free money](https://evil.example)"
    mail = compose("confirm_account", "en", Sender("Kweek"), name=evil, url="https://x.example/y")
    assert 'href="https://evil.example' not in mail.html
    assert evil in mail.text
    assert mail.html.count("href=") == 1


def test_mail_escapes_what_people_typed() -> None:
    mail = compose("reset_password", "en", Sender("<script>"), **{**VALUES, "name": "<b>Sanne</b>"})
    assert "<script>" not in mail.html
    assert "<b>" not in mail.html
    assert "&lt;b&gt;Sanne" in mail.html
    assert "<b>Sanne</b>" in mail.text


def test_mail_has_a_plain_and_a_rich_twin_in_both_languages() -> None:
    for language, word in (("nl", "wachtwoord"), ("en", "password")):
        mail = compose("reset_password", language, Sender("Zorgwijs", "#14685a"), **VALUES)
        assert word in mail.text
        assert word in mail.html
        assert "https://x.example/y" in mail.text
        assert 'href="https://x.example/y"' in mail.html
        assert f'lang="{language}"' in mail.html


def test_a_value_that_is_missing_stops_the_mail() -> None:
    with pytest.raises(UndefinedError):
        compose("reset_password", "en", Sender("Zorgwijs"), name="Sanne")


def test_a_waiting_letter_is_sealed(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        letter_id = write_letter("sanne@post.example", "reset_password", "en", **VALUES).id
    with db.scope(academy.scope):
        stored = db.session.execute(sa.text("SELECT * FROM letters WHERE id = :id"), {"id": letter_id}).one()
        assert b"post.example" not in b"".join(bytes(v) for v in stored if isinstance(v, bytes | memoryview))


def test_a_letter_arrives_whole(academy: Opened, office: PostOffice) -> None:
    with db.scope(academy.scope, commit=True):
        letter = write_letter("sanne@post.example", "reset_password", "nl", **{**VALUES, "name": "Zoë Łuczak"})
        letter_id = letter.id
    with db.scope(CORE, commit=True):
        platform_mail.write_letter("eigenaar@post.example", "confirm_account", "nl", name="Olga", url="https://x.example")
    assert drain() == 2
    mail, platforms = sorted(office.taken, key=lambda one: str(one["To"]), reverse=True)
    assert mail["Message-ID"] == message_id(letter_id) == f"<{letter_id}@localhost>"
    assert (mail["To"], str(mail["From"])) == ("sanne@post.example", f"Academy {academy.number} <no-reply@localhost>")
    assert str(platforms["From"]).startswith("Kweek <")
    plain, rich = (part.get_payload(decode=True).decode() for part in mail.get_payload())  # type: ignore[union-attr]
    assert "Zoë Łuczak" in plain
    assert "Zoë Łuczak" in rich
    with db.scope(academy.scope):
        assert db.session.get_one(Letter, letter_id).sent_at is not None


def test_a_letter_that_was_sent_is_not_sent_again(academy: Opened, office: PostOffice) -> None:
    with db.scope(academy.scope, commit=True):
        write_letter("sanne@post.example", "reset_password", "nl", **VALUES)
    drain()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Work).values(done_at=None))
    assert drain() == 1
    assert len(office.taken) == 1


@pytest.mark.parametrize(
    ("where", "answer", "code"),
    [("refuses", "550 no such mailbox", "550"), ("refuses", "550 5.1.1 <nobody@post.example>: unknown", "5.1.1"),
     ("refuses_data", "554 5.7.1 we do not like this", "5.7.1"), ("refuses_data", "552 too large", "552")],
)  # fmt: skip
def test_what_is_refused_for_good_is_kept_with_its_letter(
    academy: Opened, office: PostOffice, where: str, answer: str, code: str
) -> None:
    setattr(office, where, answer)
    with db.scope(academy.scope, commit=True):
        letter_id = write_letter("nobody@post.example", "reset_password", "nl", **VALUES).id
    drain()
    with db.scope(academy.scope):
        letter = db.session.get_one(Letter, letter_id)
        assert (letter.bounce_code, letter.sent_at) == (code, None)
        assert letter.bounced_at is not None
    assert work().done_at is not None and work().failed_at is None, "nothing that an operator should look at"
    setattr(office, where, None)
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Work).values(done_at=None))
    drain()
    assert office.taken == [], "run again, it is not sent"


@pytest.mark.parametrize(("where", "answer"), [("refuses", "535 5.7.8 sign in first"), ("refuses_data", "451 4.3.0 try later")])
def test_what_the_recipient_cannot_mend_is_tried_again(academy: Opened, office: PostOffice, where: str, answer: str) -> None:
    setattr(office, where, answer)
    with db.scope(academy.scope, commit=True):
        letter_id = write_letter("sanne@post.example", "reset_password", "nl", **VALUES).id
    drain()
    assert work().failed_at is None and work().done_at is None
    setattr(office, where, None)
    with clock.shifted(timedelta(minutes=1)):
        drain()
    assert len(office.taken) == 1
    with db.scope(academy.scope):
        assert db.session.get_one(Letter, letter_id).bounced_at is None


def test_a_letter_of_the_platform_that_is_refused_for_good_is_not_tried_again(office: PostOffice) -> None:
    office.refuses_data = "554 no"
    with db.scope(CORE, commit=True):
        letter_id = platform_mail.write_letter("nobody@post.example", "reset_password", "nl", **VALUES).id
    drain()
    assert work().done_at is not None
    with db.scope(CORE):
        letter = db.session.get_one(PlatformLetter, letter_id)
        assert letter.bounced_at is not None and letter.bounce_code == "554" and letter.sent_at is None


def test_somebodys_own_words_are_quoted_and_make_no_link() -> None:
    note = ["Look at https://evil.example/pay or www.evil.example,", "", "mail me@evil.example [now](https://evil.example) <b>"]
    values = {"name": "Fatima", "academy": "Zorgwijs", "inviter": "Noor", "writer": "Mees", "url": "https://x.example/y", "until": soon(), "note": note}
    mail = compose("invitation", "en", Sender("Zorgwijs"), **values)
    assert "Mees writes:" in mail.text and "\n> Look at" in mail.text and "\n>\n> mail" in mail.text.replace("> \n", ">\n")
    assert "<blockquote" in mail.html and "[now](" in mail.html and "&lt;b&gt;" in mail.html
    assert mail.html.count("href=") == 1 and "https://x.example/y" in mail.text
    assert "evil.example" not in mail.text and "evil.example" not in mail.html, "no mail program finds an address in it"
    assert "evil.\u2060example" in mail.text
    without = compose("invitation", "en", Sender("Zorgwijs"), **{**values, "note": []})
    assert "writes:" not in without.text and "<blockquote" not in without.html
    with pytest.raises(BadHeader):
        compose("invitation", "en", Sender("Zorgwijs"), **{**values, "note": ["one\ntwo"]})


def test_a_mailbox_that_is_full_is_tried_again(academy: Opened, office: PostOffice) -> None:
    office.refuses = "452 mailbox full"
    with db.scope(academy.scope, commit=True):
        write_letter("sanne@post.example", "reset_password", "nl", **VALUES)
    drain()
    assert work().failed_at is None
    office.refuses = None
    with clock.shifted(timedelta(minutes=1)):
        drain()
    assert len(office.taken) == 1


def test_an_address_abroad_is_written_as_the_wire_wants_it(academy: Opened, office: PostOffice) -> None:
    with db.scope(academy.scope, commit=True):
        write_letter("sanne@bücher.example", "reset_password", "nl", **VALUES)
    drain()
    assert office.taken[0]["To"] == "sanne@xn--bcher-kva.example"


def test_without_a_mail_server_letters_stay_for_the_mailbox(academy: Opened, platform: Platform) -> None:
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    with db.scope(academy.scope, commit=True):
        write_letter("sanne@post.example", "reset_password", "nl", **VALUES)
    assert drain() == 1
    assert work().done_at is not None
    with db.scope(academy.scope):
        assert db.session.scalars(sa.select(Letter.sent_at)).all() == [None]


def test_a_password_is_not_sent_in_the_clear(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    import smtplib

    from core.mail import smtp

    said: list[str] = []

    class Clear(smtplib.SMTP):
        def __init__(self, *args: object, **kw: object) -> None: ...
        def ehlo(self, name: str = "") -> tuple[int, bytes]:
            self.esmtp_features = {}
            return 250, b""

        def login(self, *args: object, **kw: object) -> None:  # type: ignore[override]
            said.append("login")

        def __exit__(self, *args: object) -> None: ...

    monkeypatch.setattr(smtp.smtplib, "SMTP", Clear)  # type: ignore[attr-defined]
    configuration.use(configuration.load(platform.environ(SMTP_URL="smtp://me:secret@mail.example:587")))
    try:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            smtp.send(message(uuid4(), "Kweek", "a@b.example", "Hello", "text", "<p>html</p>"))
    finally:
        configuration.use(configuration.load(platform.environ()))
    assert said == []


def test_letters_go_after_35_days(academy: Opened, other: Opened) -> None:
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
        db.session.execute(sa.delete(PlatformLetter))
    long_ago = clock.now() - timedelta(days=36)
    for scope, letters in ((academy.scope, Letter), (CORE, PlatformLetter)):
        for made_at in (long_ago, clock.now()):
            with db.scope(scope, commit=True):
                db.session.add(letters(kind="x", language="nl", recipient="a@b.example", subject="s", body_text="t",
                                       body_html="h", made_at=made_at))  # fmt: skip
    with db.scope(CORE, commit=True):
        from core import queue

        queue.later("mail.sweep_all")
        run_letters()
    drain(most=50)
    for scope, letters in ((academy.scope, Letter), (CORE, PlatformLetter)):
        with db.scope(scope):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(letters)) == 1


def work() -> Work:
    """Return the only row of the outbox."""
    with db.scope(CORE):
        found = db.session.scalars(sa.select(Work)).one()
        db.session.expunge(found)
        return found


def soon() -> object:
    """Return a moment next week."""
    return clock.now() + timedelta(days=7)
