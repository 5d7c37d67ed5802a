"""What happens becomes notices, once each; they are mailed as people chose, and only to who may still see it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.learning.actions import end_enrolment, enrol
from tenants.learning.models import Enrolment
from tenants.notifications import actions, choices, mailing, queries, registry
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said
from tenants.notifications.rules import KINDS, Choice
from tenants.people.models import Member
from tests.cast import Cast
from tests.courses.writing import member
from tests.doors import give_password, letters
from tests.notifications.telling import at, forget_work, notices, stay_signed_in, work, write_a_course


@pytest.fixture
def course(cast: Cast) -> UUID:
    """Return a published course; everybody has been here for long."""
    stay_signed_in(cast)
    return write_a_course(cast)


def let_in(cast: Cast, course_id: UUID, *who: str) -> None:
    from tenants.courses.models import Course

    with db.scope(cast.academy.scope, commit=True):
        for one in who:
            enrol(member(cast, one), db.session.get_one(Course, course_id), member(cast, "manager"))


def test_who_is_let_in_is_told_once_and_mailed_at_once(cast: Cast, course: UUID) -> None:
    with at("2027-01-12T12:00"):
        let_in(cast, course, "participant")
        work()
        work()
        assert [(one.kind, one.link) for one in notices(cast)] == [("invitation", f"/learn/{course}")]
        with db.scope(cast.academy.scope, commit=True):
            enrolment = db.session.scalars(sa.select(Enrolment)).one()
            assert actions.notify("invitation", [enrolment.member_id], subject_id=enrolment.id, link="/x") == 0
        (letter,) = letters(cast.academy, "notice")
    assert letter[:2] == (cast.email("participant"), "You may begin: Bread for beginners")
    assert "Hello Sanne," in letter[2] and "/me/notifications" in letter[2]


def test_at_night_the_mail_waits_for_the_morning(cast: Cast, course: UUID) -> None:
    with at("2027-01-12T23:00"):
        let_in(cast, course, "participant")
        work()
        assert notices(cast)[0].is_shown and letters(cast.academy, "notice") == []
    with at("2027-01-13T06:59"):
        work()
        assert letters(cast.academy, "notice") == []
    with at("2027-01-13T07:01"):
        work()
        assert len(letters(cast.academy, "notice")) == 1


def test_who_left_before_the_mail_is_told_nothing(cast: Cast, course: UUID, app: HostedFlask) -> None:
    with at("2027-01-12T23:00"):
        let_in(cast, course, "participant", "second")
        work()
        assert len(notices(cast)) == 2
        with db.scope(cast.academy.scope, commit=True):
            end_enrolment(db.session.scalars(sa.select(Enrolment).where(Enrolment.member_id == cast.ids["participant"])).one())
            db.session.get_one(Member, cast.ids["second"]).state = "removed"
    with at("2027-01-13T08:00"):
        work()
        assert letters(cast.academy, "notice") == [] and letters(cast.academy, "digest") == []
        page = cast.client(app, "participant").get("/notifications")
        assert "Bread for beginners" not in page.text and notices(cast, "participant") == [], "the bell no longer counts it"


def test_what_was_read_meanwhile_is_not_mailed(cast: Cast, course: UUID, app: HostedFlask) -> None:
    with at("2027-01-12T23:00"):
        let_in(cast, course, "participant")
        work()
        browser = cast.client(app, "participant")
        assert browser.get("/notifications/count").json == {"unread": 1}
        answer = browser.get(f"/notifications/{notices(cast)[0].id}")
        assert (answer.status_code, answer.location) == (302, f"/learn/{course}")
        assert browser.get("/notifications/count").json == {"unread": 0}
    with at("2027-01-13T08:00"):
        work()
        assert letters(cast.academy, "notice") == []


def test_a_mail_link_leads_through_signing_in_to_its_page(cast: Cast, course: UUID, app: HostedFlask) -> None:
    with at("2027-01-12T12:00"):
        let_in(cast, course, "participant")
        work()
        path = re.search(r"(/notifications/[0-9a-f-]{36})", letters(cast.academy, "notice")[0][2])
        assert path is not None
        stranger = cast.client(app, None)
        there = stranger.get(path[1])
        assert there.status_code == 302 and there.location.startswith("/sign-in?next=")
        form = stranger.get(there.location).text
        assert f'value="{path[1]}"' in form
        inside = stranger.post("/sign-in", data={"email": give_password(cast, "participant"), "password": "staple battery horse", "next": path[1]})
        assert inside.location == path[1]
        assert stranger.get(path[1]).location == f"/learn/{course}"
        assert cast.client(app, "second").get(path[1]).status_code == 404, "somebody else's"


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let messages be about a room that everybody sees."""
    monkeypatch.setitem(registry._describers, "message", lambda reader, found: {one.id: Said("Bread", "Noor Haddad") for one in found})


