"""Exercises in a real browser: a trainer reviews twenty in a row without the mouse; what was written attacks nobody; the
pages are accessible and fit 320 pixels."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from core import sessions
from core.db import db
from tenants.exercises import actions, peers, queries, reviewing
from tenants.exercises.desk import criteria_of, hand_in_for
from tenants.exercises.models import HandIn, Review
from tenants.learning.queries import lesson_for
from tests.browser.axe import overflow_px, ready, violations
from tests.browser.site import Site
from tests.browser.test_xss import LOOK, RUN, bunch
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import PDF, Exercise, more_people, opened, write_exercise
from tests.files.making import picture

MANY = 20
WIDE = """() => [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + '.' + e.className + ' ' + e.outerHTML.slice(0, 90)).slice(0, 12)"""
pytestmark = pytest.mark.browser


def signed_in(browser: Any, site: Site, cast: Cast, who: str, **more: Any) -> Any:
    """Return a page of somebody's own."""
    context = browser.new_context(base_url=f"http://{cast.host}:{site.port}", **more)
    context.add_cookies([{"name": sessions.cookie_name(), "value": cast.token(who), "url": f"http://{cast.host}:{site.port}"}])
    return context.new_page()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_trainer_reviews_twenty_without_the_mouse(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    found = write_exercise(cast, trainer="trainer")
    with db.scope(cast.academy.scope, commit=True):
        for person in more_people(cast, found, MANY):
            actions.hand_in(lesson_for(person, found.course, found.lesson, lock=True), found.block, uuid4(), "My loaf")
    page = signed_in(browser, site, cast, "trainer")
    page.goto("/review")
    page.get_by_role("link", name="Review next").press("Enter")
    page.wait_for_selector("[data-feedback]")
    ready(page)
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    second = page.url
    ready(page)
    page.keyboard.press("k")
    page.wait_for_url(lambda url: url.split("?")[0] == first.split("?")[0])
    for number in range(MANY):
        here = page.url
        ready(page)
        page.get_by_label("What you say to").focus()
        page.keyboard.type(f"Loaf {number}")
        page.keyboard.press("j")
        assert page.get_by_label("What you say to").input_value() == f"Loaf {number}j", "letters stay letters in a text"
        page.locator("input[type=radio]").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        assert "2.5 of 9.5 points" in page.locator(".rubric-total").inner_text()
        page.keyboard.press("Control+Shift+Enter" if number % 4 == 3 else "Control+Enter")
        page.wait_for_url(lambda url, here=here: url != here)
    assert page.url.split("?")[0].endswith("/review") and second
    with db.scope(cast.academy.scope):
        rows = list(db.session.scalars(sa.select(Review)))
        assert len(rows) == MANY and {row.levels["c1"] for row in rows} == {"l2"}
        assert sorted(row.verdict or "" for row in rows) == ["again"] * 5 + ["approved"] * 15
        assert sorted(row.text or "" for row in rows) == sorted(f"Loaf {number}j" for number in range(MANY))


def test_a_phrase_goes_where_the_cursor_stands_and_the_draft_is_kept(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    found = write_exercise(cast, trainer="trainer")
    with db.scope(cast.academy.scope, commit=True):
        reviewing.save_phrase(member(cast, "trainer"), "Well baked.")
        hand_in_id = actions.hand_in(opened(cast, found), found.block, uuid4(), "x").id
    page = signed_in(browser, site, cast, "trainer")
    page.goto(f"/review/{hand_in_id}")
    ready(page)
    page.get_by_label("What you say to").fill("Hello.")
    page.get_by_text("Phrases").click()
    page.get_by_role("button", name="Well baked.", exact=True).click()
    assert page.get_by_label("What you say to").input_value() == "Hello.\n\nWell baked."
    expect(page.locator(".desk-feedback .autosave-text")).to_contain_text("Saved")
    page.reload()
    assert page.get_by_label("What you say to").input_value() == "Hello.\n\nWell baked."


def test_files_wait_for_their_button_while_the_text_is_saved(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    found = write_exercise(cast, trainer="trainer")
    page = signed_in(browser, site, cast, "participant")
    page.goto(f"/learn/{found.course}/{found.lesson}")
    ready(page)
    page.get_by_label("Files").set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_label("Your text").fill("Typed while the file waits")
    expect(page.locator(".exercise .autosave-text")).to_contain_text("Saved")
    with db.scope(cast.academy.scope):
        draft = db.session.scalars(sa.select(HandIn)).one()
        assert draft.text == "Typed while the file waits" and queries.links_of(draft) == []
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_selector("text=Version 1")
    with db.scope(cast.academy.scope):
        assert len(queries.links_of(db.session.scalars(sa.select(HandIn)).one())) == 1


def attacked(cast: Cast) -> tuple[Exercise, UUID, UUID]:
    """Return an exercise with attacks in each field that people fill in, what was handed in, and a peer's task."""
    everything = bunch(0, 18_000)
    found = write_exercise(
        cast, enrolled=("participant", "second"), trainer="trainer", title=bunch(1, 200), markdown=everything, peers=1,
        anonymous=False, criteria=[{"id": "c1", "title": bunch(2, 200), "levels": [
            {"id": f"l{n}", "title": bunch(n, 200), "points": "1", "description": bunch(n + 3, 1_000)} for n in (1, 2)]}],
    )  # fmt: skip
    with db.scope(cast.academy.scope, commit=True):
        person, trainer = member(cast, "participant"), member(cast, "trainer")
        files = [(io.BytesIO(PDF), f"{bunch(4, 150)}.pdf"), (picture(), f"{bunch(5, 150)}.png"), (io.BytesIO(f"# x {RUN}".encode()), "a.md")]
        actions.add_files(opened(cast, found), found.block, files, uuid4(), person)
        hand_in = actions.hand_in(opened(cast, found), found.block, uuid4(), everything)
        actions.hand_in(opened(cast, found, "second"), found.block, uuid4(), everything)
        actions.write_message(hand_in, person, everything, uuid4())
        actions.write_message(hand_in, trainer, everything, uuid4())
        reviewing.save_phrase(trainer, bunch(6, 2_000))
        task = queries.peer_tasks(member(cast, "second"), found.block, found.course)[0].review_id
        other = queries.peer_tasks(person, found.block, found.course)[0].review_id
        peers.send_peer_review(peers.task_for(person, other, lock=True), everything, {"c1": "l1"}, uuid4())
        back = hand_in_for(trainer, db.session.get_one(Review, other).hand_in_id, lock=True)
        reviewing.send_feedback(back, trainer, criteria_of(back), "again", everything, {"c1": "l2"}, uuid4())
        reviewing.save_feedback(hand_in_for(trainer, hand_in.id, lock=True), trainer, criteria_of(hand_in), everything, {"c1": "l1"}, uuid4())
        return found, hand_in.id, task


def test_T21_no_attack_through_an_exercise_runs_and_every_page_is_accessible(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    found, hand_in_id, task = attacked(cast)
    lesson = f"/learn/{found.course}/{found.lesson}"
    pages = {
        "participant": ["/", lesson, found.url(), "/own-work"], "second": ["/", lesson, found.url(), f"/peer-reviews/{task}"],
        "trainer": ["/review?state=all", f"/review/{hand_in_id}"],
        "author": [f"/courses/{found.course}/lessons/{found.lesson}", f"/courses/{found.course}/lessons/{found.lesson}/preview"],
    }  # fmt: skip
    for who, paths in pages.items():
        page, said = signed_in(browser, site, cast, who, viewport={"width": 320, "height": 900}), []
        page.on("console", lambda message, said=said: said.append(message.text) if "Content Security" in message.text else None)
        page.on("dialog", lambda dialog, said=said: (said.append(dialog.message), dialog.dismiss()))
        for path in paths:
            answer = page.goto(path)
            assert answer.status == 200, path
            page.wait_for_timeout(150)
            seen = page.evaluate(LOOK)
            assert seen == {"ran": 0, "handlers": [], "addresses": [], "strange": [], "counted": False}, (path, seen)
            assert said == [], path
            assert overflow_px(page) == 0, (path, page.evaluate(WIDE))
        page.context.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark"), (1280, "light")])
def test_the_pages_of_exercises_are_accessible(site: Site, browser: Any, casts: tuple[Cast, Cast], width: int, scheme: str) -> None:
    cast = casts[0]
    found = write_exercise(cast, enrolled=("participant", "second"), trainer="trainer", peers=1)
    with db.scope(cast.academy.scope, commit=True):
        files = [(io.BytesIO(PDF), "plan.pdf"), (picture(), "loaf.png"), (io.BytesIO(b"ID3" + bytes(200)), "voice.mp3")]
        actions.add_files(opened(cast, found), found.block, files, uuid4(), member(cast, "participant"))
        hand_in = actions.hand_in(opened(cast, found), found.block, uuid4(), "My loaf")
        other = actions.hand_in(opened(cast, found, "second"), found.block, uuid4(), "My rye")
        back = hand_in_for(member(cast, "trainer"), other.id, lock=True)
        reviewing.send_feedback(back, member(cast, "trainer"), criteria_of(back), "again", "Longer", {"c1": "l1"}, uuid4())
        reviewing.save_phrase(member(cast, "trainer"), "Well baked.")
        actions.write_message(hand_in, member(cast, "participant"), "Is rye fine?", uuid4())
        task = queries.peer_tasks(member(cast, "second"), found.block, found.course)[0].review_id
        hand_in_id, other_id = hand_in.id, other.id
    lesson, wrong = f"/learn/{found.course}/{found.lesson}", []
    pages = [
        ("participant", lesson), ("participant", found.url()), ("second", found.url()), ("second", "/"), ("second", f"/peer-reviews/{task}"),
        ("trainer", "/review"), ("trainer", "/review?whose=all&state=approved"), ("trainer", f"/review/{hand_in_id}"), ("owner", f"/review/{hand_in_id}"),
        ("trainer", f"/review/{other_id}"), ("author", f"/courses/{found.course}/lessons/{found.lesson}"),
    ]  # fmt: skip
    for who, path in pages:
        page = signed_in(browser, site, cast, who, viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        wrong += [f"{path}: {one}" for one in violations(page)]
        wrong += [f"{path}: {overflow_px(page)} px too wide"] if overflow_px(page) else []
        if (folder := Path("/tmp/exercise-looks")).is_dir():
            page.screenshot(path=folder / f"{who}-{path.strip('/').split('/')[0] or 'home'}-{path[-4:].strip('/?')}-{width}-{scheme}.png", full_page=True)
        page.context.close()
    assert wrong == []
