"""Reporting, blocking, and what moderators see: reported messages only, each look written down."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.audit.models import Event
from tenants.chat import actions, keeping, moderating
from tenants.chat.models import MemberBlock, Message, MessageReport, Room
from tenants.chat.unread import unread_of
from tests.cast import Cast
from tests.chat.talking import Talk, say, write_talk
from tests.courses.writing import member


def reported(app: HostedFlask, cast: Cast) -> tuple[Talk, UUID, UUID]:
    """Return a talk of which the third of five messages was reported: the talk, the message and the report."""
    talk = write_talk(cast)
    keys = [say(cast, who, talk.direct, words) for who, words in (
        ("participant", "alpha first"), ("second", "bravo before"), ("participant", "charlie nasty"), ("second", "delta after"),
        ("participant", "echo last"))]  # fmt: skip
    url = f"/messages/{talk.direct}/{keys[2]}/report"
    sent = cast.client(app, "second").post(url, data={"reason": "This hurts"})
    assert sent.status_code == 303
    with db.scope(cast.academy.scope):
        return talk, keys[2], db.session.scalars(sa.select(MessageReport.id)).one()


def events(cast: Cast, act: str) -> list[Event]:
    """Return what the audit says of an act."""
    with db.scope(cast.academy.scope):
        return list(db.session.scalars(sa.select(Event).where(Event.act == act)))


def test_a_moderator_sees_the_reported_message_and_one_on_each_side_only(app: HostedFlask, cast: Cast) -> None:
    talk, key, report_id = reported(app, cast)
    browser = cast.client(app, "manager")
    listed = browser.get("/messages/reports").text
    assert "This hurts" in listed and "charlie nasty" not in listed and "Yusuf Demir" in listed
    assert events(cast, "chat.disclosed") == []
    page = browser.get(f"/messages/reports/{report_id}").text
    for words, shown in (("alpha", False), ("bravo", True), ("charlie", True), ("delta", True), ("echo", False)):
        assert (words in page) == shown, words
    assert browser.get(f"/messages/{talk.direct}").status_code == 404, "the talk itself stays closed"
    seen = events(cast, "chat.disclosed")
    assert len(seen) == 1 and seen[0].actor_id == cast.ids["manager"] and seen[0].facts["message"] == str(key)
    assert "charlie" not in str(seen[0].facts)


@pytest.mark.parametrize("who", ["participant", "second", "trainer", "author"])
def test_nobody_else_sees_reports(app: HostedFlask, cast: Cast, who: str) -> None:
    _, _, report_id = reported(app, cast)
    browser = cast.client(app, who)
    assert browser.get("/messages/reports").status_code == 403
    assert browser.get(f"/messages/reports/{report_id}").status_code == 403
    assert browser.post(f"/messages/reports/{report_id}", data={"outcome": "removed"}).status_code == 403


def test_nobody_judges_their_own_words(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    with db.scope(cast.academy.scope, commit=True):
        direct = actions.open_direct(member(cast, "owner"), member(cast, "second")).id
    key = say(cast, "owner", direct, "Rude words of the owner")
    cast.client(app, "second").post(f"/messages/{direct}/{key}/report", data={"reason": "Not so"})
    with db.scope(cast.academy.scope):
        report_id = db.session.scalars(sa.select(MessageReport.id)).one()
        assert moderating.open_count(member(cast, "owner")) == 0 and moderating.open_count(member(cast, "manager")) == 1
    accused, url = cast.client(app, "owner"), f"/messages/reports/{report_id}"
    assert talk and "Not so" not in accused.get("/messages/reports").text and accused.get(url).status_code == 404
    assert accused.post(url, data={"outcome": "dismissed"}).status_code == 404
    assert cast.client(app, "manager").post(url, data={"outcome": "warned"}).status_code == 303
    assert "Not so" not in accused.get("/messages/reports?show=decided").text and accused.get(url).status_code == 404


def test_who_said_it_cannot_change_what_a_moderator_is_asked_to_look_at(app: HostedFlask, cast: Cast) -> None:
    talk, key, report_id = reported(app, cast)
    sender, moderator, url = cast.client(app, "participant"), cast.client(app, "manager"), f"/messages/{talk.direct}/{key}"
    edited = sender.post(f"{url}/edit", data={"body": "I only said hello"})
    assert edited.status_code == 422 and "Until that is done" in edited.text and "I only said hello" in edited.text
    removed = sender.post(f"{url}/remove")
    assert removed.status_code == 422 and "Until that is done" in removed.text
    told = sender.post(f"{url}/remove", headers={"Accept": "application/json"})
    assert told.status_code == 422 and "Until that is done" in told.json["error"]
    assert "charlie nasty" in moderator.get(f"/messages/reports/{report_id}").text
    moderator.post(f"/messages/reports/{report_id}", data={"outcome": "dismissed"})
    assert sender.post(f"{url}/edit", data={"body": "Hello"}).status_code == 303
    assert sender.post(f"{url}/remove").status_code == 303


def test_nothing_is_changed_or_removed_in_a_room_that_is_held(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    key = say(cast, "participant", talk.room, "As it was")
    browser, url = cast.client(app, "participant"), f"/messages/{talk.room}/{key}"
    with db.scope(cast.academy.scope, commit=True):
        keeping.hold(db.session.get_one(Room, talk.room), "A complaint", member(cast, "manager"))
    edited = browser.post(f"{url}/edit", data={"body": "Something else"})
    assert edited.status_code == 422 and "kept as they are" in edited.text and "Something else" in edited.text
    assert browser.post(f"{url}/remove").status_code == 422
    with db.scope(cast.academy.scope, commit=True):
        assert db.session.get_one(Message, key).body == "As it was"
        keeping.release(db.session.get_one(Room, talk.room), member(cast, "manager"))
    assert browser.post(f"{url}/remove").status_code == 303


def test_a_removed_message_says_that_a_moderator_removed_it(app: HostedFlask, cast: Cast) -> None:
    talk, key, report_id = reported(app, cast)
    browser = cast.client(app, "manager")
    assert browser.post(f"/messages/reports/{report_id}", data={"outcome": "removed"}).status_code == 303
    with db.scope(cast.academy.scope):
        row = db.session.get_one(Message, key)
        assert row.body == "" and row.removed_by == cast.ids["manager"]
        assert db.session.get_one(MessageReport, report_id).state == "removed"
    page = cast.client(app, "second").get(f"/messages/{talk.direct}").text
    assert "Removed by a moderator." in page and "charlie" not in page
    assert browser.post(f"/messages/reports/{report_id}", data={"outcome": "warned"}).status_code == 422, "decided once"
    assert len(events(cast, "chat.decide")) == 1


def test_a_warning_waits_until_it_is_read_and_names_no_reporter(app: HostedFlask, cast: Cast) -> None:
    _, _, report_id = reported(app, cast)
    cast.client(app, "manager").post(f"/messages/reports/{report_id}", data={"outcome": "warned"})
    browser = cast.client(app, "participant")
    page = browser.get("/messages").text
    assert "A moderator asks for your attention" in page and "charlie nasty" in page and "This hurts" not in page
    assert "A moderator asks" not in cast.client(app, "second").get("/messages").text
    browser.post("/messages/warnings/read")
    assert "A moderator asks" not in browser.get("/messages").text


def test_a_dismissed_report_leaves_the_message(app: HostedFlask, cast: Cast) -> None:
    talk, _, report_id = reported(app, cast)
    cast.client(app, "owner").post(f"/messages/reports/{report_id}", data={"outcome": "dismissed"})
    assert "charlie nasty" in cast.client(app, "second").get(f"/messages/{talk.direct}").text
    assert "Let stand" in cast.client(app, "owner").get("/messages/reports?show=decided").text


def test_a_report_needs_a_reason_and_keeps_what_was_typed(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    key, own = say(cast, "participant", talk.direct, "Hm"), say(cast, "second", talk.direct, "Mine")
    browser = cast.client(app, "second")
    page = browser.post(f"/messages/{talk.direct}/{key}/report", data={"reason": "   "})
    assert page.status_code == 422 and "Say in a few words" in page.text
    page = browser.post(f"/messages/{talk.direct}/{key}/report", data={"reason": "z" * 501})
    assert page.status_code == 422 and "zzzz" in page.text
    assert browser.post(f"/messages/{talk.direct}/{own}/report", data={"reason": "Own"}).status_code == 422
    for _ in range(2):
        assert browser.post(f"/messages/{talk.direct}/{key}/report", data={"reason": "Twice"}).status_code == 303
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(MessageReport)) == 1


def test_who_is_blocked_cannot_write_and_is_not_told_why(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.room, "In the course")
    blocker = cast.client(app, "second")
    assert blocker.post(f"/messages/{talk.direct}/block", data={"do": "block"}).status_code == 303
    refused = cast.client(app, "participant").post(f"/messages/{talk.direct}", data={"body": "Hello?"})
    assert refused.status_code == 403 and "You cannot write to this person now" in refused.text and "You blocked" not in refused.text
    own = blocker.post(f"/messages/{talk.direct}", data={"body": "And I?"})
    assert own.status_code == 403 and "You blocked this person" in own.text
    shared = blocker.get(f"/messages/{talk.room}").text
    assert "said-line folded" in shared
    with db.scope(cast.academy.scope):
        assert unread_of(member(cast, "second")) == {}, "what a blocked person says is no news"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(MemberBlock)) == 1
    blocker.post(f"/messages/{talk.direct}/block", data={"do": "unblock"})
    assert cast.client(app, "participant").post(f"/messages/{talk.direct}", data={"body": "Hello again"}).status_code == 303


def test_nobody_outside_the_room_can_be_blocked_from_it(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    browser = cast.client(app, "participant")
    assert browser.post(f"/messages/{talk.direct}/block", data={"member": str(cast.ids["author"])}).status_code == 404