def say(cast: Cast, room: UUID, times: int = 1) -> None:
    with db.scope(cast.academy.scope, commit=True):
        for _ in range(times):
            actions.notify("message", [cast.ids["participant"]], subject_id=uuid4(), thread_id=room, link=f"/messages/{room}")


def test_a_room_is_mailed_once_until_it_is_read_and_not_before_some_minutes(cast: Cast, talk: None) -> None:
    room = uuid4()
    with at("2027-01-12T12:00"):
        say(cast, room, 2)
        work()
        assert letters(cast.academy, "notice") == []
    with at("2027-01-12T12:06"):
        work()
        assert [one[1] for one in letters(cast.academy, "notice")] == ["2 messages from Noor Haddad"]
        say(cast, room)
    with at("2027-01-12T12:20"):
        work()
        assert len(letters(cast.academy, "notice")) == 1, "it lies there unread"
        with db.scope(cast.academy.scope, commit=True):
            actions.mark_read(cast.ids["participant"], ("message",), room)
        say(cast, room)
    with at("2027-01-12T12:30"):
        work()
        assert len(letters(cast.academy, "notice")) == 2
        say(cast, uuid4())
    with at("2027-01-12T12:40"):
        work()
        assert len(letters(cast.academy, "notice")) == 3, "another room"


