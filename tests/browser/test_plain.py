"""The main job once more, without JavaScript: every step is a plain form and a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.owner import connect
from tests.browser.site import Site
from tests.browser.test_story import PASSWORD, QUESTION, link_in_mail
from tests.opened import Opened

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def people(browser: Any) -> Iterator[tuple[Page, Page]]:
    """Return the pages of an owner and a participant whose browsers run no script."""
    contexts = [browser.new_context(locale="en-GB", java_script_enabled=False) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(20_000)
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def open_academy(page: Page, site: Site) -> None:
    page.goto(site.url("/sign-up"))
    for name, value in (("first_name", "Olga"), ("last_name", "Visser"), ("email", "olga@plain.example")):
        page.fill(f"[name={name}]", value)
    page.fill("main [name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(link_in_mail(page, site, "confirm"))
    page.fill("main [name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(site.url("/academies/new"))
    page.fill("[name=name]", "Plain Bakery")
    page.fill("[name=slug]", "plain")
    page.click("main form button[type=submit]")
    page.locator("label", has_text="English").first.click()
    page.click("main form button[type=submit]")
    for name, value in (("address", "4 Mill Lane, Bristol"), ("function", "Owner")):
        page.fill(f"[name={name}]", value)
    page.check("[name=may_sign]")
    page.click("main form button[type=submit]")
    page.locator("main form button").first.click()
    page.wait_for_url(site.url("/", "plain"))


def build_course(page: Page, site: Site) -> None:
    page.goto(site.url("/courses/new", "plain"))
    page.fill("[name=title]", "Plain bread")
    page.click("main form button[type=submit]")
    if "/lessons/" not in page.url:
        page.locator("main a[href*='/lessons/']").first.click()
    add_block(page, "text")
    block = page.locator("form", has=page.locator("textarea[name=markdown]")).first
    block.locator("textarea[name=markdown]").fill("Flour, water, salt and **time**.")
    block.locator("button.btn", has_text="Save block").click()
    add_block(page, "question")
    block = page.locator("form", has=page.locator("textarea[name=prompt]"))
    block.locator("textarea[name=prompt]").fill(QUESTION)
    block.locator("textarea[name^='text-']").nth(0).fill("A night")
    block.locator("textarea[name^='text-']").nth(1).fill("A minute")
    block.locator("input[name=right]").first.check()
    block.locator("button.btn", has_text="Save block").click()
    expect(page.locator("textarea[name=prompt]")).to_have_value(QUESTION)
    page.locator("[name=done_when]").select_option("question")
    page.locator("button", has_text="Save settings").click()
    page.locator(".topbar button", has_text="Publish").click()
    expect(page.locator(".topbar")).to_contain_text("Published")


def add_block(page: Page, kind: str) -> None:
    button = page.locator(f"button[name=kind][value={kind}]")
    if not button.is_visible():
        page.locator("button, summary", has_text="Add block").first.click()
    button.click()


def test_the_main_job_without_javascript(site: Site, people: tuple[Page, Page], other: Opened, owner_url: str) -> None:
    olga, pia = people
    open_academy(olga, site)
    build_course(olga, site)
    olga.goto(site.url("/people/invite", "plain"))
    olga.fill("[name=emails]", "pia@plain.example")
    olga.locator("[name=course_id]").select_option(label="Plain bread")
    olga.click("main form button[type=submit]")
    pia.goto(link_in_mail(pia, site, "invitations", "plain", "pia@plain.example"))
    pia.fill("[name=first_name]", "Pia")
    pia.fill("[name=last_name]", "Bakker")
    pia.fill("main [name=password]", PASSWORD)
    pia.click("main form button[type=submit]")
    pia.locator("main a.btn-solid").first.click()
    expect(pia.locator("main")).to_contain_text("Flour, water, salt and time.")
    pia.locator(".option", has_text="A minute").click()
    pia.locator("button[value=check]").click()
    expect(pia.locator(".feedback")).to_contain_text("Not yet")
    pia.goto(site.url("/", "plain"))
    pia.locator("main a.btn-solid").first.click()
    expect(pia.locator(".option", has_text="A minute").locator("input")).to_be_checked()
    pia.locator(".option", has_text="A night").click()
    pia.locator("button[value=check]").click()
    expect(pia.locator(".feedback.good")).to_be_visible()
    olga.goto(site.url("/reports", "plain"))
    olga.locator(".course-links a", has_text="Plain bread").click()
    expect(olga.locator("main table")).to_contain_text("1/1")
    olga.locator("a", has_text="Pia Bakker").click()
    expect(olga.locator("main")).to_contain_text("A night")
    olga.goto(site.url("/academies"))
    olga.locator("a", has_text="Plain Bakery").first.click()
    olga.goto(olga.url + "/closing")
    olga.fill("[name=typed]", "plain")
    olga.locator("main form button", has_text="Close").first.click()
    expect(olga.locator("main h1")).to_contain_text(re.compile("is closed"), timeout=60_000)
    with connect(owner_url) as owner:
        gone = "SELECT count(*) FROM core.academies a JOIN pg_namespace n ON n.nspname = 'ac_' || a.number WHERE a.name = 'Plain Bakery'"
        assert owner.execute(gone).fetchone() == (0,)
