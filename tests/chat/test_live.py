"""What open pages hear: each message once, in order, from who may read the room now; ids only in Redis; nothing is missed when
Redis dies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
import sqlalchemy as sa

from core import clock, live
from core.config import config
from core.db import db
from core.errors import NotFound
from tenants.chat import actions, feed, news, presence, queries, standing
from tenants.chat.feed import CHECK
from tenants.chat.feeds import MOST_OF_ONE, feeds
from tenants.chat.lines import FULL, Line, moment_of, stamp_of
from tenants.chat.models import Message, Room
from tenants.groups import actions as groups
from tenants.groups.models import Group
from tenants.people import signing
from tenants.settings.models import Setting
from tests.cast import Cast
from tests.chat.listening import end_feeds, make_room, page_of, plainly, say
from tests.conftest import Platform
from tests.courses.writing import member


@pytest.fixture(autouse=True)
def heard_again(platform: Platform) -> Iterator[None]:
    """Let nobody in this process be deaf from an earlier test."""
    yield
    end_feeds()
    if platform.valkey.pid is None:
        platform.valkey.start()
    wait_for(lambda: redis.Redis.from_url(config().redis_url).pubsub_numpat() >= (1 if live.ear._thread else 0))
    live.mouth._quiet_until = 0.0


def wait_for(done: Any, seconds: float = 10) -> None:
    """Wait until it is so."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


@contextmanager
def overheard() -> Iterator[list[bytes]]:
    """Collect what passes through Redis."""
    seen: list[bytes] = []
    with redis.Redis.from_url(config().redis_url) as server, server.pubsub() as heard:
        heard.psubscribe(**{"*": lambda message: seen.append(message["channel"] + b" " + message["data"])})
        thread = heard.run_in_thread(sleep_time=0.01, daemon=True)
        wait_for(lambda: server.pubsub_numpat() >= 1)
        yield seen
        time.sleep(0.2)
        thread.stop()
        thread.join(5)


def test_what_is_said_is_heard_by_who_is_in_the_room_and_by_nobody_else(casts: tuple[Cast, Cast]) -> None:
    cast, other = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne, page_of(cast, "second") as yusuf, page_of(cast, "author") as anouk, page_of(other, "trainer") as outsider:
        say(cast, "trainer", room, "one")
        say(cast, "participant", room, "two")
        assert sanne.hears("one", "two")
        assert yusuf.hears("one", "two")
        assert [data["number"] for data in yusuf.of("message")] == [1, 2]
        assert not anouk.listen(lambda: bool(anouk.said()), 0.7)
        assert not outsider.listen(lambda: bool(outsider.said()), 0.1)


