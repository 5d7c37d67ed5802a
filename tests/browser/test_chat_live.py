"""Three people in two browsers talk in one room. One goes offline and comes back, a web process and Redis are killed in the
middle: nobody sees a message twice, out of order or not at all (T50)."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.db import db
from tenants.chat import actions, standing
from tenants.chat.models import Message, Room
from tenants.settings.models import Setting
from tests.browser.axe import overflow_px, ready, violations
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.site import Site
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast
from tests.chat.listening import make_room, say
from tests.conftest import Platform
from tests.courses.writing import member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
# Watches the list of messages from the first moment on: each change must leave the numbers rising, each once.
WATCH = """() => {
  const list = document.querySelector("[data-messages]");
  window.wrong = [];
  const look = () => {
    const numbers = [...list.querySelectorAll(":scope > [data-message]")].map((one) => Number(one.dataset.number));
    const holes = numbers.some((number, place) => place && number !== numbers[place - 1] + 1);
    if (holes) window.wrong.push(numbers.join(" "));
    const words = [...list.querySelectorAll(":scope > [data-message], :scope > [data-client]")].map((one) => one.querySelector("[data-body]").textContent.trim());
    if (new Set(words).size !== words.length) window.wrong.push("twice: " + words.join(" | "));
  };
  new MutationObserver(look).observe(list, { childList: true });
  look();
}"""
SHOWN = """() => [...document.querySelectorAll("[data-messages] > [data-message]")].map((one) => one.querySelector("[data-body]").textContent.trim())"""


@pytest.fixture(scope="module")
def web(platform: Platform) -> Iterator[Site]:
    """Serve the worker's platform with two web processes."""
    site = Site(platform, web_workers=2)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def other_browser(browser: Any) -> Iterator[Any]:
    """Open a second Chromium."""
    found = browser.browser_type.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield found
    found.close()


@dataclass
class Talker:
    """Somebody at a browser, and what they said."""

    page: Any
    who: str
    said: list[str] = field(default_factory=list)

    def open(self, room: UUID) -> Talker:
        """Open the room and watch it."""
        self.page.goto(f"/messages/{room}")
        ready(self.page)
        wait_for(lambda: self.page.evaluate("document.querySelector('chat-room').stream?.state === 'open'"), self.page)
        self.page.evaluate(WATCH)
        return self

    def say(self, *words: str) -> None:
        """Type and send."""
        for one in words:
            self.page.locator("form[data-send] textarea").fill(one)
            self.page.keyboard.press("Enter")
            self.said.append(one)

    def shown(self) -> list[str]:
        """Return the words on the screen that the server has."""
        return self.page.evaluate(SHOWN)

    def wrong(self) -> list[str]:
        """Return each moment at which something stood twice or out of order."""
        return self.page.evaluate("window.wrong")


def shown_number(place: Any) -> int:
    """Return the number in the first of these elements, 0 without one."""
    found = re.search(r"\d+", place.first.text_content() or "") if place.count() else None
    return int(found[0]) if found else 0


def read_up_to(cast: Cast, who: str, room: UUID, number: int) -> None:
    """Let somebody have read a room up to a message."""
    with db.scope(cast.academy.scope, commit=True):
        standing.read_up_to(member(cast, who), db.session.get_one(Room, room), number)


