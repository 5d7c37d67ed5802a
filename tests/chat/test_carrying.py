"""Messages that travel with their events: sealed, heard without being read again, only by who may read the room now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from core import clock, live
from core.db import db
from tenants.chat import actions, news
from tenants.chat.carrying import carried
from tenants.chat.models import Message, Room
from tenants.chat.reading import Seen
from tenants.groups import actions as groups
from tenants.groups.models import Group
from tenants.people.models import Member
from tests.cast import Cast
from tests.chat.listening import end_feeds, make_room, page_of, plainly
from tests.courses.writing import member


@pytest.fixture(autouse=True)
def silence_after() -> Iterator[None]:
    """Let the feeds of a test end with it."""
    yield
    end_feeds()


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect what a feed reads of messages."""
    asked: list[Any] = []
    real = news.messages_by_id
    monkeypatch.setattr(news, "messages_by_id", lambda *wanted: asked.append(wanted) or real(*wanted))
    return asked


def in_each(said: Seen) -> dict[str, dict[str, Any]]:
    """Return a message drawn in both languages, as pages are sent it."""
    room = db.session.get_one(Room, said.message.room_id)
    return {language: plainly(room, [said], language)[0] for language in ("nl", "en")}


def tell(cast: Cast, who: str, room: UUID, words: str) -> UUID:
    """Let somebody say something that travels with its event."""
    with db.scope(cast.academy.scope, commit=True):
        return actions.post_message(member(cast, who), room, words, uuid4(), draw=in_each).message.id


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Keep the events that are said, instead of sending them."""
    kept: list[dict[str, Any]] = []
    monkeypatch.setattr(live.mouth, "say", lambda holder, text, owes=True: kept.append(json.loads(text)))
    return kept


def test_a_message_is_heard_in_each_language_without_being_read_again(casts: tuple[Cast, Cast], unread: list[Any]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant", "nl") as sanne, page_of(cast, "second", "en") as yusuf, page_of(cast, "author") as anouk:
        tell(cast, "trainer", room, "brood")
        tell(cast, "trainer", room, "rijst")
        assert sanne.hears("brood", "rijst") and yusuf.hears("brood", "rijst")
        assert [one["html"] for one in sanne.of("message")] == ["nl:brood", "nl:rijst"]
        assert [one["html"] for one in yusuf.of("message")] == ["en:brood", "en:rijst"]
        assert {one["room"] for one in sanne.of("message")} == {str(room)}
        assert not anouk.listen(lambda: bool(anouk.said()), 0.5), "she is not in the room"
    assert unread == []


def test_T36_what_travels_is_sealed_for_this_academy_and_this_message(casts: tuple[Cast, Cast], said: list[dict[str, Any]]) -> None:
    cast, other = casts
    room, _ = make_room(cast)
    first, second = tell(cast, "trainer", room, "the secret of sourdough"), tell(cast, "trainer", room, "another")
    event, next_event = said
    assert set(event) == {"event", "room", "message", "number", "sealed"}
    assert "sourdough" not in json.dumps(event) and "Noor" not in json.dumps(event)
    holder = cast.academy.scope.holder
    found = carried(holder, event)
    assert found is not None and b"sourdough" in found.parts["nl"] and (found.message_id, found.number) == (first, 1)
    assert carried(other.academy.scope.holder, event) is None, "another academy's key opens nothing"
    assert carried(holder, {**event, "message": str(second)}) is None, "it is of one message"
    for forged in ("", "AAAA", "not base64!", 7, next_event["sealed"][:-8] + "AAAAAAA="):
        assert carried(holder, {**event, "sealed": forged}) is None


def test_what_is_told_again_later_is_read_as_it_is_by_then(casts: tuple[Cast, Cast], said: list[dict[str, Any]], unread: list[Any]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    holder = cast.academy.scope.holder
    with page_of(cast, "participant", "en") as sanne:
        message = tell(cast, "trainer", room, "the secret of sourdough")
        with db.scope(cast.academy.scope, commit=True):
            row = db.session.scalars(sa.select(Message).where(Message.id == message).options(joinedload(Message.room))).one()
            actions.remove_message(member(cast, "trainer"), row)
        with clock.shifted(timedelta(seconds=61)):
            assert carried(holder, said[0]) is None
            live.ear.hand_on(holder, said[0])
            assert sanne.listen(lambda: bool(sanne.of("message")))
        assert sanne.said() == [""] and len(unread) == 1


def test_what_cannot_be_opened_is_read_instead(casts: tuple[Cast, Cast], said: list[dict[str, Any]], unread: list[Any]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant", "en") as sanne:
        tell(cast, "trainer", room, "as it was said")
        live.ear.hand_on(cast.academy.scope.holder, {**said[0], "sealed": "AAAA"})
        assert sanne.hears("as it was said")
    assert len(unread) == 1


def test_a_hole_before_a_message_is_filled_and_the_order_kept(casts: tuple[Cast, Cast], said: list[dict[str, Any]]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant", "en") as sanne:
        for words in ("one", "two", "three", "four"):
            tell(cast, "second", room, words)
        for place in (0, 3, 1, 2, 3):
            live.ear.hand_on(cast.academy.scope.holder, said[place])
            sanne.listen(lambda: False, 0.15)
        assert sanne.hears("one", "two", "three", "four")
        assert not sanne.listen(lambda: len(sanne.said()) > 4, 0.5), "and nothing twice"


def test_a_change_that_comes_with_the_message_is_what_is_heard_last(casts: tuple[Cast, Cast], said: list[dict[str, Any]]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant", "en") as sanne:
        message = tell(cast, "trainer", room, "bred")
        with db.scope(cast.academy.scope, commit=True):
            row = db.session.scalars(sa.select(Message).where(Message.id == message).options(joinedload(Message.room))).one()
            actions.edit_message(member(cast, "trainer"), row, "bread")
        for event in (said[1], said[0]):
            live.ear.hand_on(cast.academy.scope.holder, event)
        assert sanne.listen(lambda: sanne.said()[-1:] == ["bread"])
        assert not sanne.listen(lambda: sanne.said()[-1:] != ["bread"], 0.5), "an older version never comes after a newer one"


def test_who_left_hears_nothing_though_it_came_along(casts: tuple[Cast, Cast], unread: list[Any]) -> None:
    cast, _ = casts
    room, group = make_room(cast)
    with page_of(cast, "second", "en") as yusuf, page_of(cast, "participant", "en") as sanne:
        tell(cast, "trainer", room, "before")
        assert yusuf.hears("before")
        with db.scope(cast.academy.scope, commit=True):
            assert groups.take_out(db.session.get_one(Group, group), cast.ids["second"], member(cast, "manager"))
        tell(cast, "trainer", room, "after")
        assert sanne.hears("before", "after")
        with db.scope(cast.academy.scope, commit=True):
            db.session.get_one(Member, cast.ids["participant"]).state = "removed"
        tell(cast, "trainer", room, "at last")
        assert not yusuf.listen(lambda: len(yusuf.said()) > 1, 0.7)
        assert not sanne.listen(lambda: len(sanne.said()) > 2, 0.2)
    assert unread == []