def test_a_morning_brings_one_digest_and_never_a_second(cast: Cast, talk: None, course: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        choices.choose(member(cast, "participant"), {"message": Choice(mail="morning"), "invitation": Choice(mail="morning")})
    with at("2027-01-12T12:00"):
        say(cast, uuid4(), 3)
        let_in(cast, course, "participant")
        work()
    with at("2027-01-13T07:29"):
        work()
        assert letters(cast.academy, "digest") == []
    with at("2027-01-13T07:31"):
        work()
        (digest,) = letters(cast.academy, "digest")
        assert digest[1].startswith("2 notifications from ") and "3 messages from Noor Haddad" in digest[2] and "You may begin: Bread" in digest[2]
        assert ".everything." in digest[2], "one link stops them all"
        with db.scope(cast.academy.scope, commit=True):
            mailing.queue_due()
            mailing.mail_to(cast.ids["participant"])
        work()
    with at("2027-01-14T07:31"):
        work()
        assert len(letters(cast.academy, "digest")) == 1


def test_T45_a_worker_that_dies_over_a_digest_leaves_all_or_nothing(cast: Cast, talk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.scope(cast.academy.scope, commit=True):
        choices.choose(member(cast, "participant"), {"message": Choice(mail="morning")})
    with at("2027-01-12T12:00"):
        say(cast, uuid4(), 2)
    forget_work()

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("killed after the letter was written")

    with at("2027-01-13T07:31"), monkeypatch.context() as broken:
        broken.setattr("core.outbox.actions.finish", dies)
        broken.setattr("jobs.perform.finish", dies)
        with db.scope(cast.academy.scope, commit=True):
            mailing.queue_due()
        work()
        assert letters(cast.academy, "digest") == []
    with at("2027-01-13T07:45"):
        work()
        assert len(letters(cast.academy, "digest")) == 1


def test_after_a_long_night_many_lines_are_one_mail(cast: Cast, talk: None) -> None:
    with at("2027-01-12T23:00"):
        for _ in range(4):
            say(cast, uuid4())
        work()
    with at("2027-01-13T07:01"):
        work()
        assert letters(cast.academy, "notice") == [] and len(letters(cast.academy, "digest")) == 1


def test_off_is_off_and_a_pause_holds_everything(cast: Cast, talk: None) -> None:
    with db.scope(cast.academy.scope, commit=True):
        choices.choose(member(cast, "participant"), {"message": Choice(app=False, mail="off")})
    with at("2027-01-12T12:00"):
        say(cast, uuid4())
        assert notices(cast) == []
        with db.scope(cast.academy.scope, commit=True):
            choices.forget(member(cast, "participant"))
            choices.choose_times(member(cast, "participant"), "", True, 1320, 420, clock.now() + timedelta(days=2))
        say(cast, uuid4())
    with at("2027-01-13T12:00"):
        work()
        assert letters(cast.academy, "notice") + letters(cast.academy, "digest") == []
    with at("2027-01-15T07:31"):
        work()
        assert len(letters(cast.academy, "notice") + letters(cast.academy, "digest")) == 1


def test_own_zone_moves_the_morning(cast: Cast, talk: None) -> None:
    with db.scope(cast.academy.scope, commit=True):
        choices.choose(member(cast, "participant"), {"message": Choice(mail="morning")})
        choices.choose_times(member(cast, "participant"), "America/New_York", True, 1320, 420, None)
    with at("2027-01-12T12:00"):
        say(cast, uuid4())
    assert notices(cast)[0].mail_at.isoformat() == "2027-01-12T12:30:00+00:00"


def test_the_bell_costs_no_statement_of_its_own(cast: Cast, talk: None, app: HostedFlask) -> None:
    from sqlalchemy import event

    room = uuid4()
    say(cast, room, 3)
    say(cast, uuid4())
    browser = cast.client(app, "participant")
    seen: list[str] = []
    browser.get("/notifications/count")

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(sa.engine.Engine, "before_cursor_execute", note)
    try:
        assert browser.get("/notifications/count").json == {"unread": 2}, "two lines"
    finally:
        event.remove(sa.engine.Engine, "before_cursor_execute", note)
    assert len([one for one in seen if "asked_slug" not in one]) <= 1, seen


def test_every_kind_is_described_by_a_feature_or_waits_for_the_chat() -> None:
    from tenants import telling  # noqa: F401

    assert set(KINDS) - registry.known_kinds() <= {"message", "mention"}


def test_T11_another_academy_has_none_of_it(casts: tuple[Cast, Cast], app: HostedFlask, talk: None) -> None:
    here, there = casts
    say(here, uuid4())
    notice = notices(here)[0].id
    assert there.client(app, "participant").get(f"/notifications/{notice}").status_code == 404


def test_all_is_read_that_stood_on_the_page(cast: Cast, talk: None, app: HostedFlask) -> None:
    say(cast, uuid4())
    browser = cast.client(app, "participant")
    seen = re.search(r'name="seen" value="(\d+)"', browser.get("/notifications").text)
    assert seen is not None
    say(cast, uuid4())
    assert browser.post("/notifications/read", data={"seen": seen[1]}).status_code == 303
    assert [one.read_at is None for one in notices(cast)] == [False, True], "what came after the page was drawn stays new"


def test_old_notices_go(cast: Cast, talk: None) -> None:
    say(cast, uuid4())
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(Notice).values(made_at=clock.now() - actions.KEPT - timedelta(days=1)))
        actions.sweep()
    assert notices(cast) == []


def test_a_line_of_several_leads_to_the_list(cast: Cast, app: HostedFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._describers, "hand_in", lambda reader, found: {one.id: Said("Bake a loaf", "Sanne de Wit") for one in found})
    block = uuid4()
    with db.scope(cast.academy.scope, commit=True):
        for _ in range(3):
            actions.notify("hand_in", [cast.ids["trainer"]], subject_id=uuid4(), thread_id=block, link="/review/x")
    page = cast.client(app, "trainer").get("/notifications").text
    assert "3 hand-ins wait: Bake a loaf" in page
    assert cast.client(app, "trainer").get(f"/notifications/{notices(cast)[2].id}").location == "/review"
    assert all(one.read_at is not None for one in notices(cast))
    with db.scope(cast.academy.scope):
        assert queries.lines_of(db.session.scalars(sa.select(Notice)).all(), member(cast, "trainer"))[0].said[0].what == "Bake a loaf"


def test_a_letter_of_one_kind_carries_the_address_that_stops_it(cast: Cast, talk: None, monkeypatch: pytest.MonkeyPatch, app: HostedFlask) -> None:
    given: list[dict[str, object]] = []
    real = mailing.write_letter

    def note(recipient: str, kind: str, language: str, **values: object) -> object:
        given.append({"kind": kind, **values})
        return real(recipient, kind, language, **values)

    monkeypatch.setattr(mailing, "write_letter", note)
    room = uuid4()
    with at("2027-01-12T12:00"):
        say(cast, room)
    with at("2027-01-12T12:06"):
        work()
    (letter,) = given
    assert (letter["thread"], letter["reply_room"], letter["member_id"]) == (f"room.{room}", room, cast.ids["participant"])
    path = urlsplit(str(letter["unsubscribe"])).path
    assert cast.client(app, None).post(path).status_code == 200
    with db.scope(cast.academy.scope):
        assert choices.choices_of(member(cast, "participant"))["message"].mail == "off"
