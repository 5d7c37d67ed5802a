"""Search opens what is sealed, in the rooms that one is in now, whatever accents and capitals were typed."""

from __future__ import annotations

import sys
import time

import pytest

from blueprints.chat import pages
from blueprints.hosts import HostedFlask
from core.db import db
from tenants.chat import actions, queries, reading, searching
from tenants.chat.words import html_of, plain_of
from tenants.people.names import folded, folded_places
from tests.cast import Cast
from tests.chat.talking import say, write_talk
from tests.courses.writing import member


def found(cast: Cast, who: str, words: str) -> list[str]:
    """Return what somebody finds."""
    with db.scope(cast.academy.scope):
        return [hit.seen.message.body or "" for hit in searching.search(member(cast, who), words)]


def test_accents_capitals_and_hyphens_do_not_count(cast: Cast) -> None:
    talk = write_talk(cast)
    for words in ("De CLIËNT drinkt café", "een e-mail van 's avonds", "plain WORDS here"):
        say(cast, "participant", talk.direct, words)
    assert found(cast, "second", "client") == found(cast, "second", "Café") == ["De CLIËNT drinkt café"]
    assert found(cast, "second", "e mail") == ["een e-mail van 's avonds"] and found(cast, "second", "plain words") == ["plain WORDS here"]
    assert found(cast, "second", "WORDS") == ["plain WORDS here"] and found(cast, "second", "x") == [] and found(cast, "second", "") == []


def test_the_newest_come_first_and_removed_words_never(cast: Cast) -> None:
    talk = write_talk(cast)
    first, second = (say(cast, "participant", room, f"flour {name}") for room, name in ((talk.direct, "one"), (talk.room, "two")))
    assert first != second and found(cast, "second", "flour") == ["flour two", "flour one"]
    assert found(cast, "trainer", "flour") == ["flour two"]
    with db.scope(cast.academy.scope, commit=True):
        person = member(cast, "participant")
        actions.remove_message(person, reading.message_in(queries.room_for(person, talk.room), second))
    assert found(cast, "second", "flour") == ["flour one"]


def test_a_part_of_the_message_shows_where_it_stands() -> None:
    before, hit, after = searching.around("a " * 100 + "Zuur-deeg rijst" + " b" * 100, "zuur deeg")
    assert hit == "Zuur-deeg" and before.startswith("…") and after.startswith(" rijst") and after.endswith("…")


def test_the_place_is_found_in_signs_that_become_more_letters() -> None:
    assert searching.around("Zie cafe\u0301: 5 ㎒ o’clock", "cafe") == ("Zie ", "cafe\u0301", ": 5 ㎒ o’clock")
    assert searching.around("op 5 ㎒ samen", "MHz s") == ("op 5 ", "㎒ s", "amen")
    for place in range(0, sys.maxunicode, 7):
        text = f"a {chr(place)}-b"
        letters, places = folded_places(text)
        assert letters.rstrip() == folded(text) and len(letters) == len(places), place


@pytest.mark.parametrize("sign", ["㎒", "ﷺ"])
def test_no_message_makes_the_search_slow(sign: str) -> None:
    begun = time.process_time()
    for number in range(50):
        body = sign * 3990 + f"{number} end"
        assert searching.holds(body, "end") and searching.around(body, "end")[1] == "end"
    assert time.process_time() - begun < 5


def test_nobody_searches_without_end(app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    write_talk(cast)
    monkeypatch.setattr(pages, "SEARCHES", 2)
    browser = cast.client(app, "second")
    assert [browser.get("/messages/search?q=flour").status_code for _ in range(3)] == [200, 200, 429]
    assert browser.get("/messages/search").status_code == 200, "the empty page asks nothing"
    assert cast.client(app, "participant").get("/messages/search?q=flour").status_code == 200


def test_words_become_safe_marks() -> None:
    html = html_of("**bold** <script>alert(1)</script> [x](javascript:alert(1)) https://example.org/a?b=1. @Noor Haddad\n![i](http://evil/x.png)", ["Noor Haddad"])
    assert "<strong>bold</strong>" in html and "<script" not in html and 'href="javascript' not in html and "<img" not in html
    assert '<a href="https://example.org/a?b=1"' in html and 'rel="noopener noreferrer nofollow"' in html
    assert '<span class="mention">@Noor Haddad</span>' in html
    assert "<h1" not in html_of("# no heading") and "<li>" in html_of("- one\n- two")
    assert "<code>https://x.example</code>" in html_of("`https://x.example`")
    assert plain_of("**Hi** _there_ " + "word " * 60).endswith("…")
