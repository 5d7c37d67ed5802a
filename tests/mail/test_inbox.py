"""The platform's mailbox, on a real IMAP server, from a letter that leaves by SMTP to the answer that comes back."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core import clock, keystore
from core import config as configuration
from core.academies.models import Academy
from core.audit.models import Event
from core.db import CORE, db
from core.mail import mailbox as imap
from core.mail.arrived import Arrived
from core.mail.inbound import MOST_A_DAY, sweep
from core.mail.mailbox import MailboxTrouble, opened
from core.mail.models import InboundMail, TakenMail
from core.mail.models import Letter as PlatformLetter
from core.mail.recognise import _recognisers, recogniser
from jobs.inbox import read_inbox
from jobs.perform import drain
from tenants.mail.actions import write_letter
from tenants.mail.models import Letter
from tenants.people import answering
from tenants.people.answering import Answer, NotTaken
from tenants.people.models import Member
from tests.cast import Cast
from tests.conftest import Platform
from tests.mail import samples
from tests.mail.conftest import INBOX
from tests.mail.dovecot import Dovecot
from tests.outbox.post import PostOffice

ROOM = uuid4()
VALUES = {"name": "Sanne", "title": "Injecteren", "when": "vrijdag", "url": "https://x.example/"}


class Room:
    """Takes answers as a chat does: what has the same id is said once."""

    def __init__(self) -> None:
        self.said: dict[UUID, tuple[str, UUID, str]] = {}
        self.refuses: Exception | None = None

    def take(self, answer: Answer) -> None:
        """Take one, or refuse as told."""
        if self.refuses is not None:
            raise self.refuses
        self.said[answer.client_id] = (answer.member.first_name or "", answer.room_id, answer.words)

    @property
    def words(self) -> list[str]:
        """Return what was said."""
        return [words for _, _, words in self.said.values()]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """Put a room in place of the chat."""
    room = Room()
    monkeypatch.setattr(answering, "_takers", [room.take])
    return room


def write_to(cast: Cast, who: str = "participant", **more: object) -> UUID:
    """Write somebody of the cast a letter that may be answered, and send it."""
    with db.scope(cast.academy.scope, commit=True):
        letter = write_letter(cast.email(who), "session_seat", "nl", where="", reply_room=ROOM, member_id=cast.ids[who],
                              thread=f"room.{ROOM}", **VALUES, **more)  # fmt: skip
        letter_id = letter.id
    deliver()
    return letter_id


def deliver() -> None:
    """Send what waits."""
    while drain():
        pass


def look() -> None:
    """Read the mailbox as the job does each minute."""
    with db.scope(CORE, commit=True):
        read_inbox()
    deliver()


def told(office: PostOffice, cast: Cast, who: str = "participant") -> list[str]:
    """Return the texts of the letters that said that an answer was not placed."""
    mails = [mail for mail in office.taken if mail["Auto-Submitted"] == "auto-replied" and mail["To"] == cast.email(who)]
    return [mail.get_payload()[0].get_payload(decode=True).decode() for mail in mails]  # type: ignore[union-attr]


def kept() -> list[tuple[str, str, str]]:
    """Return (why, sender, text) of what waits for a person."""
    with db.scope(CORE):
        return [(one.why, one.sender or "", one.body or "") for one in db.session.scalars(sa.select(InboundMail).order_by(InboundMail.arrived_at))]


def test_an_answer_by_mail_arrives_in_the_room_once(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    write_to(cast)
    to = str(office.taken[0]["Reply-To"])
    assert to.startswith(f"post+r{cast.academy.number}.") and to.endswith("@kweek.example")
    words = f"Ja, ik kom.\n\nOp di 1 dec 2026 om 10:15 schreef Zorgwijs <{to}>:\n\n> Noor schrijft\n"
    mail = samples.answer(cast.email("participant"), to, words)
    mailbox.put(mail, mail)
    look()
    mailbox.put(mail)
    look()
    assert list(room.said.values()) == [("Sanne", ROOM, "Ja, ik kom.")]
    assert (mailbox.subjects(), kept(), told(office, cast)) == ([], [], [])


def test_a_second_answer_to_the_same_letter_arrives_too(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    write_to(cast)
    to = str(office.taken[0]["Reply-To"])
    mailbox.put(*(samples.answer(cast.email("participant"), to, words, f"<{words}@x>") for words in ("Een", "Twee")))
    look()
    assert room.words == ["Een", "Twee"]


def test_html_and_files(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    write_to(cast)
    raw = f"From: {cast.email('participant')}\r\nTo: {office.taken[0]['Reply-To']}\r\nMessage-ID: <h@x>\r\nMIME-Version: 1.0\r\n" \
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Hier <b>is</b> de map.</p>\r\n" \
        "--x\r\nContent-Type: application/pdf; name=map.pdf\r\nContent-Disposition: attachment\r\n\r\nJVBE\r\n--x--\r\n"
    mailbox.put(raw.encode())
    look()
    assert room.words == ["Hier is de map.\n\n(Een bestand bij deze mail is niet overgenomen.)"]


def test_a_mail_of_many_megabytes_is_read_from_its_beginning(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    write_to(cast)
    raw = f"From: {cast.email('participant')}\r\nTo: {office.taken[0]['Reply-To']}\r\nMessage-ID: <big@x>\r\nMIME-Version: 1.0\r\n" \
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nZie de film.\r\n" \
        "--x\r\nContent-Type: video/mp4; name=film.mp4\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    mailbox.put(raw.encode() + b"QUJD" * 2_000_000 + b"\r\n--x--\r\n", samples.answer("groot@post.example", INBOX, "x" * 1_500_000))
    look()
    assert len(room.words) == 1 and room.words[0].startswith("Zie de film.")
    [(why, sender, text)] = kept()
    assert (why, sender, len(text)) == ("unclear", "groot@post.example", 100_000)
    with db.scope(CORE):
        assert db.session.scalars(sa.select(InboundMail.is_cut)).all() == [True]


def forge(to: str, how: str, cast: Cast, letter_id: UUID) -> str:
    """Return an address that is nearly `to`."""
    name, host = to.split("@")
    if how == "proof":
        return f"{name[:-1]}{'a' if name[-1] != 'a' else 'b'}@{host}"
    if how == "academy":
        return to.replace(f"+r{cast.academy.number}.", f"+r{cast.academy.number + 1}.")
    if how == "kind":
        return to.replace("+r", "+b")
    return f"{name.split('.')[0]}.{'a' * 26}{name[-16:]}@{host}"


@pytest.mark.parametrize("how", ["proof", "academy", "kind", "letter"])
def test_a_forged_address_gets_nothing_in_and_no_answer(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room, how: str) -> None:
    letter_id = write_to(cast)
    to = forge(str(office.taken[0]["Reply-To"]), how, cast, letter_id)
    mailbox.put(samples.answer(cast.email("participant"), to, "Ja."))
    look()
    assert (room.said, kept(), mailbox.subjects(), len(office.taken)) == ({}, [], [], 1)
    with db.scope(CORE):
        assert db.session.scalars(sa.select(TakenMail.digest)).all() == [], "what proves nothing leaves nothing"


def test_the_address_of_one_academy_opens_nothing_in_another(casts: tuple[Cast, Cast], office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    mine, theirs = casts
    letter_id = write_to(theirs)
    with db.scope(mine.academy.scope, commit=True):
        db.session.add(Letter(id=letter_id, kind="session_seat", language="nl", recipient=theirs.email("participant"), subject="x", body_text="x",
                              body_html="x", member_id=mine.ids["participant"], reply_room=ROOM))  # fmt: skip
    to = str(office.taken[0]["Reply-To"]).replace(f"+r{theirs.academy.number}.", f"+r{mine.academy.number}.")
    mailbox.put(samples.answer(mine.email("participant"), to, "Ja."))
    look()
    assert room.said == {} and told(office, mine) == []


@pytest.mark.parametrize(
    ("reason", "says"),
    [("address", "came from another address"), ("expired", "can be answered for 30 days"), ("empty", "no words of your own"),
     ("left", "no longer read or write"), ("silent", "you can read, but not write"), ("long", "too long for one message"), ("paused", "closed for the moment"),
     ("trouble", "went wrong on our side")],
)  # fmt: skip
def test_what_cannot_be_taken_is_told_once_a_day(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room, reason: str, says: str) -> None:
    letter_id = write_to(cast)
    to, sender, words = str(office.taken[0]["Reply-To"]), cast.email("participant"), "Ja."
    if reason == "address":
        sender = "somebody@else.example"
    elif reason == "expired":
        age(cast, letter_id, timedelta(days=31))
        to = address_of(cast, letter_id)
    elif reason == "empty":
        words = "> Noor schrijft"
    elif reason in ("left", "silent", "long"):
        room.refuses = NotTaken(reason)
    elif reason == "trouble":
        room.refuses = ZeroDivisionError("a bug")
    else:
        state(cast, "suspended")
    mailbox.put(*(samples.answer(sender, to, words, f"<{number}@x>") for number in range(3)))
    look()
    assert room.said == {} and mailbox.subjects() == [] and kept() == [], "and no operator reads what people of an academy write"
    [text] = told(office, cast)
    assert says in text
    with clock.shifted(timedelta(days=1, minutes=1)):
        mailbox.put(samples.answer(sender, to, words, "<later@x>"))
        look()
    assert len(told(office, cast)) == 2


def test_a_machine_gets_no_answer_and_says_nothing(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    write_to(cast)
    to = str(office.taken[0]["Reply-To"])
    mailbox.put(*(samples.answer(cast.email("participant"), to, "Ik ben er niet.", f"<{name}@x>", **{name: value})
                  for name, value in (("Auto_Submitted", "auto-replied"), ("Precedence", "bulk"), ("Return_Path", "<>"))))  # fmt: skip
    look()
    assert (room.said, told(office, cast), kept(), mailbox.subjects()) == ({}, [], [], [])


def test_our_own_refusal_sent_back_to_us_is_no_loop(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    write_to(cast)
    room.refuses = NotTaken("left")
    mailbox.put(samples.answer(cast.email("participant"), str(office.taken[0]["Reply-To"]), "Ja."))
    look()
    refusal = next(mail for mail in office.taken if mail["Auto-Submitted"] == "auto-replied")
    assert refusal["Reply-To"] is None
    mailbox.put(refusal.as_bytes())
    look()
    assert len(office.taken) == 2 and kept() == []


@pytest.mark.parametrize("how", ["blocked", "closed", "gone"])
def test_who_is_no_longer_here_gets_nothing_in_and_hears_nothing(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room, how: str) -> None:
    write_to(cast)
    to = str(office.taken[0]["Reply-To"])
    if how == "blocked":
        with db.scope(cast.academy.scope, commit=True):
            db.session.get_one(Member, cast.ids["participant"]).state = "removed"
    elif how == "gone":
        with db.scope(cast.academy.scope, commit=True):
            db.session.delete(db.session.get_one(Member, cast.ids["participant"]))
    else:
        state(cast, "closed")
    mailbox.put(samples.answer(cast.email("participant"), to, "Ja."))
    look()
    assert (room.said, told(office, cast), kept(), mailbox.subjects()) == ({}, [], [], [])
    with db.scope(cast.academy.scope):
        assert (db.session.scalar(sa.select(sa.func.count()).select_from(Letter).where(Letter.kind == "session_seat")) == 0) == (how == "gone")


def test_a_destroyed_key_ends_the_addresses_of_its_academy(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    letter_id = write_to(cast)
    to = str(office.taken[0]["Reply-To"])
    from core.mail.addresses import is_genuine, tag_of

    tag = tag_of(to)
    assert tag is not None
    from core.errors import KeyMissing

    def gone(holder: str) -> object:
        raise KeyMissing(holder)

    monkeypatch.setattr(keystore, "open", gone)
    assert not is_genuine(tag) and letter_id == tag.letter_id


def test_a_bounce_is_noted_with_its_letter_and_its_member(cast: Cast, office: PostOffice, mailbox: Dovecot) -> None:
    letter_id = write_to(cast)
    [back] = office.returned
    assert back.startswith(f"post+b{cast.academy.number}.")
    mailbox.put(samples.dsn(back, action="delayed", status="4.2.2", told="452 4.2.2 full"))
    look()
    with db.scope(cast.academy.scope):
        letter = db.session.get_one(Letter, letter_id)
        assert (letter.delays, letter.bounced_at) == (1, None)
    mailbox.put(samples.dsn(back))
    look()
    with db.scope(cast.academy.scope):
        letter, member = db.session.get_one(Letter, letter_id), db.session.get_one(Member, cast.ids["participant"])
        assert (letter.bounce_code, member.bounce_code) == ("5.1.1", "5.1.1")
    assert (mailbox.subjects(), kept(), len(office.taken)) == ([], [], 1)


@pytest.mark.parametrize(("by", "code"), [("header", "5.1.1"), ("header of somebody else", None), ("message id", None)])
def test_a_bounce_that_comes_to_the_platforms_address_finds_its_letter_by_the_signed_header(
    cast: Cast, office: PostOffice, mailbox: Dovecot, by: str, code: str | None
) -> None:
    letter_id = write_to(cast)
    sent = office.taken[0]
    original = f"X-Kweek-Letter: {sent['X-Kweek-Letter']}" if by == "header" else f"Message-ID: {sent['Message-ID']}"
    if by == "header of somebody else":
        original = f"X-Kweek-Letter: {cast.academy.number}.{letter_id}"
    mailbox.put(samples.in_words(samples.QMAIL, INBOX, original))
    look()
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Letter, letter_id).bounce_code == code


def test_a_letter_of_the_platform_that_bounces_says_so(office: PostOffice, mailbox: Dovecot) -> None:
    from core.mail.actions import write_letter as write_platform_letter

    with db.scope(CORE, commit=True):
        letter_id = write_platform_letter("olga@post.example", "confirm_account", "nl", name="Olga", url="https://x.example").id
    deliver()
    assert office.returned[0].startswith("post+b0.")
    mailbox.put(samples.dsn(office.returned[0]))
    look()
    with db.scope(CORE):
        assert db.session.get_one(PlatformLetter, letter_id).bounce_code == "5.1.1"


@pytest.fixture
def recognisers() -> Iterator[list[str]]:
    """Have one recogniser: whoever writes "stop" stops. Return who did."""
    stopped: list[str] = []
    before = list(_recognisers)
    _recognisers.clear()

    @recogniser
    def stop(mail: Arrived) -> bool:
        if "bug" in mail.text:
            raise ZeroDivisionError
        if "stop" in mail.text:
            stopped.append(mail.sender)
        return "stop" in mail.text

    yield stopped
    _recognisers[:] = before


def test_the_platforms_mail_goes_to_who_knows_it_and_the_rest_to_a_person(office: PostOffice, mailbox: Dovecot, recognisers: list[str]) -> None:
    mailbox.put(
        samples.answer("a@post.example", INBOX, "stop", "<1@x>"), samples.answer("b@post.example", INBOX, "Wat kost het?", "<2@x>"),
        samples.answer("c@post.example", INBOX, "stop", "<3@x>", Auto_Submitted="auto-generated"), samples.answer("d@post.example", INBOX, "een bug", "<4@x>"),
        samples.answer("e@post.example", INBOX, "stop", "<5@x>", Auto_Submitted="auto-replied"), b"\xff\xfe\x00 not a mail",
    )  # fmt: skip
    look()
    assert recognisers == ["a@post.example"]
    assert [(why, sender) for why, sender, _ in kept()] == [("unclear", "b@post.example"), ("automatic", "c@post.example"), ("trouble", "d@post.example")]
    assert mailbox.subjects() == [] and office.taken == []
    with db.scope(CORE):
        stored = b"".join(bytes(value) for row in db.session.execute(sa.text("SELECT * FROM core.inbound_mails")) for value in row if isinstance(value, bytes | memoryview))
        assert b"post.example" not in stored and b"kost" not in stored
        acts = db.session.execute(sa.select(Event.act, Event.facts).where(Event.act == "mail.arrived")).all()
        assert {row.facts["why"] for row in acts} == {"unclear", "automatic", "trouble"}


def test_a_mail_that_lies_there_again_is_kept_once(office: PostOffice, mailbox: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap.Mailbox, "take_out", lambda self, uid: None)
    mailbox.put(samples.answer("b@post.example", INBOX, "Wat kost het?"))
    look()
    look()
    assert len(kept()) == 1 and len(mailbox.subjects()) == 1


def test_a_mail_stays_while_the_database_is_away(cast: Cast, office: PostOffice, mailbox: Dovecot, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def away(mail: Arrived) -> str:
        raise OperationalError("SELECT", None, Exception("gone"))

    mailbox.put(samples.answer("b@post.example", INBOX, "Wat kost het?", Subject="Vraag"))
    with monkeypatch.context() as patch:
        patch.setattr("jobs.inbox.ask_platform", away)
        look()
    assert mailbox.subjects() == ["Vraag"]
    look()
    assert len(kept()) == 1 and mailbox.subjects() == []


def test_somebody_elses_deleted_mail_is_not_ours_to_take_out(office: PostOffice, mailbox: Dovecot) -> None:
    mailbox.put(samples.answer("a@post.example", INBOX, "x", "<1@x>", Subject="Hers"))
    other = mailbox.client()
    other.store("1", "+FLAGS", r"(\Deleted)")
    other.logout()
    mailbox.put(samples.answer("b@post.example", INBOX, "x", "<2@x>", Subject="Ours"))
    look()
    assert mailbox.subjects() == ["Hers"]


def test_a_mail_server_that_is_away_is_asked_again(office: PostOffice, mailbox: Dovecot, room: Room) -> None:
    mailbox.put(samples.answer("b@post.example", INBOX, "Wat kost het?"))
    mailbox.stop()
    look()
    mailbox.start()
    look()
    assert len(kept()) == 1


def test_over_tls_only_a_certificate_that_is_trusted_gets_the_password(mailbox: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox.put(samples.answer("b@post.example", INBOX, "x", Subject="Over TLS"))
    with pytest.raises(MailboxTrouble, match="SSLCertVerificationError"), opened(mailbox.tls_url):
        raise AssertionError("not reached")
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.certificate))
    with opened(mailbox.tls_url) as box:
        [uid] = box.uids()
        found = box.fetch(uid)
        assert found is not None and b"Over TLS" in found.raw and not found.is_cut
        box.take_out(uid)
        assert box.uids() == [] and box.fetch(uid) is None


def test_a_wrong_password_and_a_folder_that_is_not_there_are_trouble(mailbox: Dovecot) -> None:
    for url in (mailbox.url.replace("secret", "wrong"), mailbox.url.replace("INBOX", "Nothing")):
        with pytest.raises(MailboxTrouble), opened(url):
            raise AssertionError("not reached")


def test_a_password_goes_to_no_other_machine_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    class Clear(imaplib.IMAP4):
        def __init__(self, *args: object, **kw: object) -> None:
            self.capabilities = ("IMAP4REV1",)

        def login(self, *args: object) -> None:  # type: ignore[override]
            said.append("login")

        def shutdown(self) -> None: ...

    monkeypatch.setattr(imap.imaplib, "IMAP4", Clear)  # type: ignore[attr-defined]
    with pytest.raises(MailboxTrouble), opened("imap://me:secret@mail.example/INBOX"):
        raise AssertionError("not reached")
    assert said == []


def test_without_a_mailbox_letters_take_no_answers(platform: Platform, cast: Cast, office: PostOffice) -> None:
    configuration.use(configuration.load(platform.environ(SMTP_URL=office.url)))
    write_to(cast)
    assert (office.taken[0]["Reply-To"], office.returned) == (None, ["no-reply@localhost"])
    with db.scope(CORE):
        read_inbox()


def test_what_was_handled_goes_after_90_days_and_everything_after_a_year(office: PostOffice) -> None:
    now = clock.now()
    with db.scope(CORE, commit=True):
        for days, handled in ((1, None), (364, None), (366, None), (200, 89), (200, 91)):
            db.session.add(InboundMail(why="unclear", sender=f"d{days}-{handled}@x.example", sender_name="", subject="", body="", arrived_at=now - timedelta(days=days),
                                       handled_at=handled and now - timedelta(days=handled)))  # fmt: skip
        db.session.add(TakenMail(digest=b"old", taken_at=now - timedelta(days=91)))
        db.session.add(TakenMail(digest=b"new", taken_at=now))
    with db.scope(CORE, commit=True):
        sweep()
    assert sorted(sender for _, sender, _ in kept()) == ["d1-None@x.example", "d200-89@x.example", "d364-None@x.example"]
    with db.scope(CORE):
        assert db.session.scalars(sa.select(TakenMail.digest)).all() == [b"new"]


def age(cast: Cast, letter_id: UUID, by: timedelta) -> None:
    """Make a letter older."""
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Letter, letter_id).made_at -= by


def address_of(cast: Cast, letter_id: UUID) -> str:
    """Return the reply address that this letter had."""
    from core.mail.addresses import reply_address

    with db.scope(cast.academy.scope):
        letter = db.session.get_one(Letter, letter_id)
        return reply_address(cast.academy.number, letter_id, cast.ids["participant"], ROOM, letter.made_at)


def state(cast: Cast, state: str) -> None:
    """Let the academy be in another state of its life."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Academy).where(Academy.number == cast.academy.number).values(state=state))


