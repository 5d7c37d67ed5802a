"""iCalendar: what programs read back, the private address, and what mail carries."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from blueprints.hosts import HostedFlask
from core import clock, limits
from core.db import db
from core.mail.smtp import message
from jobs import registry
from jobs.perform import drain
from tenants.mail.models import Letter
from tenants.people.models import Member
from tenants.sessions import actions, queries
from tenants.sessions.calendar import Entry, Guest, Organiser, feed, invitation
from tenants.sessions.models import CalendarFeed
from tenants.sessions.rules import span_of
from tests.cast import Cast
from tests.courses.writing import member
from tests.sessions.planned import ZONE, draft, form, in_days, leave, plan, take

NOW = datetime(2026, 5, 1, 12, tzinfo=clock.ZoneInfo("UTC"))
BY = Organiser("Zorgwijs, Ünï & co", "no-reply@kweek.example", "kweek.example")


def entry(day: date = date(2026, 5, 4), begins: time = time(9, 30), ends: time = time(11), **more: Any) -> Entry:
    starts_wall, ends_wall, starts_at, ends_at = span_of(day, begins, ends, ZONE)
    given = {"title": "Practice; evening, part 1", "location": "Room 2, Dorpsstraat 1", "text": "Bring:\n- bread", **more}
    return Entry(uuid4(), given.pop("title"), ZONE, starts_wall, ends_wall, starts_at, ends_at, NOW, given.pop("sequence", 3),
                 given.pop("location"), given.pop("text"), "https://z.kweek.example/agenda/1", **given)  # fmt: skip


def lines_of(content: bytes) -> list[bytes]:
    """Return the content lines, unfolded; the file ends each with CR LF and folds at 75 octets."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    return content.replace(b"\r\n ", b"").split(b"\r\n")


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_feed_is_read_back_with_the_same_times_words_and_zone() -> None:
    made = entry(title="Oefenavond met een lange titel, die wordt gevouwen: één, twéé; drie \\ vier " * 2)
    content = feed([made], BY, NOW)
    lines = lines_of(content)
    assert lines[:2] == [b"BEGIN:VCALENDAR", b"VERSION:2.0"] or b"VERSION:2.0" in lines
    assert b"METHOD:PUBLISH" in lines and b"TZID:Europe/Amsterdam" in lines and b"STATUS:CONFIRMED" in lines
    assert b"DTSTART;TZID=Europe/Amsterdam:20260504T093000" in lines
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    [event] = events(content)
    assert str(event["SUMMARY"]) == made.title and str(event["DESCRIPTION"]) == "Bring:\n- bread"
    assert str(event["UID"]) == f"{made.session_id}@kweek.example" and event["SEQUENCE"] == 3
    assert event["DTSTART"].dt == made.starts_at and event["DTEND"].dt == made.ends_at
    assert event["LAST-MODIFIED"].dt == NOW and event["DTSTAMP"].dt == NOW
    assert str(event["LOCATION"]) == "Room 2, Dorpsstraat 1"


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2026, 1, 15), time(9, 30), time(11)), (date(2026, 7, 15), time(9, 30), time(11)),
        (date(2027, 3, 28), time(1, 30), time(4)), (date(2026, 10, 25), time(1, 30), time(4)),
        (date(2026, 10, 25), time(2, 30), time(2, 10)), (date(2026, 5, 4), time(23), time(1)),
    ],
)  # fmt: skip
def test_T53_a_program_that_knows_only_the_file_gets_the_right_moments(day: date, begins: time, ends: time) -> None:
    made = entry(day, begins, ends)
    calendar = Calendar.from_ical(feed([made], BY, NOW))
    [event], [zone] = calendar.walk("VEVENT"), calendar.walk("VTIMEZONE")
    tz = zone.to_tz(lookup_tzid=False)
    for name, moment in (("DTSTART", made.starts_at), ("DTEND", made.ends_at)):
        value = event[name]
        wall = value.dt.replace(tzinfo=None)
        read = value.dt if value.params.get("TZID") is None else wall.replace(tzinfo=tz)
        assert read.astimezone(clock.ZoneInfo("UTC")) == moment, name


def test_a_cancelled_and_a_waited_for_session_say_so() -> None:
    content = feed([entry(is_cancelled=True), entry(is_waiting=True)], BY, NOW)
    assert [str(event["STATUS"]) for event in events(content)] == ["CANCELLED", "TENTATIVE"]
    assert len(Calendar.from_ical(content).walk("VTIMEZONE")) == 1
    assert events(feed([], BY, NOW)) == []


