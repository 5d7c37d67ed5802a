"""The components in a real browser: accessible in both modes and brands, nothing scrolls sideways, the elements work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.axe import COLOUR_RULES, RULES, overflow_px, ready, violations
from tests.browser.desk import Desk, running_desk

pytestmark = pytest.mark.browser
SCREENS = ("components", "dashboard", "lesson", "editor")
# A colour on its way from light to dark is none that anybody reads.
STILL = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('*, *::before, *::after { transition: none !important }')
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet] }"""
ERRORS = ("400-form", "403", "404", "410", "422", "429", "500", "503-suspended", "plain")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running_desk() as desk:
        yield desk


@pytest.fixture
def page(browser: Any, desk: Desk) -> Iterator[Any]:
    desk.sent.clear()
    desk.status = 204
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    plain_goto = page.goto

    def goto_and_wait(url: str) -> None:
        plain_goto(url)
        ready(page)

    page.goto = goto_and_wait
    yield page
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_screen_is_accessible_in_mode_and_brand(browser: Any, desk: Desk, screen: str) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    rules = RULES
    for colour in ("14685a", "f5c400"):
        page.goto(f"{desk.url}/_dev/{screen}?colour={colour}")
        page.evaluate(STILL)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            wrong += [f"{colour} {scheme}: {one}" for one in violations(page, rules)]
            rules = COLOUR_RULES
    assert wrong == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_screens_fit_a_small_phone(browser: Any, desk: Desk, language: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": "lang", "value": language, "url": desk.url}])
    page = context.new_page()
    wrong: list[str] = []
    for screen in [*SCREENS, *(f"errors/{code}" for code in ERRORS)]:
        page.goto(f"{desk.url}/_dev/{screen}")
        if px := overflow_px(page):
            wrong.append(f"{screen}: {px} px too wide")
        if language == "nl":  # in English axe looks above
            wrong += [f"{screen}: {one}" for one in violations(page)]
    assert wrong == []


def test_axe_helper_knows_each_mode(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/_dev/errors/404")
    page.evaluate(
        "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('@media (prefers-color-scheme: dark) { h1 { color: #333 !important } }');"
        " document.adoptedStyleSheets = [sheet] }"
    )
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert "color-contrast" in " ".join(violations(page, COLOUR_RULES))


def test_axe_helper_finds_pale_words_and_unnamed_fields(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/_dev/errors/404")
    page.evaluate(
        "document.querySelector('h1').style.color = '#eeeeee'; document.querySelector('main').append(document.createElement('input'))"
    )
    found = " ".join(violations(page))
    assert "color-contrast" in found
    assert "label" in found


def test_quiz_swaps_in_the_fragment_and_moves_the_focus_to_the_feedback(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/quiz")
    page.get_by_label("No").check()
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector(".feedback.good")
    assert page.evaluate("document.activeElement.className") == "feedback good"
    assert page.url == f"{desk.url}/quiz"
    assert [form["a"] for form in desk.to("/answer")] == ["2"]
    assert len(desk.to("/answer")[0]["client_id"]) == 36


def test_quiz_asks_for_an_answer_before_it_sends(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/quiz")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Choose an answer first.").wait_for()
    assert desk.to("/answer") == []


def test_quiz_posts_plainly_without_javascript(browser: Any, desk: Desk) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.url}/quiz")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Check").click()
    assert page.get_by_text("You picked 1").is_visible()
    assert page.url == f"{desk.url}/answer"
    context.close()


def test_quiz_says_so_without_a_connection_and_keeps_the_choice(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/quiz")
    page.get_by_label("No").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Check").click()
    page.get_by_text("there is no connection").wait_for()
    assert page.get_by_label("No").is_checked()


def order(page: Any) -> str:
    """Return the ids of the blocks as they stand."""
    return str(page.evaluate("[...document.querySelectorAll('[data-item]')].map(i => i.dataset.id).join('')"))


def test_blocks_move_by_key_button_and_pointer_and_the_order_is_posted(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/sort")
    page.locator("#block-a .grip").focus()
    page.keyboard.press("Alt+ArrowDown")
    assert order(page) == "bac"
    page.get_by_text("A: 2 of 3").wait_for(state="attached")
    page.locator("#block-c").get_by_role("button", name="Move up: C").click()
    assert order(page) == "bca"
    grip, target = page.locator("#block-a .grip").bounding_box(), page.locator("#block-b").bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 4, steps=5)
    page.mouse.up()
    assert order(page) == "abc"
    page.wait_for_timeout(300)
    assert [form["order"] for form in desk.to("/order")] == ["b,a,c", "b,c,a", "a,b,c"]


def test_blocks_go_back_when_the_order_is_not_stored(page: Any, desk: Desk) -> None:
    desk.status = 500
    page.goto(f"{desk.url}/sort")
    page.locator("#block-a .grip").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.get_by_text("Not moved").wait_for(state="attached")
    assert order(page) == "abc"


def test_words_are_saved_after_a_pause_with_a_fresh_id_each(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/save")
    page.get_by_label("Note").type("Step 3")
    page.get_by_text("Saved ").wait_for()
    page.get_by_label("Note").type(" again")
    page.wait_for_function(
        "() => !Object.keys(localStorage).length && document.querySelector('.autosave-text').textContent.startsWith('Saved')"
    )
    page.wait_for_timeout(1200)
    saved = desk.to("/save")
    assert [form["note"] for form in saved] == ["Step 3", "Step 3 again"]
    assert len({form["client_id"] for form in saved}) == 2


def test_words_typed_without_a_connection_are_sent_when_it_is_back(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/save")
    page.context.set_offline(True)
    page.get_by_label("Note").type("Offline words")
    page.get_by_text("Not saved.").wait_for()
    assert desk.to("/save") == []
    page.context.set_offline(False)
    page.get_by_text("Saved ").wait_for()
    assert [form["note"] for form in desk.to("/save")] == ["Offline words"]


def test_unsaved_words_come_back_at_the_next_visit_and_are_sent(page: Any, desk: Desk) -> None:
    desk.status = 503
    page.goto(f"{desk.url}/save")
    page.get_by_label("Note").type("Half a sentence")
    page.get_by_text("Not saved.").wait_for()
    desk.status = 204
    desk.sent.clear()
    page.goto(f"{desk.url}/save")
    assert page.get_by_label("Note").input_value() == "Half a sentence"
    page.get_by_text("Saved ").wait_for()
    assert desk.to("/save")[0]["note"] == "Half a sentence"
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_words_stay_when_the_person_was_signed_out(page: Any, desk: Desk) -> None:
    desk.status = 401
    page.goto(f"{desk.url}/save")
    page.get_by_label("Note").type("Kept")
    page.get_by_text("you are signed out").wait_for()
    assert "Kept" in str(page.evaluate("JSON.stringify(localStorage)"))


def test_film_starts_where_the_person_stopped_and_saves_the_place(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/film")
    assert page.locator(".video-cover").is_visible()
    page.get_by_role("button", name="Play video from 0:03").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 5")
    assert page.locator(".video-cover").is_hidden()
    page.evaluate("document.querySelector('video').pause()")
    page.wait_for_timeout(300)
    assert int(desk.to("/place")[-1]["position_s"]) >= 5


def test_film_place_is_saved_when_the_person_leaves(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/film")
    page.get_by_role("button", name="Play video").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 5")
    page.goto(f"{desk.url}/quiz")
    page.wait_for_timeout(500)
    assert int(desk.to("/place")[-1]["position_s"]) >= 5


def test_password_can_be_shown_and_hides_again_on_submit(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/_dev/components")
    page.get_by_role("button", name="Show password").click()
    assert page.locator("#password").get_attribute("type") == "text"
    page.get_by_role("button", name="Hide password").click()
    assert page.locator("#password").get_attribute("type") == "password"


def test_colour_preview_follows_the_typed_colour(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/_dev/components")
    page.locator("#colour").fill("#f5c400")
    page.get_by_text("Words on buttons become dark").wait_for()
    assert page.locator("[data-mode=light] [data-fill=accent]").get_attribute("fill") == "#f5c400"


def test_dialog_opens_and_gives_the_focus_back(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/_dev/components")
    page.get_by_role("button", name="Open dialog").click()
    page.get_by_role("dialog").get_by_text("Remove Milan Okafor?").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Open dialog"


def test_error_summary_takes_the_focus(page: Any, desk: Desk) -> None:
    page.goto(f"{desk.url}/_dev/components")
    assert page.evaluate("document.activeElement.localName") == "error-summary"
