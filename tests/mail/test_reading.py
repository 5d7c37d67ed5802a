"""Mails that come in, read whatever they are: headers, machines, attachments, notices of mail servers."""

from __future__ import annotations

import random
from uuid import UUID, uuid4

import pytest

from core import config as configuration
from core.mail.addresses import return_address, tag_of
from core.mail.arrived import read
from core.mail.notices import notice_in
from tests.conftest import Platform
from tests.mail import samples
from tests.mail.conftest import INBOX
from tests.outbox.post import PostOffice

LETTER = UUID("01930000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def _office(office: PostOffice) -> None:
    """Have a mailbox configured."""


def test_a_mail_is_read() -> None:
    mail = read(samples.answer("Sanne@Post.example", INBOX, "Hoi.", Subject="Vraag over café"))
    assert (mail.sender, mail.sender_name, mail.recipients) == ("sanne@post.example", "Sanne de Wit", (INBOX,))
    assert (mail.subject, mail.text, mail.machine, mail.attachments, mail.mail_id) == ("Vraag over café", "Hoi.", "", 0, "<1@post.example>")


def test_what_the_mail_server_wrote_counts_before_what_the_writer_did() -> None:
    mail = read(samples.answer("a@b.example", "other@x.example", "Hoi.", Delivered_To=INBOX, Cc="c@x.example, Piet <d@x.example>"))
    assert mail.recipients == (INBOX, "other@x.example", "c@x.example", "d@x.example")


@pytest.mark.parametrize(
    ("headers", "machine"),
    [({}, ""), ({"Auto_Submitted": "no"}, ""), ({"Auto_Submitted": "auto-replied"}, "reply"), ({"Auto_Submitted": "auto-replied; owner=x"}, "reply"),
     ({"Auto_Submitted": "auto-generated"}, "sent"), ({"Precedence": "bulk"}, "sent"), ({"Precedence": "list"}, "sent"), ({"Precedence": "auto_reply"}, "reply"),
     ({"X_Autoreply": "yes"}, "reply"), ({"Return_Path": "<>"}, "reply"), ({"List_Id": "<news.example>"}, "sent"),
     ({"X_Auto_Response_Suppress": "All"}, ""), ({"X_Auto_Response_Suppress": "All", "Auto_Submitted": "auto-generated"}, "reply")],
)  # fmt: skip
def test_machines_are_known(headers: dict[str, str], machine: str) -> None:
    assert read(samples.answer("a@b.example", INBOX, "Ik ben er niet.", **headers)).machine == machine


@pytest.mark.parametrize("sender", ["mailer-daemon@x.example", "Postmaster@x.example", ""])
def test_a_mail_server_is_a_machine(sender: str) -> None:
    assert read(f"From: {sender}\r\nTo: {INBOX}\r\n\r\nx".encode()).machine == "reply"


def test_files_are_counted_and_the_logo_of_a_signature_is_none() -> None:
    raw = b"""From: a@b.example
To: post@kweek.example
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: multipart/related; boundary=y

--y
Content-Type: text/html; charset=utf-8

<p>Kijk <img src=cid:logo></p>
--y
Content-Type: image/png; name=logo.png
Content-ID: <logo>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--y--
--x
Content-Type: application/pdf; name=map.pdf
Content-Disposition: attachment; filename=map.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--x--
"""
    mail = read(raw)
    assert (mail.attachments, mail.text, mail.rich_text) == (1, "Kijk", "Kijk")


BROKEN = [
    b"", b"\r\n", b"\x00" * 100, b"From", b"From: =?utf-8?b?!!!?=\r\nSubject: =?x-none?q?=E9?=\r\n\r\n\xff\xfe",
    b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=martian\r\n\r\nhoi",
    b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n\r\nSGFs*bG8",
    b"From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\n--x\r\n", b"Content-Type: multipart/report; report-type\r\n\r\nx",
    b"To: " + b"a@b.example, " * 5000 + b"\r\n\r\nhoi", b"Subject: " + b"a" * 500_000 + b"\r\n\r\nhoi",
    b"From: \"a\r\n b\" <a@b.example>\r\nSubject: x\r\n y\r\n\r\nhoi", b"From: <<<>>>\r\nTo: ;,;,\r\n\r\n", "From: zoë@bücher.example\r\n\r\nhoi".encode(),
    b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(300)),
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("raw", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_mail_stops_nothing(raw: bytes) -> None:
    mail = read(raw)
    assert "\n" not in mail.subject + mail.sender + mail.sender_name
    assert len(mail.subject) <= 500 and len(mail.recipients) <= 50
    notice_in(mail)


def test_mails_cut_or_garbled_anywhere_stop_nothing() -> None:
    dice = random.Random(3)
    whole = [samples.dsn(INBOX, original="Message-ID: <x@y>"), samples.answer("a@b.example", INBOX, "Hoi é", html="<p>Hoi é</p>")]
    for raw in whole:
        for at in range(0, len(raw), 7):
            notice_in(read(raw[:at], is_cut=True))
            garbled = bytearray(raw)
            for _ in range(5):
                garbled[dice.randrange(len(raw))] = dice.randrange(256)
            notice_in(read(bytes(garbled)))


@pytest.mark.parametrize(
    ("facts", "verdict", "code"),
    [({}, "failed", "5.1.1"), ({"status": "5.0.0", "told": "550 5.7.1 blocked"}, "failed", "5.7.1"), ({"status": "nonsense", "told": "gone"}, "failed", "5.0.0"),
     ({"action": "delayed", "status": "4.4.1", "told": "timed out"}, "delayed", "4.4.1"), ({"status": "4.4.7", "told": "gave up"}, "failed", "4.4.7"),
     ({"status": "5.2.2", "told": "552 full"}, "failed", "5.2.2")],
)  # fmt: skip
def test_a_notice_by_the_standard_is_read(platform: Platform, facts: dict[str, str], verdict: str, code: str) -> None:
    notice = notice_in(read(samples.dsn(return_address(None, LETTER) or "", **facts)))  # type: ignore[arg-type]
    assert notice is not None
    assert (notice.number, notice.letter_id, notice.verdict, notice.code) == (0, LETTER, verdict, code)


def test_success_is_no_bounce() -> None:
    assert notice_in(read(samples.dsn(return_address(None, LETTER) or "", action="relayed", status="2.0.0"))) is None


@pytest.mark.parametrize(
    ("pattern", "verdict", "code"),
    [(samples.QMAIL, "failed", "5.1.1"), (samples.EXCHANGE, "failed", "5.0.0"), (samples.FULL, "delayed", "4.2.2")],
)
def test_servers_that_keep_no_standard_are_read(pattern: str, verdict: str, code: str) -> None:
    address = return_address(None, LETTER) or ""
    for to, original in ((address, ""), (INBOX, f"X-Kweek-Letter: {signed_part(address)}")):
        notice = notice_in(read(samples.in_words(pattern, to, original)))
        assert notice is not None
        assert (notice.number, notice.letter_id, notice.verdict, notice.code) == (0, LETTER, verdict, code)


def signed_part(address: str) -> str:
    """Return what stands behind the plus sign."""
    return address.partition("@")[0].partition("+")[2]


UNPROVEN = {7: f"X-Kweek-Letter: 7.{LETTER}", None: f"Message-ID: <{LETTER}@localhost>"}


@pytest.mark.parametrize("number", UNPROVEN)
def test_without_proof_nothing_is_believed_of_a_letter_that_had_one(platform: Platform, number: int | None) -> None:
    address = return_address(None, LETTER) or ""
    forged = f"X-Kweek-Letter: {signed_part(address)[:-16]}{'a' * 16}"
    for original in (UNPROVEN[number], forged):
        assert notice_in(read(samples.in_words(samples.QMAIL, INBOX, original))) is None
        assert notice_in(read(samples.dsn(INBOX, original=original))) is None
    configuration.use(configuration.load(platform.environ()))
    notice = notice_in(read(samples.in_words(samples.QMAIL, "no-reply@localhost", UNPROVEN[number])))
    assert notice is not None and (notice.number, notice.letter_id) == (number, LETTER), "it left without a return address of ours"


def test_a_person_who_writes_of_failed_delivery_is_no_mail_server() -> None:
    mail = read(samples.answer("sanne@post.example", INBOX, f"550 5.1.1? <{LETTER}@localhost>", Subject="Mail delivery failed"))
    assert notice_in(mail) is None


def test_an_out_of_office_note_is_no_bounce() -> None:
    address = return_address(None, LETTER) or ""
    mail = read(samples.answer("sanne@post.example", address, "Ik ben er tot 5 december niet.", Subject="Afwezig", Auto_Submitted="auto-replied"))
    assert notice_in(mail) is None


def test_a_forged_return_address_bounces_nothing() -> None:
    address = return_address(None, LETTER) or ""
    forged = address.replace("+b0.", "+b1.")
    letters = "".join("b" if sign == "a" else "a" for sign in address.partition("@")[0][-16:])
    assert notice_in(read(samples.dsn(forged))) is None
    assert notice_in(read(samples.dsn(f"{address.partition('@')[0][:-16]}{letters}@kweek.example"))) is None


def test_addresses_stay_within_what_mail_servers_take(platform: Platform) -> None:
    configuration.use(configuration.load(platform.environ(IMAP_URL="imaps://a:b@c.example", MAIL_INBOX="postbus-1234@kweek.example")))
    address = return_address(0, uuid4()) or ""
    assert len(address.partition("@")[0]) + len("9999999") - len("0") <= 64
    assert tag_of(address.upper()) == tag_of(address) is not None
    for other in (address.replace("kweek.example", "evil.example"), address.replace("postbus-1234", "other"), "postbus-1234@kweek.example", "", "@", "+"):
        assert tag_of(other) is None


@pytest.mark.parametrize("wrong", ["thirteen-sign@kweek.example", "two words@kweek.example", "a+b@kweek.example", "kweek.example"])
def test_an_address_that_leaves_no_room_is_refused_at_the_start(platform: Platform, wrong: str) -> None:
    with pytest.raises(configuration.ConfigError, match="MAIL_INBOX"):
        configuration.load(platform.environ(MAIL_INBOX=wrong))


@pytest.mark.parametrize("wrong", ["http://a:b@c", "imaps://host-without-user", "imap://", "imaps://a:b@c:port"])
def test_an_address_that_is_no_imap_is_refused_without_its_password(platform: Platform, wrong: str) -> None:
    with pytest.raises(configuration.ConfigError) as refused:
        configuration.load(platform.environ(IMAP_URL=wrong))
    assert "a:b" not in str(refused.value)


@pytest.mark.parametrize("odd", [
    b"Subject: =?undefined?q?x?=", b"Subject: =?utf\x00-8?q?x?=", b"Content-Type: text/plain; charset=a\x00b",
    b"Content-Disposition: inline; filename*=a\x00b''x", b"Subject: \xff\xfe",
])  # fmt: skip
def test_a_charset_that_is_none_costs_nothing_of_the_mail(odd: bytes) -> None:
    mail = read(b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + odd + b"\r\n\r\nHoi")
    assert mail.sender == "a@b.example" and (mail.text == "Hoi" or mail.attachments == 1 or b"charset=a" in odd)
