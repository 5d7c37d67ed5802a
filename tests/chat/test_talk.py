"""Saying, changing, removing, reacting: what is stored, in which order, and at what cost."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from core.errors import Forbidden, NotFound, Refused, TooMany
from tenants.chat import actions, queries, reading, rules, standing
from tenants.chat.models import Mention, Message, Reaction, Room
from tenants.chat.unread import unread_figure, unread_of
from tests.cast import Cast
from tests.chat.talking import say, write_talk
from tests.courses.writing import member
from tests.statements import note, number_of

JSON = {"Accept": "application/json"}


def test_messages_are_numbered_without_gaps_and_read_in_that_order(cast: Cast) -> None:
    talk = write_talk(cast)
    for number in range(1, 6):
        say(cast, "participant" if number % 2 else "second", talk.direct, f"word {number}")
    with db.scope(cast.academy.scope):
        stretch = reading.stretch_of(queries.room_for(member(cast, "second"), talk.direct))
        assert [one.message.number for one in stretch.rows] == [1, 2, 3, 4, 5]
        assert [one.message.body for one in stretch.rows] == [f"word {number}" for number in range(1, 6)]
        assert not stretch.has_older and not stretch.has_newer


def test_T50_what_is_sent_again_is_said_once(app: HostedFlask, cast: Cast) -> None:
    talk, client_id = write_talk(cast), str(uuid4())
    browser = cast.client(app, "participant")
    sent = [browser.post(f"/messages/{talk.direct}", data={"body": "Once", "client_id": client_id}, headers=JSON) for _ in range(3)]
    assert [one.status_code for one in sent] == [200, 200, 200]
    assert len({one.json["id"] for one in sent}) == 1 and {one.json["number"] for one in sent} == {1}
    assert sent[0].json["client"] == client_id and "Once" in sent[0].json["html"]
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1


def test_an_id_that_was_used_in_another_room_says_nothing_here(cast: Cast) -> None:
    talk, client_id = write_talk(cast), uuid4()
    say(cast, "participant", talk.direct, "Here", client_id)
    with pytest.raises(Refused, match="sent already"):
        say(cast, "participant", talk.room, "There", client_id)


@pytest.mark.parametrize("words", ["Hello", "Hello @Yusuf Demir"])
def test_sending_costs_at_most_four_statements(app: HostedFlask, cast: Cast, words: str) -> None:
    talk = write_talk(cast)
    first = say(cast, "second", talk.direct, "First")
    browser = cast.client(app, "participant")
    browser.get("/messages")
    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        sent = browser.post(f"/messages/{talk.direct}", data={"body": words, "client_id": str(uuid4()), "reply_to": str(first)}, headers=JSON)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert sent.status_code == 200 and "First" in sent.json["html"], sent.text
    assert ("mention" in sent.json["html"]) == ("@" in words)
    assert 2 <= len(seen) <= 4, seen
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Mention)) == (1 if "@" in words else 0)


def test_who_sent_it_has_read_it_and_the_other_has_not(cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.direct, "Coffee?")
    with db.scope(cast.academy.scope):
        assert unread_of(member(cast, "participant")) == {}
        assert unread_of(member(cast, "second")) == {talk.direct: 1}
        assert number_of(unread_figure(member(cast, "second"))) == 1


def test_reading_never_goes_back_nor_beyond_the_last_message(cast: Cast) -> None:
    talk = write_talk(cast)
    for words in ("one", "two", "three"):
        say(cast, "participant", talk.direct, words)
    with db.scope(cast.academy.scope, commit=True):
        person = member(cast, "second")
        room = queries.room_for(person, talk.direct)
        for number in (2, 1, 99):
            standing.read_up_to(person, room, number)
            db.session.expire_all()
        stand = queries.stand_of(person, room)
        assert stand is not None and stand.read_number == 3
        assert unread_of(person) == {}


@pytest.mark.parametrize(("words", "error"), [("  \n ", actions.NothingSaid), ("x" * (rules.MAX_BODY + 1), Refused)])
def test_nothing_and_too_much_are_refused(cast: Cast, words: str, error: type[Exception]) -> None:
    talk = write_talk(cast)
    with pytest.raises(error):
        say(cast, "participant", talk.direct, words)


def test_a_flood_is_stopped_and_the_words_stay_on_the_page(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    for number in range(rules.FLOOD):
        say(cast, "participant", talk.direct, f"{number}")
    with pytest.raises(TooMany):
        say(cast, "participant", talk.direct, "more")
    page = cast.client(app, "participant").post(f"/messages/{talk.direct}", data={"body": "Keep these words"})
    assert page.status_code == 429 and "Keep these words" in page.text
    say(cast, "second", talk.direct, "the other may speak")


def test_changed_words_carry_their_trace(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    key = say(cast, "participant", talk.direct, "Freyday")
    url = f"/messages/{talk.direct}/{key}/edit"
    assert cast.client(app, "second").post(url, data={"body": "Mine now"}).status_code == 403
    changed = cast.client(app, "participant").post(url, data={"body": "Friday"}, headers=JSON)
    assert changed.status_code == 200 and changed.json["version"] == 2 and "edited" in changed.json["html"]
    with db.scope(cast.academy.scope):
        row = db.session.get_one(Message, key)
        assert row.body == "Friday" and row.edited_at is not None and row.changed_at >= row.edited_at


def test_removed_words_are_gone_and_their_place_stays(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    key = say(cast, "participant", talk.direct, "Oops secret")
    say(cast, "second", talk.direct, "What?", reply_to=key)
    with db.scope(cast.academy.scope, commit=True):
        actions.react(member(cast, "second"), reading.message_in(db.session.get_one(Room, talk.direct), key), "👍")
    assert cast.client(app, "second").post(f"/messages/{talk.direct}/{key}/remove").status_code == 403
    page = cast.client(app, "participant").post(f"/messages/{talk.direct}/{key}/remove", follow_redirects=True)
    assert page.status_code == 200 and "Oops secret" not in page.text and page.text.count("This message was removed.") >= 2
    with db.scope(cast.academy.scope):
        row = db.session.get_one(Message, key)
        assert row.body == "" and row.removed_by == cast.ids["participant"] and row.number == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Reaction)) == 0
    with pytest.raises(Forbidden), db.scope(cast.academy.scope, commit=True):
        actions.edit_message(member(cast, "participant"), reading.message_in(db.session.get_one(Room, talk.direct), key), "Back")


def test_what_answers_a_message_is_drawn_anew_with_it(cast: Cast) -> None:
    talk = write_talk(cast)
    key = say(cast, "participant", talk.direct, "Secret")
    answer, other = say(cast, "second", talk.direct, "What?", reply_to=key), say(cast, "second", talk.direct, "Other")
    with db.scope(cast.academy.scope, commit=True):
        person = member(cast, "participant")
        row = reading.message_in(queries.room_for(person, talk.direct), key)
        for version, act in ((2, lambda: actions.edit_message(person, row, "Less secret")), (3, lambda: actions.remove_message(person, row))):
            act()
            quoting = db.session.get_one(Message, answer, populate_existing=True)
            assert quoting.version == version and quoting.changed_at == row.changed_at
            assert db.session.get_one(Message, other, populate_existing=True).version == 1


def test_a_sign_is_put_and_taken_away_by_the_same_button(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    key = say(cast, "participant", talk.direct, "Done")
    browser, url = cast.client(app, "second"), f"/messages/{talk.direct}/{key}/react"
    put = browser.post(url, data={"sign": "👏"}, headers=JSON)
    assert put.status_code == 200 and str(cast.ids["second"]) in put.json["html"] and "Applause, 1 person" in put.json["html"]
    again = browser.post(url, data={"sign": "👏"}, headers=JSON)
    assert "Applause, 1 person" not in again.json["html"] and again.json["version"] == 3
    refused = browser.post(url, data={"sign": "🧨"}, headers=JSON)
    assert refused.status_code == 422 and "list" in refused.json["error"]


def test_an_answer_shows_what_it_answers_and_none_of_another_room(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    elsewhere = say(cast, "participant", talk.question, "Private question")
    here = say(cast, "second", talk.room, "Who brings flour?")
    answer = say(cast, "participant", talk.room, "I do", reply_to=here)
    stolen = say(cast, "participant", talk.room, "No leak", reply_to=elsewhere)
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Message, answer).reply_to == here
        assert db.session.get_one(Message, stolen).reply_to is None
    page = cast.client(app, "second").get(f"/messages/{talk.room}").text
    assert "said-quote" in page and "Private question" not in page


def test_naming_somebody_who_is_not_in_the_room_names_nobody(cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.direct, "Ask @Noor Haddad or @yusuf")
    with db.scope(cast.academy.scope):
        assert list(db.session.scalars(sa.select(Mention.member_id))) == [cast.ids["second"]]


def test_a_muted_and_an_archived_room_keep_their_promises(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.direct, "Hello")
    browser = cast.client(app, "second")
    browser.post(f"/messages/{talk.direct}/stand", data={"do": "mute"})
    with db.scope(cast.academy.scope):
        assert number_of(unread_figure(member(cast, "second"))) == 0 and unread_of(member(cast, "second")) == {talk.direct: 1}
    browser.post(f"/messages/{talk.direct}/stand", data={"do": "archive"})
    assert str(talk.direct) not in browser.get("/messages").text
    assert str(talk.direct) in browser.get("/messages?show=archived").text
    say(cast, "participant", talk.direct, "It comes back")
    assert str(talk.direct) in browser.get("/messages").text


def test_pinned_rooms_stand_on_top(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.direct, "Old")
    say(cast, "second", talk.room, "New")
    browser = cast.client(app, "second")
    order = browser.get("/messages").text
    assert order.index(str(talk.room)) < order.index(str(talk.direct))
    browser.post(f"/messages/{talk.direct}/stand", data={"do": "pin"})
    order = browser.get("/messages").text
    assert order.index(str(talk.direct)) < order.index(str(talk.room))


def test_older_pages_reach_back_to_the_first_message(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    with db.scope(cast.academy.scope, commit=True):
        for number in range(1, 121):
            who = member(cast, "participant" if number % 3 else "second")
            actions.post_message(who, talk.direct, f"line {number}", uuid4())
    browser = cast.client(app, "second")
    page = browser.get(f"/messages/{talk.direct}").text
    assert "line 120" in page and "line 71" in page and "line 70<" not in page and "before=71" in page
    page = browser.get(f"/messages/{talk.direct}?before=71").text
    assert "line 70" in page and "line 21" in page and "before=21" in page and "after=70" in page
    page = browser.get(f"/messages/{talk.direct}?before=21").text
    assert "line 1<" in page and "Earlier messages" not in page
    page = browser.get(f"/messages/{talk.direct}?around=60").text
    assert 'id="m-60"' in page and "Earlier messages" in page and "Later messages" in page


def test_the_first_unread_is_marked_once_and_reading_it_clears_the_count(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    browser = cast.client(app, "second")
    say(cast, "participant", talk.direct, "First")
    browser.get(f"/messages/{talk.direct}")
    for words in ("Second", "Third"):
        say(cast, "participant", talk.direct, words)
    page = browser.get(f"/messages/{talk.direct}").text
    assert page.count('id="first-unread"') == 1 and page.index("First") < page.index("first-unread\" data-unread") < page.index("Second")
    assert 'id="first-unread"' not in browser.get(f"/messages/{talk.direct}").text
    with db.scope(cast.academy.scope):
        assert unread_of(member(cast, "second")) == {}
    assert "Read" in cast.client(app, "participant").get(f"/messages/{talk.direct}").text


def test_a_message_of_another_room_is_not_found_under_this_one(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    key = say(cast, "participant", talk.question, "Mine")
    browser = cast.client(app, "participant")
    for act in ("edit", "remove", "react", "report"):
        assert browser.post(f"/messages/{talk.direct}/{key}/{act}", data={"sign": "👍", "body": "x"}).status_code == 404
    with pytest.raises(NotFound), db.scope(cast.academy.scope):
        reading.message_in(db.session.get_one(Room, talk.direct), key)