def test_who_has_left_the_room_hears_nothing_from_the_next_event_on(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, group = make_room(cast)
    with page_of(cast, "second") as yusuf, page_of(cast, "participant") as sanne:
        say(cast, "trainer", room, "before")
        assert yusuf.hears("before")
        with db.scope(cast.academy.scope, commit=True):
            assert groups.take_out(db.session.get_one(Group, group), cast.ids["second"], member(cast, "manager"))
        say(cast, "trainer", room, "after")
        assert sanne.hears("before", "after")
        assert not yusuf.listen(lambda: len(yusuf.said()) > 1, 0.7)


def test_each_language_is_drawn_once_and_each_page_hears_its_own(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    drawn: list[str] = []

    def counting(room: Room, seen: Any, language: str) -> list[dict[str, Any]]:
        drawn.append(language)
        return plainly(room, seen, language)

    with page_of(cast, "participant", "nl", counting) as sanne, page_of(cast, "second", "en", counting) as yusuf, page_of(cast, "second", "en", counting) as again:
        say(cast, "trainer", room, "brood")
        assert sanne.hears("brood") and yusuf.hears("brood") and again.hears("brood")
        assert [sanne.of("message")[0]["html"][:2], yusuf.of("message")[0]["html"][:2]] == ["nl", "en"]
        assert sorted(drawn) == ["en", "nl"]


def test_an_event_costs_few_statements_however_many_listen(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    seen: list[str] = []
    with page_of(cast, "participant") as sanne, page_of(cast, "second"), page_of(cast, "second"), page_of(cast, "trainer"):
        say(cast, "trainer", room, "first")
        assert sanne.hears("first")
        time.sleep(1.5)  # the check of a page that has just begun to listen
        message = say(cast, "trainer", room, "second")
        assert sanne.hears("first", "second")

        def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        with db.scope(cast.academy.scope):
            row = db.session.get_one(Message, message)
            event = {"event": "said", "room": str(room), "message": str(message), "number": row.number}
        feed = feeds._feeds[cast.academy.scope.holder]
        feed._sent.clear()
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            live.ear.hand_on(cast.academy.scope.holder, event)
            assert sanne.hears("first", "second", "second")
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
    asked = [one for one in seen if not one.upper().startswith(("BEGIN", "ROLLBACK"))]
    assert len(asked) <= 3, asked


def test_T36_nothing_that_people_wrote_passes_through_redis(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with overheard() as seen, page_of(cast, "participant") as sanne:
        message = say(cast, "trainer", room, "the secret of sourdough")
        with db.scope(cast.academy.scope, commit=True):
            row = db.session.scalars(sa.select(Message).where(Message.id == message).options(sa.orm.joinedload(Message.room))).one()
            actions.edit_message(member(cast, "trainer"), row, "the mystery of sourdough")
            standing.read_up_to(member(cast, "participant"), db.session.get_one(Room, room), 1)
            live.tell_now({"event": "typing", "room": str(room), "member": str(cast.ids["trainer"])})
        assert sanne.listen(lambda: {name for name, _ in sanne.heard} >= {"message", "read", "typing"})
        assert sanne.of("typing") == [{"event": "typing", "room": str(room), "member": str(cast.ids["trainer"]), "name": "Noor"}]
    said = [one.partition(b" ") for one in seen if one.startswith(b"live:")]
    assert {json.loads(text)["event"] for _, _, text in said} >= {"said", "changed", "read", "typing"}
    assert {channel.decode() for channel, _, _ in said} == {f"live:{cast.academy.scope.holder}"}
    everything = b" ".join(seen)
    assert not [words for words in (b"secret", b"mystery", b"sourdough", b"Noor", b"Haddad", b"Sanne") if words in everything]


def test_an_event_with_words_in_it_is_refused_before_it_is_sent(casts: tuple[Cast, Cast]) -> None:
    with db.scope(casts[0].academy.scope, commit=True), pytest.raises(live.NotShort):
        live.tell({"event": "said", "body": "the secret of sourdough"})


def test_what_is_rolled_back_is_never_told(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne:
        with db.scope(cast.academy.scope):
            actions.post_message(member(cast, "trainer"), room, "unsaid", uuid4())
        say(cast, "trainer", room, "said")
        assert sanne.hears("said")
        assert sanne.of("message")[0]["number"] == 1


def test_messages_told_in_the_wrong_order_are_heard_in_the_right_one(casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne:
        say(cast, "trainer", room, "one")
        assert sanne.hears("one")
        kept: list[tuple[str, str]] = []
        monkeypatch.setattr(live.mouth, "say", lambda holder, text, owes=True: kept.append((holder, text)))
        for words in ("two", "three", "four"):
            say(cast, "second", room, words)
        for holder, text in (kept[2], kept[0], kept[1], kept[2]):
            live.ear.hand_on(holder, json.loads(text))
            time.sleep(0.1)
        assert sanne.hears("one", "two", "three", "four")
        assert not sanne.listen(lambda: len(sanne.said()) > 4, 0.5)


def test_T50_redis_killed_and_back_everything_is_heard_once(platform: Platform, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne, page_of(cast, "second") as yusuf:
        say(cast, "trainer", room, "1")
        assert sanne.hears("1")
        platform.valkey.kill9()
        for words in ("2", "3", "4"):
            say(cast, "trainer", room, words)
        assert sanne.hears("1", "2", "3", "4"), "the feed looks by itself while Redis is away"
        with db.scope(cast.academy.scope, commit=True):
            row = db.session.scalars(sa.select(Message).where(Message.number == 2).options(sa.orm.joinedload(Message.room))).one()
            actions.edit_message(member(cast, "trainer"), row, "2!")
            row.changed_at = clock.now()
        assert sanne.hears("1", "2", "3", "4", "2!"), "a change is seen as well"
        platform.valkey.start()
        say(cast, "trainer", room, "5")
        wait_for(lambda: redis.Redis.from_url(config().redis_url).pubsub_numpat() >= 1)
        say(cast, "trainer", room, "6")
        assert sanne.hears("1", "2", "3", "4", "2!", "5", "6")
        assert yusuf.hears("1", "2", "3", "4", "2!", "5", "6")
        assert not sanne.listen(lambda: len(sanne.said()) > 7, 3), "and nothing twice"


def test_a_word_that_redis_never_took_is_heard_by_other_processes_when_it_is_back(platform: Platform, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    platform.valkey.kill9()
    say(cast, "trainer", room, "said while redis was away")
    platform.valkey.start()
    with overheard() as seen:
        wait_for(lambda: any(b'"look"' in one and cast.academy.scope.holder.encode() in one for one in seen))


def test_postgres_away_is_made_good_by_a_look(casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne:
        say(cast, "trainer", room, "before")
        assert sanne.hears("before")
        asked, real = [], news.messages_by_id

        def failing(*args: Any) -> Any:
            asked.append(1)
            if len(asked) == 1:
                raise RuntimeError("the connection went away")
            return real(*args)

        monkeypatch.setattr(news, "messages_by_id", failing)
        say(cast, "trainer", room, "meanwhile")
        assert sanne.hears("before", "meanwhile")
        assert asked == [1, 1], "once for the event, once by looking"


def test_the_page_of_an_ended_session_ends_and_the_others_go_on(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne, page_of(cast, "second") as yusuf:
        with db.scope(cast.academy.scope, commit=True):
            signing.sessions.end_all(cast.ids["second"])
        yusuf.listen(lambda: False, 5)
        assert yusuf.line.is_over
        say(cast, "trainer", room, "still here")
        assert sanne.hears("still here")
        assert yusuf.said() == []


def test_the_page_of_a_removed_person_ends(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "second") as yusuf:
        with db.scope(cast.academy.scope, commit=True):
            member(cast, "second").state = "removed"
        say(cast, "trainer", room, "not for him")
        feeds._feeds[cast.academy.scope.holder]._due = time.monotonic()
        feeds._feeds[cast.academy.scope.holder].heard(CHECK)
        yusuf.listen(lambda: False, 5)
        assert yusuf.line.is_over and yusuf.said() == []


def test_a_page_that_takes_nothing_in_is_let_go_and_bounds_memory(casts: tuple[Cast, Cast]) -> None:
    line = Line(casts[0].ids["second"], b"", "en")
    for number in range(FULL + 50):
        line.put(b"x%d" % number)
    assert line.is_over and line.waiting.qsize() == FULL + 1


def test_nobody_holds_more_than_a_few_pages_open(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    leaves = []
    for _ in range(MOST_OF_ONE):
        leaves.append(feeds.join(cast.academy.scope, Line(cast.ids["second"], b"", "en"), lambda *_: [], lambda: True))
    assert None not in leaves
    assert feeds.join(cast.academy.scope, Line(cast.ids["second"], b"", "en"), lambda *_: [], lambda: True) is None
    for leave in leaves:
        assert leave is not None
        leave()
    assert feeds.count() == 0


def test_who_is_here_is_told_to_who_talks_with_them_and_only_if_they_want_it(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    with db.scope(cast.academy.scope, commit=True):
        actions.open_direct(member(cast, "trainer"), member(cast, "participant"))
        actions.open_direct(member(cast, "trainer"), member(cast, "second"))
        member(cast, "second").shows_presence = False
    here = str(cast.ids["participant"])
    with page_of(cast, "participant") as sanne, page_of(cast, "second") as yusuf, page_of(cast, "trainer") as noor:
        assert noor.listen(lambda: bool(noor.of("here")))
        assert noor.of("here") == [{"member": here, "here": True}]
        assert sanne.listen(lambda: bool(sanne.of("here")))
        assert yusuf.listen(lambda: bool(yusuf.of("here")))
        keys = [key.decode() for key in redis.Redis.from_url(config().redis_url).keys("here:*")]
        ours = {presence.key_of(cast.academy.scope.holder, cast.ids[who]) for who in ("participant", "trainer")}
        assert ours <= set(keys) and all(key.startswith("here:ac_") for key in keys), "T13"
        assert presence.key_of(cast.academy.scope.holder, cast.ids["second"]) not in keys
        assert 0 < redis.Redis.from_url(config().redis_url).ttl(presence.key_of(cast.academy.scope.holder, cast.ids["participant"])) <= presence.LASTS_S  # type: ignore[operator]


def test_an_academy_may_keep_presence_reading_and_typing_to_itself(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    with db.scope(cast.academy.scope, commit=True):
        room = actions.open_direct(member(cast, "trainer"), member(cast, "participant")).id
        db.session.add(Setting(name="chat", value={"presence": False, "receipts": False, "typing": False}))
    with page_of(cast, "participant") as sanne, page_of(cast, "trainer") as noor:
        say(cast, "trainer", room, "hello")
        assert sanne.hears("hello")
        with db.scope(cast.academy.scope, commit=True):
            standing.read_up_to(member(cast, "participant"), db.session.get_one(Room, room), 1)
            live.tell_now({"event": "typing", "room": str(room), "member": str(cast.ids["participant"])})
        assert sanne.listen(lambda: bool(sanne.of("read"))), "one's own other devices know"
        assert not noor.listen(lambda: bool(noor.of("read") or noor.of("typing") or noor.of("here")), 2)


def test_how_far_somebody_read_is_told_to_the_other_of_two(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    with db.scope(cast.academy.scope, commit=True):
        room = actions.open_direct(member(cast, "trainer"), member(cast, "participant")).id
    with page_of(cast, "trainer") as noor:
        say(cast, "trainer", room, "hello")
        with db.scope(cast.academy.scope, commit=True):
            standing.read_up_to(member(cast, "participant"), db.session.get_one(Room, room), 1)
        assert noor.listen(lambda: bool(noor.of("read")))
        assert noor.of("read")[0]["member"] == str(cast.ids["participant"]) and noor.of("read")[0]["number"] == 1


def test_a_stamp_is_a_moment_and_nonsense_is_none() -> None:
    now = clock.now()
    assert abs(moment_of(str(stamp_of(now))) - now) < timedelta(milliseconds=2)  # type: ignore[operator]
    assert [moment_of(one) for one in (None, "", "x", "-5", "1" * 14, "١٢")] == [None] * 6


def test_one_academy_leaves_room_for_the_pages_of_others(casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.chat.feeds.MOST_OF_ACADEMY", 1)
    cast, other = casts
    with page_of(cast, "second"), page_of(other, "second"):
        line = Line(cast.ids["participant"], b"", "en")
        assert feeds.join(cast.academy.scope, line, lambda *_: [], lambda: True) is None


def test_a_room_that_nobody_heard_for_long_is_asked_for_and_not_drawn_whole(casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST_MISSED", 3)
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne, page_of(cast, "author") as anouk:
        say(cast, "trainer", room, "1")
        assert sanne.hears("1")
        here = feeds._feeds[cast.academy.scope.holder]
        monkeypatch.setattr(here, "heard", lambda _: None)
        monkeypatch.setattr(news, "versions_since", lambda *_: [])
        live.ear._listeners[cast.academy.scope.holder].remove(listener := live.ear._listeners[cast.academy.scope.holder][0])
        for number in range(2, 7):
            say(cast, "trainer", room, str(number))
        time.sleep(0.3)
        live.ear._listeners[cast.academy.scope.holder].append(listener)
        say(cast, "trainer", room, "7")
        assert sanne.listen(lambda: bool(sanne.of("lost")))
        assert sanne.hears("1", "7") and not anouk.of("lost")
        say(cast, "trainer", room, "8")
        assert sanne.hears("1", "7", "8") and len(sanne.of("lost")) == 1


def test_two_of_whom_one_blocked_the_other_see_nothing_of_each_other(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    with db.scope(cast.academy.scope, commit=True):
        direct = actions.open_direct(member(cast, "participant"), member(cast, "second")).id
        for who in ("participant", "second"):
            standing.read_up_to(member(cast, who), db.session.get_one(Room, direct), 0)
        standing.block(member(cast, "participant"), member(cast, "second"))
        inside = [member(cast, who) for who in ("participant", "second")]
        assert queries.readers_of(direct, inside, inside[0]) == queries.readers_of(direct, inside, inside[1]) == {}
        assert news.partners({one.id for one in inside}) == {}
    with page_of(cast, "participant") as sanne, page_of(cast, "second") as yusuf, page_of(cast, "trainer") as noor:
        with db.scope(cast.academy.scope, commit=True):
            for who in ("participant", "second"):
                live.tell_now({"event": "typing", "room": str(room), "member": str(cast.ids[who])})
                standing.read_up_to(member(cast, who), db.session.get_one(Room, direct), 0)
        assert noor.listen(lambda: len(noor.of("typing")) == 2)
        assert not sanne.listen(lambda: bool(sanne.of("typing")), 0.5) and not yusuf.listen(lambda: bool(yusuf.of("typing")), 0.1)
        assert {one["member"] for one in sanne.of("read")} == {str(cast.ids["participant"])}, "one's own other devices know"
        assert {one["member"] for one in yusuf.of("read")} == {str(cast.ids["second"])}


def test_who_may_not_know_of_somebody_any_more_is_not_told_that_they_are_here(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    with db.scope(cast.academy.scope, commit=True):
        actions.open_direct(member(cast, "trainer"), member(cast, "participant"))
        both = {cast.ids["trainer"], cast.ids["participant"]}
        assert news.partners(both) == {one: both - {one} for one in both}
        member(cast, "trainer").sees = "groups"
        db.session.flush()
        assert news.partners(both) == {}


def test_a_page_that_joins_brings_the_address_of_its_academy_as_it_is_now(casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)

    def of_an_address_that_is_no_more(*_: Any) -> Any:
        raise NotFound("no such academy")

    with page_of(cast, "participant", draw=of_an_address_that_is_no_more) as sanne, page_of(cast, "second") as yusuf:
        say(cast, "trainer", room, "moved")
        assert sanne.hears("moved") and yusuf.hears("moved")


def test_a_check_of_a_busy_academy_asks_nobody_to_load_anew(casts: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST", 3)
    cast, _ = casts
    room, _ = make_room(cast)
    with page_of(cast, "participant") as sanne:
        words = [str(number) for number in range(8)]
        for one in words:
            say(cast, "trainer", room, one)
        assert sanne.hears(*words)
        here = feeds._feeds[cast.academy.scope.holder]
        here._due = time.monotonic()
        here.heard(CHECK)
        assert not sanne.listen(lambda: bool(sanne.of("lost")) or len(sanne.said()) > len(words), 1), "all of it was told already"
        here._sent.clear()
        here.heard(live.LOOK)
        assert sanne.listen(lambda: bool(sanne.of("lost"))), "more than can be sent was missed"
