"""The bell, the table of choices and messages on devices in a real Chromium: its worker takes a message and shows it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from core import sessions
from core.db import db
from tenants.notifications import choices
from tenants.notifications.actions import notify
from tests.browser.axe import overflow_px, violations
from tests.browser.site import Site
from tests.cast import Cast, make_cast
from tests.courses.writing import member
from tests.opened import Opened
from tests.sessions.planned import plan, take

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return people, one of whom has a seat in two sessions and was told of both."""
    cast = make_cast(academy)
    for _ in range(2):
        session = plan(cast, places=3)
        take(cast, session, "participant")
        with db.scope(academy.scope, commit=True):
            notify("session", [cast.ids["participant"]], subject_id=uuid4(), thread_id=session, detail="seat", link=f"/agenda/{session}", mailed_ids=[cast.ids["participant"]])
    return cast


def opened(browser: Any, site: Site, cast: Cast, width: int = 1280, **more: Any) -> Any:
    """Return a page of the participant's."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **more)
    context.add_cookies([{"name": sessions.cookie_name(), "value": cast.token("participant"), "domain": cast.host, "path": "/"}])
    return context.new_page()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")])
def test_pages_are_accessible_and_fit(browser: Any, site: Site, cast: Cast, width: int, scheme: Any) -> None:
    page = opened(browser, site, cast, width, color_scheme=scheme)
    for path in ("/notifications", "/me/notifications"):
        page.goto(site.url(path, cast.academy.slug))
        assert overflow_px(page) == 0 and violations(page) == [], path


def test_choices_are_made_without_javascript(browser: Any, site: Site, cast: Cast) -> None:
    page = opened(browser, site, cast, 320, java_script_enabled=False)
    page.goto(site.url("/me/notifications", cast.academy.slug))
    page.select_option("#mail-feedback", "morning")
    page.fill("#quiet_from", "21:00")
    page.click("text=Save notifications")
    assert page.input_value("#mail-feedback") == "morning" and page.input_value("#quiet_from") == "21:00"
    with db.scope(cast.academy.scope):
        assert choices.choices_of(member(cast, "participant"))["feedback"].mail == "morning"


def test_the_number_at_the_bell_follows_what_is_read(browser: Any, site: Site, cast: Cast) -> None:
    page = opened(browser, site, cast)
    page.goto(site.url("/notifications", cast.academy.slug))
    assert page.inner_text("notice-bell").startswith("2")
    page.click(".notice-words a >> nth=0")
    page.wait_for_url("**/agenda/*")
    assert page.inner_text("notice-bell").startswith("1")
    with db.scope(cast.academy.scope, commit=True):
        notify("session", [cast.ids["participant"]], subject_id=uuid4(), thread_id=uuid4(), link="/agenda")
    page.evaluate("document.dispatchEvent(new CustomEvent('notices'))")
    page.locator("notice-bell .count", has_text="2").wait_for()


def test_the_link_of_a_mail_is_enough_with_javascript(browser: Any, site: Site, cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        token = choices.stop_token(cast.ids["participant"], "feedback")
    page = browser.new_context().new_page()
    page.goto(site.url(f"/notifications/stop/{token}", cast.academy.slug))
    page.wait_for_selector("text=You get no more mail about this")
    assert violations(page) == []
    with db.scope(cast.academy.scope):
        assert choices.choices_of(member(cast, "participant"))["feedback"].mail == "off"


def test_the_worker_shows_what_came_and_tells_the_bell(browser: Any, site: Site, cast: Cast) -> None:
    page = opened(browser, site, cast, permissions=["notifications"])
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(site.url("/", cast.academy.slug))
    chrome, registered = page.context.new_cdp_session(page), []
    chrome.on("ServiceWorker.workerRegistrationUpdated", lambda event: registered.extend(event["registrations"]))
    chrome.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.register('/push.js', {scope: '/'}).then(() => navigator.serviceWorker.ready).then(() => 1)")
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('notice-bell').replaceChildren()")
    said = {"title": "Academy", "body": "Feedback on your work", "url": "/notifications/x", "tag": "t"}
    origin = site.url("", cast.academy.slug).rstrip("/")
    chrome.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": registered[-1]["registrationId"], "data": json.dumps(said)})
    page.locator("notice-bell .count", has_text="2").wait_for()
    shown = page.evaluate("navigator.serviceWorker.ready.then(one => one.getNotifications()).then(all => all.map(one => [one.title, one.body, one.tag]))")
    assert shown == [["Academy", "Feedback on your work", "t"]] and told == [], "under the strict policy"
