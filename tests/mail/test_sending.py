"""What leaves: headers by which mail is ended, threaded and answered, the signature, and an academy's turn."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_public_key
from flask import Blueprint

from blueprints.hosts import HostedFlask
from core import clock
from core import config as configuration
from core.access import from_anywhere, public
from core.db import CORE, db
from core.mail import allowance, dkim
from core.mail.actions import write_letter as write_platform_letter
from core.mail.compose import BadHeader, Sender, compose
from core.mail.models import Allowance
from core.mail.smtp import Ways, message
from core.outbox.models import Work
from jobs.cli import main as run_command
from jobs.perform import drain
from tenants.mail.actions import write_letter
from tenants.mail.models import Letter
from tests.cast import Cast
from tests.conftest import Platform
from tests.mail.conftest import INBOX
from tests.outbox.post import PostOffice

ROOM = UUID("01930000-0000-7000-8000-000000000007")
STOP = f"https://zorgwijs.kweek.example/notifications/unsubscribe/{'abc-_1' * 30}"
VALUES: dict[str, Any] = {"name": "Sanne", "title": "Injecteren", "when": "vrijdag", "where": "", "url": "https://x.example/"}


def write(cast: Cast, kind: str = "session_seat", **more: Any) -> UUID:
    """Write a participant a letter."""
    values = {"name": "Sanne", "url": "https://x.example/", "minutes": 60} if kind == "reset_password" else VALUES
    with db.scope(cast.academy.scope, commit=True):
        return write_letter(cast.email("participant"), kind, "en", **values, **more).id


def deliver() -> None:
    """Send what is due."""
    while drain():
        pass


def test_a_letter_that_one_may_do_without_ends_with_one_click(cast: Cast, office: PostOffice) -> None:
    write(cast, unsubscribe=STOP)
    with db.scope(CORE, commit=True):
        write_platform_letter("olga@post.example", "confirm_account", "nl", name="Olga", url="https://x.example", unsubscribe=STOP)
    deliver()
    assert len(office.taken) == 2
    for mail, words in zip(sorted(office.taken, key=lambda one: str(one["To"])), ("Deze mails niet meer ontvangen", "No longer get these mails"), strict=True):
        mail = mail if words in text_of(mail) else next(one for one in office.taken if words in text_of(one))
        assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (f"<{STOP}>", "List-Unsubscribe=One-Click")
        assert f"{words}: {STOP}" in text_of(mail)
        assert f'href="{STOP}"' in html_of(mail)


def test_a_letter_that_one_needs_has_no_such_header(cast: Cast, office: PostOffice) -> None:
    write(cast, "reset_password")
    deliver()
    assert office.taken[0]["List-Unsubscribe"] is None and "No longer get" not in text_of(office.taken[0])


def test_the_address_that_ends_mails_is_sealed(cast: Cast) -> None:
    letter_id = write(cast, unsubscribe=STOP)
    with db.scope(cast.academy.scope):
        stored = db.session.execute(sa.text("SELECT * FROM letters WHERE id = :id"), {"id": letter_id}).one()
        assert b"unsubscribe/abc-_1abc" not in b"".join(bytes(v) for v in stored if isinstance(v, bytes | memoryview))
        assert db.session.get_one(Letter, letter_id).unsubscribe == STOP


def test_letters_about_one_thing_stand_together_and_others_do_not(cast: Cast, office: PostOffice) -> None:
    for thread in (f"room.{ROOM}", f"room.{ROOM}", f"course.{ROOM}", None):
        write(cast, thread=thread)
    deliver()
    seen = [(mail["In-Reply-To"], mail["References"]) for mail in office.taken]
    assert seen == [(f"<room.{ROOM}@localhost>",) * 2] * 2 + [(f"<course.{ROOM}@localhost>",) * 2, (None, None)]
    assert len({mail["Message-ID"] for mail in office.taken}) == 4


@pytest.mark.parametrize(
    ("field", "evil"),
    [("unsubscribe", "https://x.example/\r\nBcc: a@b.example"), ("unsubscribe", "https://x.example/>,<mailto:a@b.example"), ("unsubscribe", "javascript:alert(1)"),
     ("thread", f"room.{ROOM}>\r\nBcc: a@b.example"), ("thread", "room"), ("thread", f"Room.{ROOM}"), ("thread", f"room.{ROOM}\n")],
)  # fmt: skip
def test_T34_the_new_headers_take_no_line_break_either(cast: Cast, office: PostOffice, field: str, evil: str) -> None:
    with pytest.raises(BadHeader):
        write(cast, **{field: evil})
    with pytest.raises(BadHeader):
        message(uuid4(), "Zorgwijs", "a@b.example", "Hello", "text", "<p>html</p>", ways=Ways(**{field: evil}))


@pytest.mark.parametrize("evil", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "a@b.example\x00"])
def test_T34_nor_does_the_reply_address(office: PostOffice, evil: str) -> None:
    with pytest.raises(BadHeader):
        message(uuid4(), "Zorgwijs", "a@b.example", "Hello", "text", "<p>html</p>", ways=Ways(reply_to=evil))


def test_one_click_needs_no_session_and_no_token_of_a_form(platform: Platform) -> None:
    """A mail program posts to the address as it is, from wherever it runs. What is not marked stays guarded."""
    from wsgi import create_app

    app = create_app(platform.environ())
    configuration.use(configuration.load(platform.environ()))
    mailed = Blueprint("mailed_test", __name__)

    @mailed.post("/stop")
    @public
    @from_anywhere
    def stop() -> str:
        return "stopped"

    @mailed.post("/other")
    @public
    def other() -> str:
        return "done"

    app.register_side(mailed, "platform")
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = "localhost"
    body = {"List-Unsubscribe": "One-Click"}
    assert (client.post("/stop", data=body).status_code, client.post("/other", data=body).status_code) == (200, 400)
    elsewhere = {"Origin": "https://mail.example"}
    assert (client.post("/stop", data=body, headers=elsewhere).status_code, client.post("/other", data=body, headers=elsewhere).status_code) == (200, 403)


def text_of(mail: Any) -> str:
    """Return the plain part of a mail."""
    return str(mail.get_payload()[0].get_payload(decode=True).decode())


def html_of(mail: Any) -> str:
    """Return the HTML part of a mail."""
    return str(mail.get_payload()[1].get_payload(decode=True).decode())


# DKIM

JOE = (
    "From: Joe SixPack <joe@football.example.com>\nTo: Suzie Q <suzie@shopping.example.net>\nSubject: Is dinner ready?\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\nMessage-ID: <20030712040037.46341.5F8J@football.example.com>\n\nHi.\n\n"
    "We lost the game.  Are you hungry yet?\n\nJoe.\n"
).replace("\n", "\r\n").encode()  # fmt: skip


@pytest.fixture
def key_file(platform: Platform, office: PostOffice, tmp_path: Path) -> Iterator[Path]:
    """Sign with a key that was made for this test."""
    path = tmp_path / "dkim" / "kweek.pem"
    assert dkim.make_key(path) and not dkim.make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    configuration.use(configuration.load(platform.environ(SMTP_URL=office.url, DKIM_KEY_FILE=str(path), MAIL_FROM="no-reply@kweek.example")))
    yield path


def test_the_example_of_the_standard_has_the_body_hash_of_the_standard() -> None:
    """RFC 8463, appendix A: the same mail, the same keys, the same hash."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="))
    head = dkim.signature(JOE, key, "football.example.com", "brisbane")
    assert b"bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=" in head
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    assert public == "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    assert is_good(head + JOE, public)


