"""Files of messages in a real browser: chosen, dropped, pasted, recorded, taken out again, cancelled; and without JavaScript."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from core.db import db
from tenants.chat import queries, reading
from tests.browser.axe import overflow_px, ready, violations
from tests.browser.site import Site
from tests.browser.test_faces import until
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast
from tests.chat.talking import Talk, write_talk
from tests.courses.writing import member
from tests.exercises.making import PDF
from tests.files.making import picture

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
# Hands files to the page as somebody does who drops or pastes them.
HAND_OVER = """([place, kind, sent]) => {
  const list = new DataTransfer();
  for (const [name, type, text] of sent) list.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], name, { type }));
  const how = { bubbles: true, cancelable: true };
  document.querySelector(place).dispatchEvent(kind === "paste" ? new ClipboardEvent("paste", { ...how, clipboardData: list }) : new DragEvent("drop", { ...how, dataTransfer: list }));
}"""
CHOSEN = "[data-chosen] li"


@pytest.fixture
def talk(casts: tuple[Cast, Cast]) -> Talk:
    """Return the rooms."""
    return write_talk(casts[0])


def opened(site: Site, browser: Any, cast: Cast, talk: Talk, who: str = "participant", **more: Any) -> Any:
    """Return the page of the talk of two."""
    page = signed_in(browser, site, cast, who, permissions=["microphone"], **more)
    page.goto(f"/messages/{talk.direct}")
    ready(page)
    return page


def hand_over(page: Any, place: str, kind: str, *sent: tuple[str, str, bytes]) -> None:
    page.evaluate(HAND_OVER, [place, kind, [[name, type_, base64.b64encode(content).decode()] for name, type_, content in sent]])


def kept(cast: Cast, talk: Talk) -> list[list[tuple[str, str, float | None]]]:
    """Return (kind, name, seconds) of the files of each message of the talk."""
    with db.scope(cast.academy.scope):
        rows = reading.stretch_of(queries.room_for(member(cast, "participant"), talk.direct)).rows
        return [[(one.kind, one.file.name or "", one.file.seconds) for one in row.files] for row in rows]


def test_files_are_dropped_pasted_taken_out_and_sent_at_once(site: Site, browser: Any, casts: tuple[Cast, Cast], talk: Talk) -> None:
    cast = casts[0]
    page, other = opened(site, browser, cast, talk), opened(site, browser, cast, talk, "second")
    hand_over(page, "[data-messages]", "drop", ("plan.pdf", "application/pdf", PDF), ("a.png", "image/png", picture("PNG", (400, 200)).getvalue()))
    hand_over(page, "form[data-send] textarea", "paste", ("shot.png", "image/png", picture("PNG", (300, 300)).getvalue()))
    assert page.locator(CHOSEN).count() == 3 and page.locator(f"{CHOSEN} img").count() == 2
    assert violations(page) == []
    page.get_by_role("button", name="Do not send a.png").click()
    assert page.locator(CHOSEN).count() == 2
    page.locator("form[data-send] textarea").fill("The plan")
    page.keyboard.press("Enter")
    for one in (page, other):
        one.locator("[data-message] .file-link").wait_for()
        assert one.locator("[data-message] .said-pictures img").count() == 1
    until(page, "document.querySelector('.said-pictures img').naturalWidth === 300")
    assert page.locator(CHOSEN).count() == 0 and page.locator("[data-client]").count() == 0
    assert kept(cast, talk) == [[("file", "plan.pdf", None), ("image", "shot.png", None)]]


def test_what_is_too_large_or_too_much_is_said_before_it_is_sent(site: Site, browser: Any, casts: tuple[Cast, Cast], talk: Talk) -> None:
    page = opened(site, browser, casts[0], talk)
    page.evaluate("document.querySelector('chat-files').dataset.bytes = 1000")
    hand_over(page, "[data-messages]", "drop", ("large.pdf", "application/pdf", PDF + bytes(2000)), ("small.pdf", "application/pdf", PDF[:900]))
    assert "large.pdf is too large" in page.locator("[data-trouble]").inner_text() and page.locator(CHOSEN).count() == 1
    hand_over(page, "[data-messages]", "drop", *((f"{number}.pdf", "application/pdf", PDF[:900]) for number in range(12)))
    assert page.locator(CHOSEN).count() == 10 and "at most 10 files" in page.locator("[data-trouble]").inner_text()


def test_a_refused_file_comes_back_with_the_words(site: Site, browser: Any, casts: tuple[Cast, Cast], talk: Talk) -> None:
    page = opened(site, browser, casts[0], talk)
    hand_over(page, "[data-messages]", "drop", ("run.exe", "application/octet-stream", b"MZ" + bytes(500)))
    page.locator("form[data-send] textarea").fill("Try this")
    page.keyboard.press("Enter")
    page.get_by_text("run.exe: This kind of file cannot be sent.").wait_for()
    assert page.locator("form[data-send] textarea").input_value() == "Try this" and page.locator(CHOSEN).count() == 1
    assert kept(casts[0], talk) == []


def test_a_voice_note_is_recorded_heard_and_sent(site: Site, browser: Any, casts: tuple[Cast, Cast], talk: Talk) -> None:
    cast = casts[0]
    page = opened(site, browser, cast, talk, viewport={"width": 390, "height": 800})
    page.get_by_role("button", name="Record a voice message").press("Enter")
    page.locator("[data-recorder] [data-time]", has_text="0:01").wait_for()
    assert violations(page) == [] and overflow_px(page) == 0
    page.get_by_role("button", name="Discard").press("Enter")
    page.locator("[data-recorder]").wait_for(state="hidden")
    assert page.locator(CHOSEN).count() == 0, "thrown away"
    page.get_by_role("button", name="Record a voice message").click()
    page.locator("[data-recorder] [data-time]", has_text="0:02").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.locator(f"{CHOSEN} audio").wait_for()
    until(page, "document.querySelector('[data-chosen] audio').readyState > 0")
    page.locator("[data-submit]").click()
    page.locator("[data-message] audio").wait_for()
    until(page, "document.querySelector('[data-message] audio').duration > 1.5")
    assert page.evaluate("document.querySelector('[data-message] audio').duration") < 20, "the length is known, not endless"
    [[(kind, name, seconds)]] = kept(cast, talk)
    assert (kind, name) == ("voice", "voice-note.webm") and 1.5 < (seconds or 0) < 20


def test_who_sends_while_it_records_hears_it_first(site: Site, browser: Any, casts: tuple[Cast, Cast], talk: Talk) -> None:
    page = opened(site, browser, casts[0], talk)
    page.get_by_role("button", name="Record a voice message").click()
    page.locator("[data-recorder] [data-time]", has_text="0:01").wait_for()
    page.locator("form[data-send] textarea").fill("With words")
    page.keyboard.press("Enter")
    page.locator(f"{CHOSEN} audio").wait_for()
    assert kept(casts[0], talk) == [] and page.locator("form[data-send] textarea").input_value() == "With words"


def test_sending_files_can_be_cancelled(site: Site, browser: Any, casts: tuple[Cast, Cast], talk: Talk) -> None:
    page = opened(site, browser, casts[0], talk)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000})
    hand_over(page, "[data-messages]", "drop", ("large.pdf", "application/pdf", PDF + bytes(2_000_000)))
    page.locator("form[data-send] textarea").fill("Slow")
    page.keyboard.press("Enter")
    page.locator("[data-progress]").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.locator("[data-progress]").wait_for(state="hidden")
    page.locator(CHOSEN).wait_for()
    assert page.locator("form[data-send] textarea").input_value() == "Slow" and page.locator("[data-client]").count() == 0
    assert kept(casts[0], talk) == []


def test_files_go_without_javascript(site: Site, browser: Any, casts: tuple[Cast, Cast], talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(PDF)
    page = signed_in(browser, site, casts[0], "participant", java_script_enabled=False)
    page.goto(f"/messages/{talk.direct}")
    page.get_by_text("Add files").click()
    page.set_input_files("#files", tmp_path / "plan.pdf")
    page.locator("[data-submit]").click()
    page.locator("[data-message] .file-link").wait_for()
    assert kept(casts[0], talk) == [[("file", "plan.pdf", None)]]