def nested(kind: str) -> bytes:
    """Return a mail whose parts lie in one another more deeply than anybody can follow."""
    if kind == "mails":
        return b"From: a@x.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000
    edges = range(3000)
    return b"From: a@x.example\r\n" + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at) for at in edges)


HOSTILE = {
    "charset": b"From: a@x.example\r\nSubject: =?undefined?q?x?=\r\n\r\nHoi\r\n",
    "nested mails": nested("mails"),
    "nested parts": nested("parts"),
    "letter": samples.dsn(INBOX, original=f"X-Kweek-Letter: 1.{'-' * 36}"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_no_mail_stops_the_next_ones(office: PostOffice, mailbox: Dovecot, what: str) -> None:
    mailbox.put(HOSTILE[what], samples.answer("b@post.example", INBOX, "Wat kost het?", "<2@x>"))
    look()
    assert mailbox.subjects() == []
    assert "b@post.example" in [sender for _, sender, _ in kept()]


def test_what_nobody_can_read_waits_for_a_person_as_it_is(cast: Cast, office: PostOffice, mailbox: Dovecot) -> None:
    mailbox.put(nested("parts"), b"To: post+r7.abc@kweek.example\r\n" + nested("parts"))
    look()
    assert [(why, text[:17]) for why, _, text in kept()] == [("trouble", "From: a@x.example"), ("trouble", "")], "and nothing of an academy"


def test_one_sender_fills_nothing(office: PostOffice, mailbox: Dovecot) -> None:
    mails = [samples.answer("a@post.example", INBOX, "Koop nu.", f"<{number}@x>") for number in range(MOST_A_DAY + 2)]
    mailbox.put(*mails, samples.answer("b@post.example", INBOX, "Wat kost het?", "<b@x>"))
    look()
    assert mailbox.subjects() == []
    assert [sender for _, sender, _ in kept()] == ["a@post.example"] * MOST_A_DAY + ["b@post.example"]
    with clock.shifted(timedelta(days=1, minutes=1)):
        mailbox.put(samples.answer("a@post.example", INBOX, "Koop nu.", "<later@x>"))
        look()
    assert len(kept()) == MOST_A_DAY + 2