def test_relaxed_means_what_the_standard_says() -> None:
    """RFC 6376, 3.4.5."""
    assert dkim.relaxed_header(b"A: X") == b"a:X\r\n"
    assert dkim.relaxed_header(b"B : Y\t\r\n\tZ  ") == b"b:Y Z\r\n"
    assert dkim.relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    assert dkim.relaxed_body(b"") == dkim.relaxed_body(b"\r\n\r\n") == b""


def test_what_leaves_is_signed_and_any_change_breaks_it(cast: Cast, office: PostOffice, key_file: Path) -> None:
    write(cast, unsubscribe=STOP, thread=f"room.{ROOM}")
    deliver()
    raw, (name, record) = office.raw[0], dkim.dns_record(key_file)
    assert name == "kweek._domainkey.kweek.example"
    public = record.partition("p=")[2]
    assert is_good(raw, public)
    for before, after in ((b"Injecteren", b"Anderszins"), (STOP.encode(), b"https://evil.example/"), (b"From: ", b"From: evil "), (f"room.{ROOM}".encode(), b"x")):
        changed = raw.replace(before, after)
        assert changed != raw and not is_good(changed, public), before
    assert not is_good(raw.replace(b"\r\nTo: ", b"\r\nFrom: evil@x.example\r\nTo: ", 1), public), "nobody adds a second From"
    assert is_good(raw.replace(b"\r\nSubject: ", b"\r\nsubject:  ", 1), public), "a relay may fold and space"


