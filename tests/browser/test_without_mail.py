"""Somebody without e-mail, whole, in a real browser: added, given a card on paper, in on a phone, learning, and back again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.db import db
from tenants.learning.models import Enrolment, Progress
from tenants.people.models import Member, StartCode
from tenants.people.queries import active_by_said
from tests.browser.axe import overflow_px, ready, violations
from tests.browser.site import Site
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast
from tests.doors import count
from tests.factories import published_course

PASSWORD = "vier paarden grazen"
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def looked_at(page: Page) -> None:
    """Look at the page narrow and wide, light and dark."""
    before = page.viewport_size
    for width, scheme in ((320, "dark"), (390, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        ready(page)
        page.wait_for_timeout(300)  # colours may still be on their way from light to dark
        assert violations(page) == [], (page.url, width, scheme)
        assert overflow_px(page) == 0, (page.url, width)
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)


def add(page: Page) -> tuple[str, str]:
    """Add somebody as a manager, by keyboard; return number and code of the card."""
    page.goto("/people")
    page.get_by_role("link", name="Add without e-mail").click()
    page.get_by_label("First name").focus()
    for said in ("Gerda", "Wolters", "p 1042"):
        page.keyboard.type(said)
        page.keyboard.press("Tab")
    page.get_by_label("Course", exact=True).select_option(label="Medication safety")
    page.get_by_role("button", name="Add and show the card").click()
    card = page.locator(".start-card")
    expect(card).to_contain_text("Gerda Wolters")
    number, code = card.locator("strong").all_inner_texts()
    return number, code


def printed(page: Page) -> None:
    """Print the sheet: the button asks the browser, and on paper there is the card and nothing around it."""
    ready(page)
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    expect(page.locator(".start-card")).to_be_visible()
    for around in (".topbar", "main .notice", "main .btn"):
        expect(page.locator(around).first).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen")


def come_in(page: Page, number: str, secret: str) -> None:
    """Sign in."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address or personnel number").fill(number)
    page.get_by_label("Password or start code", exact=True).fill(secret)
    page.locator("main form").get_by_role("button", name="Sign in").click()


def learn(page: Page) -> None:
    """Do the only lesson of the course."""
    page.get_by_role("link", name=re.compile("Start lesson")).click()
    expect(page.locator("main")).to_contain_text("Most mistakes are made when we are sure.")
    page.locator("form", has=page.locator("button")).get_by_role("button", name=re.compile("done|finish", re.I)).first.click()
    expect(page.locator("main")).to_contain_text("Medication safety")


def test_somebody_without_mail_is_added_gets_a_card_and_learns_on_a_phone(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    with db.scope(cast.academy.scope, commit=True):
        published_course(db.session.get_one(Member, cast.ids["owner"]))
    manager = signed_in(browser, site, cast, "manager", locale="en-GB", viewport={"width": 1280, "height": 900})
    number, code = add(manager)
    assert number == "p1042" and re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", code)
    looked_at(manager)
    printed(manager)

    phone = browser.new_context(base_url=f"http://{cast.host}:{site.port}", locale="en-GB", viewport={"width": 390, "height": 844})
    phone.add_cookies([{"name": "lang", "value": "en", "url": f"http://{cast.host}:{site.port}"}])
    page = phone.new_page()
    come_in(page, "P1042", "not the code")
    expect(page.locator("main")).to_contain_text("do not go together")
    looked_at(page)
    come_in(page, "P1042", code.lower())
    expect(page.locator("h1")).to_have_text("Welcome, Gerda")
    looked_at(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Save and begin").click()
    page.wait_for_url(f"http://{cast.host}:{site.port}/")
    learn(page)
    with db.scope(cast.academy.scope):
        gerda = active_by_said("P1042")
        assert gerda is not None
        taken = db.session.query(Enrolment).filter_by(member_id=gerda.id).one().id
    assert count(cast.academy.scope, Progress, Progress.enrolment_id == taken, Progress.done_at.is_not(None)) == 1
    assert count(cast.academy.scope, StartCode) == 0

    plain = browser.new_context(base_url=f"http://{cast.host}:{site.port}", java_script_enabled=False)
    plain.add_cookies([{"name": "lang", "value": "en", "url": f"http://{cast.host}:{site.port}"}])
    again = plain.new_page()
    come_in(again, "p1042", PASSWORD)
    expect(again.locator("h1")).to_contain_text("Gerda")


def test_the_pages_of_invitations_and_of_a_member_without_mail_are_accessible(
    site: Site, browser: Any, casts: tuple[Cast, Cast]
) -> None:
    cast = casts[0]
    manager = signed_in(browser, site, cast, "manager", locale="en-GB", viewport={"width": 1280, "height": 900})
    add_without_course(manager)
    manager.goto("/people/invite")
    manager.get_by_label("E-mail addresses").fill("fatima@example.org")
    manager.get_by_label(re.compile("Your own words")).fill("Hello Fatima,\n\nsee you on Monday.")
    manager.get_by_role("button", name="Send invitations").click()
    manager.goto("/people/invitations")
    looked_at(manager)
    manager.get_by_role("spinbutton", name="Waits longer").fill("0")
    manager.locator("form[action$='/people/invitations/mails'] button").click()
    expect(manager.locator("main")).to_contain_text("from 1 to 90")
    looked_at(manager)
    manager.get_by_role("link", name="Correct").first.click()
    manager.get_by_label("E-mail address").fill("fatima@exmaple")
    manager.get_by_role("button", name="Correct and send").click()
    expect(manager.locator("main")).to_contain_text("not a whole e-mail address")
    looked_at(manager)
    manager.goto("/people?state=unbegun")
    looked_at(manager)
    manager.get_by_role("link", name="Kim Nr1").click()
    manager.get_by_label(re.compile("Personnel number")).fill("a@b")
    manager.get_by_role("button", name="Save the number").click()
    expect(manager.locator("main")).to_contain_text("and no @")
    looked_at(manager)


def add_without_course(page: Page) -> None:
    """Add somebody."""
    page.goto("/people/add")
    page.get_by_label("First name").fill("Kim")
    page.get_by_label("Last name").fill("Nr1")
    page.get_by_label("Personnel number").fill("K1")
    page.get_by_role("button", name="Add and show the card").click()
    expect(page.locator(".start-card")).to_have_count(1)