def test_an_invitation_names_its_guest_and_a_withdrawal_has_the_same_uid() -> None:
    made, guest = entry(), Guest('Sanne "S" de Wit', "sanne@x.example")
    asked, withdrawn = invitation(made, BY, guest, NOW), invitation(made, BY, guest, NOW, withdraw=True)
    assert b"METHOD:REQUEST" in lines_of(asked) and b"METHOD:CANCEL" in lines_of(withdrawn)
    [first], [second] = events(asked), events(withdrawn)
    assert first["UID"] == second["UID"] and str(second["STATUS"]) == "CANCELLED"
    assert str(first["ATTENDEE"]) == "mailto:sanne@x.example" and first["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert str(first["ORGANIZER"]) == "mailto:no-reply@kweek.example"


@pytest.mark.parametrize("evil", ["x\r\nATTENDEE:mailto:evil@x.example", "x\nEND:VEVENT", 'a"b;c:d,e', "\u2028x"])
def test_what_people_type_stays_in_its_line(evil: str) -> None:
    content = invitation(entry(title=evil, location=evil, text=evil), BY, Guest("S", "s@x.example"), NOW)
    assert len(events(content)) == 1
    names = [line.split(b":")[0].split(b";")[0] for line in lines_of(content)]
    assert names.count(b"ATTENDEE") == 1 and names.count(b"SUMMARY") == 1 and names.count(b"END") == content.count(b"BEGIN:")


def feed_url(app: HostedFlask, cast: Cast, who: str) -> str:
    page = cast.client(app, who).post("/agenda/calendar")
    assert page.status_code == 200
    return "/calendar/" + page.text.split("/calendar/")[1].split('"')[0]


def test_the_address_serves_what_the_person_goes_to_leads_or_waits_for(app: HostedFlask, cast: Cast) -> None:
    session, other = plan(cast), plan(cast, title="Another")
    take(cast, session, "participant")
    take(cast, session, "second")
    urls = {who: feed_url(app, cast, who) for who in ("participant", "second", "trainer", "author")}
    stranger = cast.client(app, None)

    def found(who: str) -> list[tuple[str, str]]:
        answer = stranger.get(urls[who])
        assert answer.status_code == 200 and answer.mimetype == "text/calendar" and "no-store" in answer.headers["Cache-Control"]
        return [(str(event["UID"]).split("@")[0], str(event["STATUS"])) for event in events(answer.data)]

    assert found("participant") == [(str(session), "CONFIRMED")]
    assert found("second") == [(str(session), "TENTATIVE")]
    assert {uid for uid, _ in found("trainer")} == {str(session), str(other)}
    assert found("author") == []


def sequence_in(app: HostedFlask, cast: Cast, url: str) -> tuple[int, str] | None:
    found = events(cast.client(app, None).get(url).data)
    return (int(found[0]["SEQUENCE"]), str(found[0]["STATUS"])) if found else None


def test_the_sequence_grows_with_every_change_and_a_cancelled_session_stays(app: HostedFlask, cast: Cast) -> None:
    session = plan(cast, leave_ahead=0)
    take(cast, session, "participant")
    url, seen = feed_url(app, cast, "participant"), []
    seen.append(sequence_in(app, cast, url))
    leave(cast, session, "participant")
    assert sequence_in(app, cast, url) is None
    take(cast, session, "participant")
    seen.append(sequence_in(app, cast, url))
    with db.scope(cast.academy.scope, commit=True):
        trainer = member(cast, "trainer")
        row = queries.session_to_change(trainer, session, lock=True).session
        actions.change_session(row, draft(begins=time(10), leave_ahead=0), trainer, "Trains")
    seen.append(sequence_in(app, cast, url))
    with db.scope(cast.academy.scope, commit=True):
        row = queries.session_to_change(member(cast, "trainer"), session, lock=True).session
        actions.cancel_session(row, "Ill", member(cast, "trainer"))
    seen.append(sequence_in(app, cast, url))
    numbers = [one[0] for one in seen if one]
    assert numbers == sorted(set(numbers)) and len(numbers) == 4
    assert [one[1] for one in seen if one] == ["CONFIRMED"] * 3 + ["CANCELLED"]


def test_a_wrong_an_old_and_a_removed_persons_address_are_404(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    old = feed_url(app, cast, "participant")
    new = feed_url(app, cast, "participant")
    stranger = cast.client(app, None)
    assert old != new and stranger.get(old).status_code == 404 and stranger.get(new).status_code == 200
    for path in ("/calendar/x.ics", f"/calendar/{uuid4()}.ics", "/calendar/" + "a" * 500 + ".ics"):
        assert stranger.get(path).status_code == 404
    assert casts[1].client(app, None).get(new).status_code == 404, "the other academy does not know it"
    with db.scope(cast.academy.scope, commit=True):
        row = db.session.scalars(sa.select(CalendarFeed)).one()
        assert new.encode()[10:-4] not in bytes(row.token_hash)
        db.session.get_one(Member, cast.ids["participant"]).state = "removed"
    assert stranger.get(new).status_code == 404


def test_an_address_can_be_ended_and_is_shown_only_once(app: HostedFlask, cast: Cast) -> None:
    browser, url = cast.client(app, "second"), feed_url(app, cast, "second")
    assert "/calendar/" not in browser.get("/agenda/calendar").text.replace("/agenda/calendar", "")
    assert browser.post("/agenda/calendar/end").status_code == 302
    assert cast.client(app, None).get(url).status_code == 404


def test_an_address_is_read_so_often_and_then_429(app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blueprints.sessions.calendars.TOKEN_PER_HOUR", 3)
    url = feed_url(app, cast, "participant")
    stranger = cast.client(app, None)
    assert [stranger.get(url).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert limits.Limit("calendar", ("a",), 1).key != limits.Limit("calendar", ("b",), 1).key


def test_the_file_of_a_session_is_for_those_who_have_to_do_with_it(app: HostedFlask, cast: Cast) -> None:
    session = plan(cast, kind="online", join_url="https://meet.example/secret")
    take(cast, session, "participant")
    path = f"/agenda/{session}/invitation.ics"
    answer = cast.client(app, "participant").get(path)
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert b"METHOD:REQUEST" in answer.data and b"meet.example" not in answer.data
    assert cast.client(app, "second").get(path).status_code == 404


def letters(cast: Cast) -> list[tuple[str, str]]:
    registry.load()
    while drain():
        pass
    with db.scope(cast.academy.scope):
        found = db.session.scalars(sa.select(Letter).where(Letter.kind.like("session%")).order_by(Letter.id)).all()
        return [(one.kind, (one.recipient or "").split("@")[0]) for one in found]


def last_letter(cast: Cast, kind: str) -> tuple[str, str, str | None]:
    with db.scope(cast.academy.scope):
        one = db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id.desc())).first()
        assert one is not None
        return one.subject or "", one.body_text or "", one.calendar


def test_everybody_gets_the_mail_that_concerns_them(cast: Cast, app: HostedFlask) -> None:
    session = plan(cast)
    take(cast, session, "participant")
    take(cast, session, "second")
    assert letters(cast) == [("session_seat", "participant")]
    leave(cast, session, "participant")
    assert sorted(letters(cast)[1:]) == [("session_left", "participant"), ("session_promoted", "second")]
    assert "METHOD:CANCEL" in (last_letter(cast, "session_left")[2] or "")
    edited = form(begins="10:00", ends="11:30", reason="The train\r\nis late")
    assert cast.client(app, "trainer").post(f"/sessions/{session}/edit", data=edited).status_code == 302
    assert letters(cast)[3:] == [("session_moved", "second")]
    subject, text, calendar = last_letter(cast, "session_moved")
    assert subject == "Moved: Practice evening" and "10:00-11:30" in text and "The train is late" in text
    assert "METHOD:REQUEST" in (calendar or "") and "T100000" in (calendar or "")
    assert cast.client(app, "trainer").post(f"/sessions/{session}/cancellation", data={"reason": "Ill"}).status_code == 302
    assert letters(cast)[4:] == [("session_cancelled", "second")]
    subject, text, calendar = last_letter(cast, "session_cancelled")
    assert "Ill" in text and "METHOD:CANCEL" in (calendar or "")


def test_a_mail_carries_the_invitation_as_a_part_and_as_a_file(cast: Cast) -> None:
    content = invitation(entry(title="Één " * 40), BY, Guest("S", "s@x.example"), NOW).decode()
    mail = message(uuid4(), "Zorgwijs", "s@x.example", "Hello", "text", "<p>html</p>", content)
    read = message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(read, EmailMessage)
    parts = [part for part in read.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_filename() for part in parts] == [None, "invitation.ics"]
    for part in parts:
        assert part.get_param("method") == "REQUEST"
        body = part.get_content()
        text = body.decode() if isinstance(body, bytes) else body
        [event] = events(text.replace("\r\n", "\n").replace("\n", "\r\n").encode())
        assert str(event["SUMMARY"]) == "Één " * 40
    plain = message(uuid4(), "Zorgwijs", "s@x.example", "Hello", "text", "<p>html</p>")
    assert [part.get_content_type() for part in plain.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_the_uid_of_a_session_never_changes(app: HostedFlask, cast: Cast) -> None:
    session: UUID = plan(cast)
    take(cast, session, "participant")
    browser = cast.client(app, "participant")
    path = f"/agenda/{session}/invitation.ics"
    before = events(browser.get(path).data)[0]["UID"]
    cast.client(app, "trainer").post(f"/sessions/{session}/edit", data=form(day=in_days(12).isoformat(), reason="x"))
    after = events(browser.get(path).data)[0]
    assert after["UID"] == before and after["DTSTART"].dt.date() == in_days(12)
    assert timedelta() <= after["LAST-MODIFIED"].dt - clock.now() + timedelta(minutes=1)