def test_without_a_key_nothing_is_signed(cast: Cast, office: PostOffice) -> None:
    write(cast)
    deliver()
    assert office.taken[0]["DKIM-Signature"] is None


def test_with_a_broken_key_letters_wait(cast: Cast, office: PostOffice, key_file: Path) -> None:
    good = key_file.read_bytes()
    key_file.write_bytes(b"nonsense")
    write(cast)
    deliver()
    with db.scope(CORE):
        assert db.session.scalars(sa.select(Work.failed_at)).one() is None
    assert office.taken == []
    key_file.write_bytes(good)
    with clock.shifted(timedelta(minutes=1)):
        deliver()
    assert len(office.taken) == 1


def test_an_ed25519_key_of_ones_own_signs_too(cast: Cast, office: PostOffice, key_file: Path) -> None:
    key = Ed25519PrivateKey.generate()
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write(cast)
    deliver()
    _, record = dkim.dns_record(key_file)
    assert "k=ed25519" in record and is_good(office.raw[0], record.partition("p=")[2])


def test_the_command_makes_a_key_once_and_prints_its_record(platform: Platform, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in platform.environ(DKIM_KEY_FILE=str(tmp_path / "k.pem"), MAIL_FROM="no-reply@kweek.example").items():
        monkeypatch.setenv(name, value)
    said = []
    for _ in range(2):
        assert run_command(["dkim"]) == 0
        said.append(capsys.readouterr().out)
    assert "made" in said[0] and "was there already" in said[1]
    [record] = re.findall(r'kweek\._domainkey\.kweek\.example\. IN TXT "(.*)"', said[0])
    assert record in said[1] and all(len(part) <= 255 for part in record.split('" "'))
    assert record.replace('" "', "") == dkim.dns_record(tmp_path / "k.pem")[1]
    configuration.use(configuration.load(platform.environ()))


def is_good(raw: bytes, public: str) -> bool:
    """Return whether the signature on a mail is good, by a reading of RFC 6376 of its own."""
    import hashlib

    head, _, body = raw.partition(b"\r\n\r\n")
    lines = re.split(rb"\r\n(?![ \t])", head)
    signed = next(line for line in lines if line.lower().startswith(b"dkim-signature:"))
    tags = dict(tag.strip().split("=", 1) for tag in re.sub(r"\s+", " ", signed.decode().partition(":")[2]).split(";") if "=" in tag)
    lines.remove(signed)
    said = b""
    for name in tags["h"].replace(" ", "").split(":"):
        found = [line for line in lines if line.split(b":")[0].strip().lower().decode() == name]
        if found:
            lines.remove(found[-1])
            value = re.sub(rb"[ \t\r\n]+", b" ", found[-1].split(b":", 1)[1]).strip()
            said += name.encode() + b":" + value + b"\r\n"
    bare = re.sub(rb"b=[A-Za-z0-9+/=\s]+$", b"b=", signed)
    said += b"dkim-signature:" + re.sub(rb"[ \t\r\n]+", b" ", bare.split(b":", 1)[1]).strip()
    text = re.sub(rb"[ \t]+", b" ", body)
    text = re.sub(rb" \r\n", b"\r\n", text).rstrip(b"\r\n") + b"\r\n"
    if base64.b64encode(hashlib.sha256(text).digest()).decode() != tags["bh"].replace(" ", ""):
        return False
    proof, raw_key = base64.b64decode(tags["b"].replace(" ", "")), base64.b64decode(public)
    try:
        if tags["a"] == "ed25519-sha256":
            Ed25519PublicKey.from_public_bytes(raw_key).verify(proof, hashlib.sha256(said).digest())
        else:
            load_der_public_key(raw_key).verify(proof, said, PKCS1v15(), SHA256())  # type: ignore[union-attr, call-arg, arg-type]
    except Exception:
        return False
    return True


# An academy's turn


@pytest.fixture
def slow(platform: Platform, office: PostOffice) -> None:
    """Let each academy send 8 letters an hour: 2 at once, then one each 450 seconds."""
    configuration.use(configuration.load(platform.environ(SMTP_URL=office.url, MAIL_PER_HOUR="8")))


def test_letters_beyond_the_measure_wait_and_all_leave(cast: Cast, office: PostOffice, slow: None) -> None:
    written = [write(cast) for _ in range(5)]
    deliver()
    assert len(office.taken) == 2
    for minutes, gone in ((7, 2), (8, 3), (16, 4), (23, 5)):
        with clock.shifted(timedelta(minutes=minutes)):
            deliver()
        assert len(office.taken) == gone, minutes
    assert [mail["Message-ID"] for mail in office.taken] == [f"<{one}@localhost>" for one in written], "in their order"
    with db.scope(CORE):
        assert db.session.scalar(sa.select(sa.func.max(Work.tries))) == 1, "nothing was tried in vain"


def test_what_somebody_waits_for_goes_first_and_is_never_held_up(cast: Cast, office: PostOffice, slow: None) -> None:
    for _ in range(4):
        write(cast)
    reset = [write(cast, "reset_password") for _ in range(3)]
    deliver()
    assert [mail["Message-ID"] for mail in office.taken][:3] == [f"<{one}@localhost>" for one in reset]
    assert len(office.taken) == 5


def test_one_academy_does_not_hold_up_another(casts: tuple[Cast, Cast], office: PostOffice, slow: None) -> None:
    for _ in range(4):
        write(casts[0])
    write(casts[1])
    deliver()
    assert [str(mail["To"]) for mail in office.taken].count(casts[1].email("participant")) == 1


def test_a_mail_server_that_is_down_uses_nothing_up(cast: Cast, office: PostOffice, slow: None) -> None:
    """T49: each letter takes its place once, however often it is tried."""
    for _ in range(2):
        write(cast)
    office.close()
    for minutes in (0, 1, 3, 6):
        with clock.shifted(timedelta(minutes=minutes)):
            deliver()
    office.open()
    with clock.shifted(timedelta(minutes=20)):
        deliver()
    assert len(office.taken) == 2
    with db.scope(CORE):
        assert db.session.scalars(sa.select(Allowance.left)).one() == pytest.approx(0, abs=0.01)


def test_an_operator_may_give_an_academy_a_measure_of_its_own(platform: Platform, cast: Cast, office: PostOffice, slow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in platform.environ(SMTP_URL=office.url, MAIL_PER_HOUR="8").items():
        monkeypatch.setenv(name, value)
    assert run_command(["academy", "rate", cast.academy.slug, "0"]) == 0
    for _ in range(6):
        write(cast)
    deliver()
    assert len(office.taken) == 6
    assert run_command(["academy", "rate", cast.academy.slug]) == 0
    for _ in range(6):
        write(cast)
    deliver()
    assert len(office.taken) == 8
    assert run_command(["academy", "rate", cast.academy.slug, "-1"]) == 1


def test_places_are_taken_one_at_a_time_by_many_workers(cast: Cast, office: PostOffice, slow: None) -> None:
    import threading

    found: list[object] = []

    def take() -> None:
        with db.scope(CORE, commit=True):
            found.append(allowance.take_place(cast.academy.number))

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits = sorted((moment - clock.now()).total_seconds() for moment in found if moment is not None)  # type: ignore[operator]
    assert found.count(None) == 2 and len(waits) == 10
    assert all(450 * (place + 1) - 10 < wait <= 450 * (place + 1) + 1 for place, wait in enumerate(waits))


def test_the_foot_of_a_mail_speaks_its_language() -> None:
    for language, words in (("nl", "Deze mails niet meer ontvangen"), ("en", "No longer get these mails")):
        mail = compose("reset_password", language, Sender("Zorgwijs", "#14685a"), STOP, name="Sanne", url="https://x.example/y", minutes=60)
        assert mail.text.rstrip().endswith(f"{words}: {STOP}") and f">{words}</a>" in mail.html


def test_the_platforms_mailbox_is_named_in_every_return_address(cast: Cast, office: PostOffice) -> None:
    write(cast)
    deliver()
    assert office.returned[0].endswith(INBOX.partition("@")[2])
    assert message_from_bytes(office.raw[0])["X-Kweek-Letter"] == office.returned[0].partition("@")[0].partition("+")[2]


def test_every_public_page_of_the_app_keeps_its_token(app: HostedFlask) -> None:
    """Only addresses that mail programs post to may go without."""
    free = {endpoint for endpoint, view in app.view_functions.items() if getattr(view, "needs_no_token", False)}
    assert free <= {"notifications.unsubscribe", "newsletter.leave"}
