"""Retention: by kind, by room, held; a dry run that says what goes; what a removal of a person leaves of a talk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from jobs import chat as chat_jobs
from jobs import perform, registry
from tenants.audit.models import Event
from tenants.chat import actions as chatting
from tenants.chat import announcing, keeping, manners, moderating, queries, reading, standing
from tenants.chat.models import Message, MessageReport, Room
from tenants.erasure import actions as erasing
from tenants.learning.own_work import own_work
from tests.cast import Cast
from tests.chat.talking import Talk, say, write_talk
from tests.courses.writing import member


def keep(cast: Cast, **months: int) -> None:
    """Let the academy keep messages so long."""
    with db.scope(cast.academy.scope, commit=True):
        manners.choose_keeping(months, member(cast, "manager"))


def said(cast: Cast) -> set[str]:
    """Return the words that are there."""
    with db.scope(cast.academy.scope):
        return {row.body or "" for row in db.session.scalars(sa.select(Message))}


def clear(cast: Cast, **later: float) -> int:
    """Clear as if it were later; return how many went."""
    with clock.shifted(timedelta(**later)), db.scope(cast.academy.scope, commit=True):
        return keeping.clear()


@pytest.fixture
def talk(cast: Cast) -> Talk:
    """Return a talk with one message in each room."""
    found = write_talk(cast)
    for kind in ("room", "question", "direct"):
        say(cast, "participant", getattr(found, kind), f"in {kind}")
    return found


def test_nothing_goes_unless_somebody_chose_so(cast: Cast, talk: Talk) -> None:
    assert clear(cast, days=4000) == 0 and len(said(cast)) == 3


def test_each_kind_of_room_has_its_own_time(cast: Cast, talk: Talk) -> None:
    keep(cast, direct=1, course=12)
    assert clear(cast, days=27) == 0
    assert clear(cast, days=32) == 1 and said(cast) == {"in room", "in question"}
    assert clear(cast, days=367) == 1 and said(cast) == {"in question"}
    with db.scope(cast.academy.scope):
        acts = list(db.session.scalars(sa.select(Event.facts).where(Event.act == "chat.cleared")))
    assert [one["messages"] for one in acts] == [1, 1]


def test_a_room_may_differ_from_its_kind(cast: Cast, talk: Talk) -> None:
    keep(cast, course=1)
    with db.scope(cast.academy.scope, commit=True):
        keeping.keep(db.session.get_one(Room, talk.room), 0, member(cast, "manager"))
    assert clear(cast, days=400) == 0
    with db.scope(cast.academy.scope, commit=True):
        keeping.keep(db.session.get_one(Room, talk.room), 3, member(cast, "manager"))
    assert clear(cast, days=60) == 0 and clear(cast, days=100) == 1


def test_a_hold_keeps_everything_and_its_reason_stands_in_the_room(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    keep(cast, course=1)
    browser, url = cast.client(app, "manager"), f"/settings/messages/rooms/{talk.room}"
    empty = browser.post(url, data={"do": "hold", "reason": " "})
    assert empty.status_code == 422 and "Say in a few words why" in empty.text
    assert browser.post(url, data={"do": "hold", "reason": "A complaint is looked into"}).status_code == 303
    assert "A complaint is looked into" in cast.client(app, "second").get(f"/messages/{talk.room}").text
    assert clear(cast, days=400) == 0
    browser.post(url, data={"do": "release"})
    assert "A complaint" not in cast.client(app, "second").get(f"/messages/{talk.room}").text
    assert clear(cast, days=400) == 1


def test_the_dry_run_says_exactly_what_the_clearing_takes(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    keep(cast, course=1, direct=1, lesson=1)
    with clock.shifted(timedelta(days=40)), db.scope(cast.academy.scope):
        plan = keeping.plan(member(cast, "manager"))
        assert plan.total == 3 and [one.messages for one in plan.rooms] == [1] and plan.others == {"direct": 1, "lesson": 1}
    assert len(said(cast)) == 3, "a dry run takes nothing"
    assert clear(cast, days=40) == plan.total
    page = cast.client(app, "manager").get("/settings/messages/keeping")
    assert page.status_code == 200 and "Nothing." in page.text


def test_a_reported_message_stays_until_somebody_decided(cast: Cast, talk: Talk) -> None:
    keep(cast, direct=1)
    with db.scope(cast.academy.scope, commit=True):
        row = db.session.scalars(sa.select(Message).where(Message.room_id == talk.direct)).one()
        report = MessageReport(message_id=row.id, reporter_id=cast.ids["second"], reason="Rude")
        db.session.add(report)
    assert clear(cast, days=40) == 0
    with db.scope(cast.academy.scope, commit=True):
        db.session.scalars(sa.select(MessageReport)).one().state = "dismissed"
    assert clear(cast, days=40) == 1


def test_a_hold_or_report_comes_before_or_after_the_clearing(cast: Cast, talk: Talk) -> None:
    keep(cast, direct=1)
    waited: list[str] = []

    def others(_: list[UUID]) -> None:
        for name, act in (("hold", hold), ("report", report)):
            try:
                with db.scope(cast.academy.scope, commit=True):
                    db.session.execute(sa.text("set local lock_timeout = '200ms'"))
                    act()
            except OperationalError:
                waited.append(name)

    def hold() -> None:
        keeping.hold(db.session.get_one(Room, talk.direct), "A complaint", member(cast, "manager"))

    def report() -> None:
        row = db.session.scalars(sa.select(Message).where(Message.room_id == talk.direct)).one()
        moderating.report(member(cast, "second"), row, "Rude")

    keeping.before_clearing.append(others)
    try:
        assert clear(cast, days=40) == 1
    finally:
        keeping.before_clearing.remove(others)
    assert waited == ["hold", "report"], "neither is promised for what is being deleted"


def test_the_clearing_leaves_what_is_being_held_or_reported_now(cast: Cast, talk: Talk) -> None:
    keep(cast, direct=1, course=1)
    with db.scope(cast.academy.scope, commit=True):
        keeping.hold(db.session.get_one(Room, talk.direct), "A complaint", member(cast, "manager"))
        row = db.session.scalars(sa.select(Message).where(Message.room_id == talk.room)).one()
        moderating.report(member(cast, "second"), row, "Rude")
        assert clear(cast, days=40) == 0
    assert clear(cast, days=40) == 0 and len(said(cast)) == 3


def test_much_is_cleared_in_several_goes(cast: Cast, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(cast, direct=1, course=1, lesson=1)
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    monkeypatch.setattr(keeping, "MOST", 2)
    registry.load()
    with clock.shifted(timedelta(days=40)):
        with db.scope(cast.academy.scope, commit=True):
            perform_clear()
        assert len(said(cast)) == 1
        perform.drain(most=50)
    assert said(cast) == set()


def test_the_night_clears_every_academy_and_twice_is_once(cast: Cast, talk: Talk) -> None:
    keep(cast, direct=1)
    registry.load()
    with clock.shifted(timedelta(days=40)):
        for _ in range(2):
            with db.scope(cast.academy.scope, commit=True):
                perform_clear()
    assert said(cast) == {"in room", "in question"}


def perform_clear() -> None:
    """Do what the job does."""
    chat_jobs.clear()


def test_files_go_before_their_messages(cast: Cast, talk: Talk) -> None:
    keep(cast, direct=1)
    seen: list[list[UUID]] = []
    keeping.before_clearing.append(seen.append)
    try:
        assert clear(cast, days=40) == 1
    finally:
        keeping.before_clearing.remove(seen.append)
    assert len(seen) == 1 and len(seen[0]) == 1


def test_a_removed_person_leaves_empty_places_and_the_others_keep_their_words(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    say(cast, "second", talk.direct, "Answer of the other")
    say(cast, "trainer", talk.question, "Answer of the trainer")
    with db.scope(cast.academy.scope, commit=True):
        about = db.session.scalars(sa.select(Message).where(Message.room_id == talk.direct, Message.number == 1)).one()
        moderating.report(member(cast, "second"), about, "Sanne calls me names")
        key = about.id
    answer = say(cast, "second", talk.direct, "Answer of the other", reply_to=key)
    with db.scope(cast.academy.scope, commit=True):
        manager = member(cast, "manager")
        erasing.plan(erasing.person(cast.ids["participant"], manager), manager, cast.academy.slug, at_once=True)
    registry.load()
    perform.drain(most=50)
    assert said(cast) == {"", "Answer of the other"}, "a question goes whole, with its answers"
    with db.scope(cast.academy.scope):
        assert [one.reason for one in db.session.scalars(sa.select(MessageReport))] == [""], "reasons tell of the person too"
        assert db.session.get_one(Message, answer).version == 2, "open pages draw the quote anew"
    page = cast.client(app, "second").get(f"/messages/{talk.direct}").text
    assert "Former participant" in page and "Answer of the other" in page and "because this person has left" in page
    assert "Sanne" not in page and 'name="body"' not in page


def test_what_was_said_goes_along_with_ones_own_work(cast: Cast, talk: Talk) -> None:
    say(cast, "trainer", talk.question, "Answer of the trainer")
    say(cast, "second", talk.direct, "Not mine")
    with db.scope(cast.academy.scope):
        mine = own_work(member(cast, "participant"))["messages"]
    assert [(one["where"], one["text"]) for one in mine] == [
        ("course", "in room"), ("lesson", "in question"), ("direct", "in direct"), ("lesson", "Answer of the trainer")]  # fmt: skip


def test_what_was_done_in_messages_goes_along_too(cast: Cast, talk: Talk) -> None:
    rude = say(cast, "second", talk.direct, "Rude")
    named = say(cast, "second", talk.room, "Ask @Sanne")
    with db.scope(cast.academy.scope, commit=True):
        person, other = member(cast, "participant"), member(cast, "second")
        row = reading.message_in(queries.room_for(person, talk.direct), rude)
        chatting.react(person, row, "👍")
        moderating.report(person, row, "It hurts me")
        standing.block(person, other)
        standing.read_up_to(person, row.room, 2)
    with db.scope(cast.academy.scope):
        mine, others, name = own_work(member(cast, "participant")), own_work(member(cast, "second")), member(cast, "second").name
    assert [(one["where"], one["message"], one["sign"]) for one in mine["message_signs"]] == [("direct", str(rude), "👍")]
    assert [(one["message"], one["reason"]) for one in mine["message_reports"]] == [(str(rude), "It hurts me")]
    assert [one["name"] for one in mine["blocked_people"]] == [name]
    assert [(one["where"], one["message"]) for one in mine["messages_naming_me"]] == [("course", str(named))]
    assert ("direct", 2) in [(one["where"], one["read_up_to"]) for one in mine["message_rooms"]]
    assert not {"message_signs", "message_reports", "blocked_people", "messages_naming_me"} & set(others), "the others learn nothing of it"


def test_an_announcement_reaches_the_room_once_and_stands_out(app: HostedFlask, cast: Cast, talk: Talk) -> None:
    url, client_id = f"/messages/course/{talk.course}/announcement", str(uuid4())
    with db.scope(cast.academy.scope, commit=True):
        manners.choose({"peers": False, "direct": True}, member(cast, "manager"))
    for who, expected in (("participant", 403), ("author", 403), ("trainer", 200), ("manager", 200)):
        assert cast.client(app, who).get(url).status_code == expected, who
    assert "It goes to the 2 people" in cast.client(app, "manager").get(url).text
    for _ in range(2):
        assert cast.client(app, "manager").post(url, data={"body": "No class on Friday", "client_id": client_id}).status_code == 303
    page = cast.client(app, "second").get(f"/messages/{talk.room}").text
    assert page.count("No class on Friday") >= 1 and "is-notice" in page and "Announcement" in page
    with db.scope(cast.academy.scope):
        rows = list(db.session.scalars(sa.select(Message).where(Message.kind == "notice")))
        assert len(rows) == 1 and rows[0].sender_id == cast.ids["manager"]
    empty = cast.client(app, "trainer").post(url, data={"body": " "})
    assert empty.status_code == 422 and "Write something first" in empty.text


def test_a_trainer_announces_in_their_own_course_only(cast: Cast, talk: Talk) -> None:
    with db.scope(cast.academy.scope):
        course, _ = announcing.course_to_tell(member(cast, "trainer"), talk.course)
        course.trainer_id = cast.ids["owner"]
        assert not announcing.may_announce(member(cast, "trainer"), course)
