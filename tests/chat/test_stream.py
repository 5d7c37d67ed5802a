"""The stream over HTTP: its greeting, its replay, what it costs while it waits, who may have it; and what pages ask without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import joinedload

from blueprints.chat import pacing, stream
from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from core.pace import Pace
from tenants.chat import actions
from tenants.chat.feeds import MOST_OF_ONE, feeds
from tenants.chat.lines import stamp_of
from tenants.chat.models import Message, Room
from tenants.groups import actions as groups
from tenants.groups.models import Group
from tenants.people import signing
from tests.cast import Cast
from tests.chat.listening import end_feeds, make_room, page_of, parsed, say
from tests.courses.writing import member

LISTENS = {"Accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def over() -> Iterator[None]:
    """Let the feeds of a test end with it."""
    yield
    end_feeds()


def opened(app: HostedFlask, cast: Cast, who: str, path: str = "/messages/stream", **headers: str) -> Any:
    """Return the answer of an open stream."""
    answer = cast.client(app, who).get(path, headers={**LISTENS, **headers}, buffered=False)
    assert answer.status_code == 200, answer.status_code
    return answer


def next_of(parts: Iterator[bytes]) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of the next bytes."""
    return list(parsed(next(parts)))


def test_a_stream_greets_and_tells_what_happens(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    answer = opened(app, cast, "participant")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["X-Accel-Buffering"] == "no" and "no-store" in answer.headers["Cache-Control"]
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    parts = answer.iter_encoded()
    hello = next(parts)
    assert b"\nid: " in hello and list(parsed(hello)) == [("hello", {"replayed": False, "rooms": {}, "silent": [], "unread": 0})]
    message = say(cast, "trainer", room, "the dough has risen")
    (name, data), *_ = next_of(parts)
    assert name == "message" and data["id"] == str(message) and data["room"] == str(room) and data["number"] == 1
    assert "the dough has risen" in data["html"] and data["sender"] == str(cast.ids["trainer"])
    answer.close()
    assert feeds.count() == 0


def test_a_stream_that_waits_holds_no_connection_to_the_database(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    answers = [opened(app, casts[0], "participant") for _ in range(MOST_OF_ONE)]
    parts = [answer.iter_encoded() for answer in answers]
    for one in parts:
        next(one)
    assert not db.has_frame()
    until = 50
    while sum(engine.pool.checkedout() for engine in db.clusters["main"]) and until:  # type: ignore[attr-defined]
        stream.gevent.sleep(0.05)  # a feed's own check ends soon
        until -= 1
    assert sum(engine.pool.checkedout() for engine in db.clusters["main"]) == 0  # type: ignore[attr-defined]
    for answer in answers:
        answer.close()


def test_a_stream_that_is_silent_beats(app: HostedFlask, casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.2)
    answer = opened(app, casts[0], "participant")
    parts = answer.iter_encoded()
    next(parts)
    beat = next(parts)
    assert beat.startswith(b":") and list(parsed(beat)) == [("beat", 1)]
    answer.close()


def test_T50_what_was_missed_is_replayed_and_only_what_may_be_read(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, group = make_room(cast)
    secret, _ = make_room(cast, ("trainer", "second"))
    say(cast, "trainer", room, "long ago")
    with db.scope(cast.academy.scope, commit=True):
        db.session.query(Message).update({"changed_at": clock.now() - timedelta(minutes=5)})
    last = str(stamp_of(clock.now()))
    say(cast, "trainer", room, "missed")
    say(cast, "trainer", secret, "not hers")
    for answer in (opened(app, cast, "participant", **{"Last-Event-ID": last}), opened(app, cast, "participant", f"/messages/stream?last={last}")):
        events = next_of(answer.iter_encoded())
        assert [name for name, _ in events] == ["message", "hello"]
        assert "missed" in events[0][1]["html"] and events[1][1] == {"replayed": True}
        answer.close()
    with db.scope(cast.academy.scope, commit=True):
        groups.take_out(db.session.get_one(Group, group), cast.ids["participant"], member(cast, "manager"))
    answer = opened(app, cast, "participant", **{"Last-Event-ID": last})
    assert [name for name, _ in next_of(answer.iter_encoded())] == ["hello"], "who has left hears nothing of the room"
    answer.close()


def test_who_was_away_too_long_is_told_to_ask(app: HostedFlask, casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    monkeypatch.setattr(stream.news, "MOST_REPLAYED", 2)
    last = str(stamp_of(clock.now()))
    for number in range(3):
        say(cast, "trainer", room, str(number))
    answer = opened(app, cast, "participant", **{"Last-Event-ID": last})
    events = next_of(answer.iter_encoded())
    assert [name for name, _ in events] == ["hello"] and events[0][1]["replayed"] is False and events[0][1]["unread"] == 3
    answer.close()


@pytest.mark.parametrize("last", ["", "x", "-1", "9" * 30, "0", "1e9", "<script>"])
def test_a_strange_last_id_is_no_trouble(app: HostedFlask, casts: tuple[Cast, Cast], last: str) -> None:
    answer = opened(app, casts[0], "participant", **{"Last-Event-ID": last})
    assert [name for name, _ in next_of(answer.iter_encoded())] == ["hello"]
    answer.close()


def test_the_stream_is_for_who_is_signed_in_and_ends_with_the_session(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    assert cast.client(app, None).get("/messages/stream", headers=LISTENS).status_code == 302
    assert cast.client(app, None).get("/messages/since", headers={"Accept": "application/json"}).status_code == 401
    answer = opened(app, cast, "second")
    parts = answer.iter_encoded()
    next(parts)
    with db.scope(cast.academy.scope, commit=True):
        signing.sessions.end_all(cast.ids["second"])
    assert list(parts) == []
    answer.close()


def test_a_reader_that_does_not_listen_gets_an_end(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    answer = casts[0].client(app, "participant").get("/messages/stream")
    assert answer.status_code == 200 and answer.text.startswith(":")
    assert feeds.count() == 0


def test_a_full_process_sends_pages_elsewhere(app: HostedFlask, casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.chat.feeds.MOST_LINES", 0)
    answer = casts[0].client(app, "participant").get("/messages/stream", headers=LISTENS)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"


def since(app: HostedFlask, cast: Cast, who: str, **asked: Any) -> Any:
    """Return what a page is told."""
    return cast.client(app, who).get("/messages/since", query_string=asked, headers={"Accept": "application/json"})


def test_a_page_asks_for_what_it_lacks(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    ids = [say(cast, "trainer", room, words) for words in ("one", "two", "three")]
    said = since(app, cast, "participant", room=room, after=1).json
    assert [one["id"] for one in said["messages"]] == [str(one) for one in ids[1:]] and said["last"] == 3
    with db.scope(cast.academy.scope, commit=True):
        row = db.session.query(Message).options(joinedload(Message.room)).filter_by(id=ids[0]).one()
        actions.edit_message(member(cast, "trainer"), row, "one, changed")
    polled = since(app, cast, "participant", room=room, after=3, at=said["at"]).json
    changed = [one for one in polled["messages"] if one["version"] == 2]
    assert [one["id"] for one in changed] == [str(ids[0])] and "one, changed" in changed[0]["html"]
    assert since(app, cast, "participant", room=room, after="x").status_code == 200


def test_a_page_asks_how_much_is_unread(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    say(cast, "trainer", room, "one")
    say(cast, "participant", room, "two")
    assert since(app, cast, "second").json == {"rooms": {str(room): [2, 2]}, "silent": [], "unread": 2}
    assert since(app, cast, "participant").json["unread"] == 0, "one's own words are read, and what stands above them"


def test_T11_the_room_of_others_is_none(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, other = casts
    room, group = make_room(cast)
    for asker, who in ((cast, "author"), (other, "trainer")):
        assert since(app, asker, who, room=room, after=0).status_code == 404
        assert asker.client(app, who).post(f"/messages/{room}/typing").status_code == 404
    assert since(app, cast, "participant", room=uuid4()).status_code == 404
    with db.scope(cast.academy.scope, commit=True):
        groups.take_out(db.session.get_one(Group, group), cast.ids["second"], member(cast, "manager"))
    assert since(app, cast, "second", room=room).status_code == 404


def test_who_types_is_told_unless_they_do_not_want_it(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne, page_of(cast, "trainer") as noor:
        assert cast.client(app, "trainer").post(f"/messages/{room}/typing").status_code == 204
        assert sanne.listen(lambda: bool(sanne.of("typing")))
        assert sanne.of("typing")[0]["name"] == "Noor" and noor.of("typing") == []
        with db.scope(cast.academy.scope, commit=True):
            member(cast, "second").shows_typing = False
        assert cast.client(app, "second").post(f"/messages/{room}/typing").status_code == 204
        assert not sanne.listen(lambda: len(sanne.of("typing")) > 1, 1)


def test_a_drawn_message_is_the_same_for_the_feed_and_for_a_page_that_asks(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    answer = opened(app, cast, "participant")
    parts = answer.iter_encoded()
    next(parts)
    say(cast, "trainer", room, "**bold** @Sanne")
    heard = next_of(parts)[0][1]
    assert heard == since(app, cast, "second", room=room).json["messages"][0]
    assert json.dumps(heard)
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Room, room).last_number == 1
    answer.close()


def test_much_that_was_said_and_changed_comes_in_parts_and_whole(app: HostedFlask, casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    monkeypatch.setattr(stream.news, "MOST_CHANGED", 2)
    monkeypatch.setattr(stream.reading, "PAGE", 3)
    ids = [str(say(cast, "trainer", room, words)) for words in "abcdefg"]
    assert [one["id"] for one in since(app, cast, "participant", room=room, after=0).json["messages"]] == ids[:3]
    began = clock.now() - timedelta(hours=1)
    with db.scope(cast.academy.scope, commit=True):
        for place, one in enumerate((ids[3], ids[4], ids[5], ids[5], ids[6])):  # the last of all in the moment of another
            db.session.query(Message).filter_by(id=one).update({"changed_at": began + timedelta(seconds=min(place, 3))})
        db.session.query(Message).filter(Message.id.in_(ids[:3])).update({"changed_at": began - timedelta(hours=1)})
    told, at = [], str(stamp_of(began))
    for _ in range(4):
        said = since(app, cast, "participant", room=room, after=7, at=at).json
        told, at = [*told, [one["id"] for one in said["messages"]]], said["at"]
        if not said["more"]:
            break
    assert told == [ids[3:5], ids[5:7]], "what changed at once is told at once"


@pytest.mark.parametrize(("pace", "path"), [("ASKS", "since"), ("OPENS", "stream")])
def test_who_asks_without_end_is_told_to_wait(app: HostedFlask, casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch, pace: str, path: str) -> None:
    monkeypatch.setattr(pacing, pace, Pace(1, 60))
    browser = casts[0].client(app, "participant")
    answers = [browser.get(f"/messages/{path}", headers=LISTENS, buffered=False) for _ in range(2)]
    for answer in answers:
        answer.close()
    assert [answer.status_code for answer in answers] == [200, 429] and answers[1].headers["Retry-After"]
    other = casts[0].client(app, "second").get(f"/messages/{path}", headers=LISTENS, buffered=False)
    other.close()
    assert other.status_code == 200, "others may"


def test_who_types_without_end_is_heard_now_and_then(app: HostedFlask, casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(stream.live, "tell_now", told.append)
    browser = cast.client(app, "trainer")
    assert {browser.post(f"/messages/{room}/typing").status_code for _ in range(20)} == {204}
    assert 1 <= len(told) <= pacing.TYPING.most + 3
