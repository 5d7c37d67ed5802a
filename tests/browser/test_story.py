"""The main job, whole, in a real browser on real subdomains: open, teach, learn, see, close."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import config as configuration
from core import keystore
from core.owner import connect
from tests.browser.site import Site
from tests.cast import make_cast
from tests.conftest import Platform
from tests.opened import Opened

PASSWORD = "vier paarden grazen"
QUESTION = "How long does bread rest?"
pytestmark = pytest.mark.browser


def person(browser: Any) -> Page:
    """Return the page of one person's own browser, in English."""
    page: Page = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(20_000)
    return page


def link_in_mail(page: Page, site: Site, word: str, slug: str | None = None, recipient: str | None = None) -> str:
    """Return the address with `word` in the newest mail (to `recipient`) of a host."""
    page.goto(site.url("/_dev/mail/", slug))
    rows = page.locator("ul.rows li")
    row = rows.filter(has_text=recipient).first if recipient else rows.first
    row.locator("a").first.click()
    found = re.search(rf"http://\S*/{word}/\S+", page.locator(".mail-text").inner_text())
    assert found, page.locator(".mail-text").inner_text()
    return found.group(0)


def sign_up(page: Page, site: Site) -> None:
    page.goto(site.url("/sign-up"))
    page.fill("[name=first_name]", "Olga")
    page.fill("[name=last_name]", "Visser")
    page.fill("[name=email]", "olga@story.example")
    page.fill("main [name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(link_in_mail(page, site, "confirm"))
    page.fill("main [name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/academies"))


def open_academy(page: Page, site: Site) -> None:
    page.goto(site.url("/academies/new"))
    page.fill("[name=name]", "Story Bakery")
    page.fill("[name=slug]", "story")
    page.click("main form button[type=submit]")
    page.fill("[name=colour]", "#b4531f")
    page.locator("label", has_text="English").first.click()
    page.click("main form button[type=submit]")
    for name, value in (("address", "4 Mill Lane, Bristol"), ("function", "Owner")):
        page.fill(f"[name={name}]", value)
    page.check("[name=may_sign]")
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/opened"))
    page.locator("main form button").first.click()
    page.wait_for_url(site.url("/", "story"))


def build_course(page: Page, site: Site) -> None:
    page.goto(site.url("/courses/new", "story"))
    page.fill("[name=title]", "First bread")
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/courses/[0-9a-f-]{36}"))
    if "/lessons/" not in page.url:
        page.locator("main a[href*='/lessons/']").first.click()
    add_block(page, "text")
    page.locator("textarea[name=markdown]").first.evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', {bubbles: true}))"
        "; field.dispatchEvent(new Event('change', {bubbles: true})) }", "Flour, water, salt and **time**.")  # fmt: skip
    expect(page.locator("#autosave")).to_contain_text("Saved")
    add_block(page, "question")
    page.fill("textarea[name=prompt]", QUESTION)
    choices = page.locator("textarea[name^='text-']")
    choices.nth(0).fill("A night")
    choices.nth(1).fill("A minute")
    page.locator("input[name=right]").first.check()
    expect(page.locator("#autosave")).to_contain_text("Saved")
    page.wait_for_timeout(1500)
    page.locator("[name=done_when]").select_option("question")
    page.wait_for_timeout(1500)
    page.locator(".topbar button", has_text="Publish").click()
    expect(page.locator(".topbar")).to_contain_text("Published")


def add_block(page: Page, kind: str) -> None:
    page.locator("button", has_text="Add block").click()
    page.locator(f"button[name=kind][value={kind}]").click()
    page.wait_for_load_state()


def invite(page: Page, site: Site, *emails: str) -> None:
    page.goto(site.url("/people/invite", "story"))
    page.fill("[name=emails]", "\n".join(emails))
    page.locator("[name=course_id]").select_option(label="First bread")
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/people"))


