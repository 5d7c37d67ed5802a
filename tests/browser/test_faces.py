"""One's photo in a real browser: the part is chosen by dragging and by keyboard, and without JavaScript it is the middle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.db import db
from tenants.files import storage
from tenants.photos.queries import photo_of
from tests.browser.axe import overflow_px, ready, violations
from tests.browser.site import Site
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast
from tests.courses.writing import member
from tests.photos.test_photos import colour_of, two_colours

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """Return a photo that is red on the left and blue in the middle."""
    path = tmp_path / "wide.jpg"
    path.write_bytes(two_colours().getvalue())
    return path


def kept(cast: Cast) -> bytes:
    """Return the participant's photo as it is stored."""
    with db.scope(cast.academy.scope):
        photo = photo_of(member(cast, "participant"))
        return b"".join(storage.read(photo.small_id)) if photo else b""


def opened(page: Any, photo: Path) -> None:
    """Choose the photo on one's page."""
    page.goto("/me/photo")
    ready(page)
    page.set_input_files("#photo", photo)
    page.locator("photo-crop canvas").wait_for(state="visible")


def until(page: Any, holds: str) -> None:
    """Wait until the expression holds; the pages' policy lets nobody else evaluate it."""
    for _ in range(150):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(holds)


def save(page: Any) -> None:
    page.get_by_role("button", name="Save photo").click()
    page.wait_for_url("**/me")


def test_the_part_is_chosen_by_dragging(site: Site, browser: Any, casts: tuple[Cast, Cast], wide: Path) -> None:
    page = signed_in(browser, site, casts[0], "participant", has_touch=False)
    opened(page, wide)
    page.locator("photo-crop canvas").scroll_into_view_if_needed()
    box = page.locator("photo-crop canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 100, steps=5)
    page.mouse.up()
    page.mouse.move(box["x"] + 20, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 100, steps=5)
    page.mouse.up()
    save(page)
    assert colour_of(kept(casts[0])) == "red", "the left of the photo was drawn into the middle"
    until(page, "document.querySelector('header .avatar img')?.naturalWidth === 96")


def test_the_part_is_chosen_by_keyboard(site: Site, browser: Any, casts: tuple[Cast, Cast], wide: Path) -> None:
    page = signed_in(browser, site, casts[0], "participant", viewport={"width": 390, "height": 800})
    opened(page, wide)
    page.get_by_label("Zoom").press("End")
    page.get_by_label("From left to right").press("Home")
    assert float(page.locator("input[name=side]").input_value()) == pytest.approx(0.2, abs=0.01)
    assert violations(page) == [] and overflow_px(page) == 0
    save(page)
    assert colour_of(kept(casts[0])) == "red"


def test_without_javascript_it_is_the_middle(site: Site, browser: Any, casts: tuple[Cast, Cast], wide: Path) -> None:
    page = signed_in(browser, site, casts[0], "participant", java_script_enabled=False)
    page.goto("/me/photo")
    page.set_input_files("#photo", wide)
    assert not page.locator("photo-crop canvas").is_visible()
    save(page)
    assert colour_of(kept(casts[0])) == "blue"


def test_what_the_browser_cannot_show_is_left_to_the_server(site: Site, browser: Any, casts: tuple[Cast, Cast], tmp_path: Path) -> None:
    page = signed_in(browser, site, casts[0], "participant")
    page.goto("/me/photo")
    ready(page)
    heic = tmp_path / "photo.heic"
    heic.write_bytes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(500))
    page.set_input_files("#photo", heic)
    page.get_by_role("button", name="Save photo").click()
    assert "HEIC" in page.get_by_role("alert").inner_text()