def wait_for(done: Callable[[], bool], page: Any, seconds: float = 60) -> None:
    """Wait until it is so, letting the page go on."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it did not come"
        page.wait_for_timeout(100)


def test_T50_three_people_talk_while_things_break(
    web: Site, platform: Platform, browser: Any, other_browser: Any, casts: tuple[Cast, Cast]
) -> None:
    cast = casts[0]
    room, _ = make_room(cast)
    sanne = Talker(signed_in(browser, web, cast, "participant"), "Sanne").open(room)
    yusuf = Talker(signed_in(browser, web, cast, "second"), "Yusuf").open(room)
    noor = Talker(signed_in(other_browser, web, cast, "trainer"), "Noor").open(room)
    second_tab = Talker(sanne.page.context.new_page(), "Sanne").open(room)
    people, pages = [sanne, yusuf, noor], [sanne, yusuf, noor, second_tab]

    def everybody_has(*these: Talker) -> None:
        wanted = sum(len(one.said) for one in people)
        for one in these:
            wait_for(lambda one=one: len(one.shown()) == wanted, one.page)  # type: ignore[misc]

    for turn in range(3):
        for one in people:
            one.say(f"{one.who} {turn}")
    everybody_has(*pages)

    yusuf.page.context.set_offline(True)
    yusuf.say("Yusuf offline 1", "Yusuf offline 2", "Yusuf offline 3")
    yusuf.page.locator("[data-client]").nth(2).wait_for()
    sanne.say("Sanne alone 1", "Sanne alone 2")
    noor.say("Noor alone 1")

    for pid in web.web_pids():  # one after the other: each page loses its stream once at least
        os.kill(pid, signal.SIGKILL)
        sanne.say(f"Sanne while {pid} was killed")
        noor.say(f"Noor while {pid} was killed")
        wait_for(lambda: len(web.web_pids()) == 2, sanne.page)

    platform.valkey.kill9()
    for turn in range(3):
        sanne.say(f"Sanne without Redis {turn}")
        noor.say(f"Noor without Redis {turn}")
    offline = len(yusuf.said) - 3
    wait_for(lambda: len(noor.shown()) == len(sanne.said) + len(noor.said) + offline, noor.page)
    platform.valkey.start()
    sanne.say("Sanne with Redis again")
    noor.say("Noor with Redis again")

    yusuf.page.context.set_offline(False)
    noor.say("Noor at the end")
    everybody_has(*pages)
    wait_for(lambda: yusuf.page.locator("[data-client]").count() == 0, yusuf.page)

    with db.scope(cast.academy.scope):
        rows = db.session.scalars(sa.select(Message).where(Message.room_id == room).order_by(Message.number)).all()
        stored = [row.body for row in rows]
    said = [words for one in people for words in one.said]
    assert sorted(stored) == sorted(said), "each once, none lost"
    for one in people:
        assert [words for words in stored if words in one.said] == one.said, "everybody's words in their own order"
    for one in pages:
        assert one.shown() == stored, one.who
        assert one.wrong() == [], one.who


def test_what_was_not_sent_is_sent_at_the_next_visit_once(web: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    room, _ = make_room(cast)
    sanne = Talker(signed_in(browser, web, cast, "participant"), "Sanne").open(room)
    sanne.page.route(re.compile(f"/messages/{room}$"), lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    sanne.say("written in the train", "and another")
    sanne.page.locator("[data-client][data-state=waiting]").nth(1).wait_for()
    sanne.page.unroute_all()
    sanne.page.goto("about:blank")
    sanne.open(room)
    wait_for(lambda: sanne.shown() == sanne.said, sanne.page)
    assert sanne.page.evaluate("Object.keys(localStorage).filter((key) => key.includes('/unsent/'))") == []
    assert sanne.wrong() == []


def test_tabs_share_one_stream_and_the_next_takes_over(web: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    room, _ = make_room(cast)
    first = Talker(signed_in(browser, web, cast, "participant"), "Sanne").open(room)
    tabs = [Talker(first.page.context.new_page(), "Sanne").open(room) for _ in range(3)]
    leading = "document.querySelector('chat-room').stream.isOwn === true"
    assert [one.page.evaluate(leading) for one in (first, *tabs)] == [True, False, False, False]
    say(cast, "trainer", room, "for all tabs")
    for one in (first, *tabs):
        wait_for(lambda one=one: one.shown() == ["for all tabs"], one.page)  # type: ignore[misc]
    first.page.close()
    wait_for(lambda: sum(one.page.evaluate(leading) for one in tabs) == 1, tabs[0].page)
    say(cast, "trainer", room, "after the first was closed")
    for one in tabs:
        wait_for(lambda one=one: one.shown() == ["for all tabs", "after the first was closed"], one.page)  # type: ignore[misc]


def test_reading_typing_and_counts_show_themselves(web: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    room, _ = make_room(cast)
    with db.scope(cast.academy.scope, commit=True):
        direct = actions.open_direct(member(cast, "trainer"), member(cast, "participant")).id
    for number in range(60):
        say(cast, ("trainer", "second")[number % 2], room, f"Step {number + 1}")
    read_up_to(cast, "participant", room, 30)
    sanne = Talker(signed_in(browser, web, cast, "participant"), "Sanne")
    sanne.page.goto("/messages")
    count = sanne.page.locator(f"[data-room-link='{room}'] [data-room-count]")
    badge = sanne.page.locator(".nav chat-badge .count")
    assert shown_number(count) == 30
    say(cast, "trainer", direct, "Only for Sanne")
    wait_for(lambda: shown_number(sanne.page.locator(f"[data-room-link='{direct}'] [data-room-count]")) == 1, sanne.page)
    wait_for(lambda: shown_number(badge) == 31, sanne.page)
    sanne.open(room)
    line = sanne.page.locator("[data-unread]")
    assert line.bounding_box()["y"] < 700, "the page opens at the first unread message"
    sanne.page.locator("[data-messages] > li").last.scroll_into_view_if_needed()
    sanne.page.locator("[data-messages] > [data-number='60']").wait_for()
    wait_for(lambda: shown_number(badge) == 1, sanne.page)
    noor = Talker(signed_in(browser, web, cast, "trainer"), "Noor").open(room)
    noor.page.locator("form[data-send] textarea").press_sequentially("Let me", delay=30)
    wait_for(lambda: "Noor" in (sanne.page.locator("[data-typing]").text_content() or ""), sanne.page)
    noor.page.keyboard.press("Shift+Enter")
    noor.page.keyboard.type("see")
    noor.page.keyboard.press("Enter")
    wait_for(lambda: "Let me" in sanne.shown()[-1] and "see" in sanne.shown()[-1], sanne.page)
    assert sanne.page.locator("[data-typing]").text_content().strip() == ""
    assert "Noor" in sanne.page.locator("[data-live]").text_content()


def test_earlier_messages_come_without_losing_the_place_and_later_ones_wait(web: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    room, _ = make_room(cast)
    for number in range(130):
        say(cast, ("trainer", "second")[number % 2], room, f"Step {number + 1}")
    read_up_to(cast, "participant", room, 130)
    sanne = Talker(signed_in(browser, web, cast, "participant", viewport={"width": 390, "height": 800}), "Sanne").open(room)
    assert "Step 130" in sanne.shown()[-1]
    for _ in range(40):
        sanne.page.mouse.move(200, 400)
        sanne.page.mouse.wheel(0, -1500)
        sanne.page.wait_for_timeout(120)
        if sanne.shown()[0] == "Step 1":
            break
    assert sanne.shown() == [f"Step {number + 1}" for number in range(130)]
    assert sanne.wrong() == []
    first = sanne.page.locator("[data-messages] > [data-message]").nth(40)
    first.scroll_into_view_if_needed()
    before = first.bounding_box()["y"]
    say(cast, "trainer", room, "Something new")
    button = sanne.page.locator("[data-to-new]")
    button.wait_for()
    assert abs(first.bounding_box()["y"] - before) < 3, "the place stays"
    button.click()
    sanne.page.locator("[data-messages] > [data-number='131']").wait_for()
    wait_for(lambda: not button.is_visible(), sanne.page)


def test_reply_sign_change_and_remove_without_leaving_the_page(web: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    room, _ = make_room(cast)
    say(cast, "trainer", room, "Who brings flour?")
    sanne = Talker(signed_in(browser, web, cast, "participant"), "Sanne").open(room)
    yusuf = Talker(signed_in(browser, web, cast, "second", viewport={"width": 320, "height": 700}), "Yusuf").open(room)
    sanne.page.evaluate("window.stays = true")

    def menu(one: Talker, number: int) -> Any:
        message = one.page.locator(f"[data-message][data-number='{number}']")
        message.locator("summary").press("Enter")
        return message

    menu(sanne, 1).locator("a[data-reply]").press("Enter")
    assert "Who brings flour?" in (sanne.page.locator("[data-answering-words]").text_content() or "")
    sanne.page.keyboard.type("I do")
    sanne.page.keyboard.press("Enter")
    wait_for(lambda: yusuf.shown()[-1:] == ["I do"], yusuf.page)
    assert yusuf.page.locator("[data-number='2'] [data-answer='1']").count() == 1

    menu(yusuf, 2).locator("button[name=sign]").first.press("Enter")
    sign = sanne.page.locator("[data-number='2'] .signs button")
    sign.wait_for()
    assert sign.get_attribute("aria-pressed") == "false"
    assert yusuf.page.locator("[data-number='2'] .signs button").get_attribute("aria-pressed") == "true"

    sanne.page.locator("form[data-send] textarea").press("ArrowUp")
    wait_for(lambda: sanne.page.locator("form[data-send] textarea").input_value() == "I do", sanne.page)
    sanne.page.keyboard.type(", and salt")
    sanne.page.keyboard.press("Enter")
    wait_for(lambda: yusuf.shown()[-1] == "I do, and salt", yusuf.page)
    assert sanne.shown() == yusuf.shown(), "changed in its place"

    menu(sanne, 2).locator("[data-remove]").press("Enter")
    wait_for(lambda: "salt" not in yusuf.shown()[-1], yusuf.page)
    assert yusuf.page.locator("[data-number='2'] [data-own]:visible").count() == 0
    assert sanne.page.evaluate("window.stays") is True, "the page was never left"
    with db.scope(cast.academy.scope, commit=True):
        db.session.add(Setting(name="chat", value={"peers": False}))
    sanne.say("May I say this?")
    wait_for(lambda: "only trainers" in (sanne.page.locator("[data-status]").text_content() or ""), sanne.page)
    assert sanne.page.locator("form[data-send] textarea").input_value() == "May I say this?", "what is refused comes back"
    assert overflow_px(yusuf.page) == 0
    assert violations(yusuf.page) == []
    assert (sanne.wrong(), yusuf.wrong()) == ([], [])