def join(page: Page, site: Site, email: str, first_name: str) -> None:
    page.goto(link_in_mail(page, site, "invitations", "story", email))
    page.fill("[name=first_name]", first_name)
    page.fill("[name=last_name]", "Bakker")
    page.fill("main [name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"story\.localhost:\d+/"))


def learn(page: Page, site: Site) -> None:
    page.goto(site.url("/", "story"))
    page.locator("a.btn-solid").first.click()
    expect(page.locator("main")).to_contain_text("Flour, water, salt and time.")
    page.locator(".option", has_text="A minute").click()
    page.locator("[data-check]").click()
    expect(page.locator(".feedback")).to_contain_text("Not yet")


def resume_and_pass(page: Page, site: Site) -> None:
    page.goto(site.url("/", "story"))
    page.locator("a.btn-solid").first.click()
    assert "#block-" in page.url, "resumes at the question"
    expect(page.locator(".option", has_text="A minute").locator("input")).to_be_checked()
    page.locator(".option", has_text="A night").click()
    page.locator("[data-check]").click()
    expect(page.locator(".feedback.good")).to_be_visible()


def see_progress(page: Page, site: Site) -> None:
    page.goto(site.url("/reports", "story"))
    page.locator(".course-links a").first.click()
    expect(page.locator("main")).to_contain_text("Pia Bakker")
    expect(page.locator("main table")).to_contain_text("1/1")
    page.locator("a", has_text="Pia Bakker").click()
    expect(page.locator("main")).to_contain_text(QUESTION)
    expect(page.locator("main")).to_contain_text("A night")


def close(page: Page, site: Site) -> None:
    page.goto(site.url("/academies"))
    page.locator("a", has_text="Story Bakery").first.click()
    page.goto(page.url + "/closing")
    page.fill("[name=typed]", "story")
    page.locator("main form button").last.click() if page.locator("main form button").count() == 1 else page.locator(
        "main form button", has_text="Close").first.click()  # fmt: skip


def counts(owner_url: str, schema: str) -> dict[str, int]:
    """Return the rows of each table of `schema`."""
    with connect(owner_url) as owner:
        tables = [r[0] for r in owner.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = %s", [schema])]
        return {name: owner.execute(f"SELECT count(*) FROM {schema}.{name}").fetchone()[0] for name in tables}  # type: ignore[index]


def stands(owner_url: str, name: str) -> bool:
    with connect(owner_url) as owner:
        row = owner.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %(n)s", {"n": name}).fetchone()
        role = owner.execute("SELECT count(*) FROM pg_roles WHERE rolname = %(n)s", {"n": name}).fetchone()
    return bool(row and role and row[0] + role[0])


def test_an_academy_opens_teaches_and_closes(
    site: Site, browser: Any, other: Opened, owner_url: str, platform: Platform
) -> None:
    neighbours = make_cast(other)
    before = counts(owner_url, other.scope.role)
    olga, pia, sam = person(browser), person(browser), person(browser)
    sign_up(olga, site)
    open_academy(olga, site)
    build_course(olga, site)
    invite(olga, site, "pia@story.example", "sam@story.example")
    join(pia, site, "pia@story.example", "Pia")
    join(sam, site, "sam@story.example", "Sam")
    learn(pia, site)
    pia.goto("about:blank")
    resume_and_pass(pia, site)
    see_progress(olga, site)
    with connect(owner_url) as owner:
        number = owner.execute("SELECT number FROM core.academies WHERE slug = 'story'").fetchone()[0]  # type: ignore[index]
    schema = f"ac_{number}"
    assert stands(owner_url, schema)
    close(olga, site)
    for _ in range(120):
        if not stands(owner_url, schema) and not keystore.exists(schema):
            break
        pia.wait_for_timeout(500)
    assert not stands(owner_url, schema)
    assert not keystore.exists(schema)
    assert list(configuration.config().files_dir.glob(f"{schema}*")) == []
    pia.wait_for_timeout(6000)  # longer than a cached host lives
    gone = pia.goto(site.url("/", "story"))
    assert gone is not None
    assert gone.status == 410
    assert counts(owner_url, other.scope.role) == before, neighbours.host
    answer = sam.goto(site.url("/sign-in", other.slug))
    assert answer is not None
    assert answer.status == 200
