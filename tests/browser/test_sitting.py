"""A timed test in a real browser: the connection goes, the tab is closed, the server dies, and no answer is lost (T44)."""

from __future__ import annotations

import json
import os
import signal
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from core.db import db
from tenants.assessments.models import Sitting, SittingAnswer
from tests.assessments.making import Test, row, write_test
from tests.browser.axe import overflow_px, ready, violations
from tests.browser.site import Site
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def begun(page: Any, found: Test) -> None:
    """Begin the test on its page."""
    page.goto(found.url())
    page.get_by_role("button", name="Begin the test").click()
    page.wait_for_selector("test-paper")
    ready(page)


def stored(cast: Cast, sitting: Sitting) -> dict[Any, Any]:
    """Return what the server keeps of each question's answer."""
    with db.scope(cast.academy.scope):
        rows = db.session.query(SittingAnswer).filter_by(sitting_id=sitting.id)
        return {one.question_id: json.loads(one.given) if one.given else None for one in rows}


def test_T44_a_lost_connection_in_a_timed_test_loses_no_answer(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    found = write_test(cast, with_open=True, minutes=30)
    page = signed_in(browser, site, cast, "participant")
    begun(page, found)
    place = page.url
    expect(page.locator(".test-left")).to_contain_text("29:")
    page.get_by_label("Flour").check()
    expect(page.locator(".autosave-text")).to_contain_text("Saved")

    page.context.set_offline(True)
    page.get_by_label("Salt").check()
    page.get_by_label("Water").check()
    page.locator("textarea").fill("Because it smells good.")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".autosave")).to_contain_text("there is no connection")
    assert page.url == place, "nothing half is handed in"
    context = page.context
    page.close()

    context.set_offline(False)
    page = context.new_page()
    page.goto(place)
    ready(page)
    expect(page.get_by_label("Water")).to_be_checked()
    expect(page.locator("textarea")).to_have_value("Because it smells good.")
    expect(page.locator(".autosave-text")).to_contain_text("Saved")

    for pid in [site.web.pid, *site.web_pids()]:
        os.kill(pid, signal.SIGKILL)
    site.web.wait(30)
    page.locator("textarea").fill("Because it smells good, and people smile.")
    expect(page.locator(".autosave")).to_contain_text("Not saved")
    site.start_web()
    expect(page.locator(".autosave-text")).to_contain_text("Saved", timeout=40_000)
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url(place)
    expect(page.locator("main")).to_contain_text("A trainer reads your open answers first.")
    sitting = row(cast, UUID(place.rsplit("/", 1)[1]))
    assert sitting.state == "marking"
    given = stored(cast, sitting)
    assert given[found.single] == found.right("single")
    assert sorted(given[found.multiple]["choices"]) == sorted(found.right("multiple")["choices"])
    assert "and people smile" in json.dumps(given[found.open])


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_the_pages_of_a_test_are_accessible(site: Site, browser: Any, casts: tuple[Cast, Cast], width: int, scheme: str) -> None:
    cast = casts[0]
    found = write_test(cast, with_open=True, minutes=30)
    page = signed_in(browser, site, cast, "participant", viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong = []

    def look() -> None:
        ready(page)
        wrong.extend(f"{page.url}: {one}" for one in violations(page))
        wrong.extend([f"{page.url}: {overflow_px(page)} px too wide"] if overflow_px(page) else [])

    page.goto(found.url())
    look()
    page.get_by_role("button", name="Begin the test").click()
    page.wait_for_selector("test-paper")
    look()
    page.locator("textarea").fill("It smells good.")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("button", name="Hand in anyway").wait_for()
    look()
    place = page.url
    page.get_by_role("button", name="Hand in anyway").click()
    page.get_by_text("A trainer reads").wait_for()
    look()
    page.context.close()
    page = signed_in(browser, site, cast, "manager", viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in ("/tests", f"/tests/{found.course}/{found.lesson}", f"/tests/sittings/{place.rsplit('/', 1)[1]}"):
        page.goto(path)
        look()
    assert wrong == []
