"""From signing up to an academy that works, in few steps; and a version that changes while somebody is signed in. In a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from blueprints.hosts import HostedFlask
from core import sessions
from core.academies.models import Academy, Ownership
from core.db import CORE, db
from core.owner import connect, owner_connection
from tenants.provision import refill_spares
from tenants.resolve import resolver
from tests.academies.ends import end_all
from tests.academies.signed import person
from tests.browser.axe import overflow_px, violations
from tests.browser.site import Site
from tests.browser.test_story import link_in_mail
from tests.conftest import Platform
from tests.legal.versions import loaded

PASSWORD = "vier paarden grazen"
pytestmark = [pytest.mark.slow, pytest.mark.browser]
LOOKS = [("en", 1280, "light"), ("nl", 320, "dark")]


def looked(page: Any) -> None:
    """Fail on what is wrong with the page in front of us."""
    assert violations(page) == [] and overflow_px(page) == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_from_signing_up_to_a_working_academy(browser: Any, site: Site, platform: Platform, scripts: bool) -> None:
    with owner_connection() as owner:
        refill_spares(owner, 1)
    origin, email = f"http://localhost:{site.port}", f"two-minutes-{scripts}@people.example".lower()
    slug = "two-minutes" if scripts else "two-more-minutes"
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": 390, "height": 844}, locale="en")
    page, clicks = context.new_page(), 0

    def click(name: str) -> None:
        nonlocal clicks
        clicks += 1
        page.get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state()

    page.goto(f"{origin}/sign-up")
    for label, value in (("First name", "Olga"), ("Last name", "Visser"), ("E-mail address", email)):
        page.get_by_label(label).fill(value)
    page.locator("#password").fill(PASSWORD)
    click("Make account")
    page.goto(link_in_mail(page, site, "confirm", recipient=email))
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button.btn-solid").first.click()
    page.wait_for_load_state()
    page.goto(f"{origin}/academies/new")
    page.get_by_label("Name of the academy").fill("Two Minutes")
    page.get_by_label("Address").fill(slug)
    click("Continue")
    click("Continue")
    click("Accept and open the academy")
    assert page.get_by_text("Tick this to open the academy").first.is_visible()
    assert page.get_by_label("Organisation", exact=True).input_value() == "Two Minutes"
    page.get_by_label("Address of the organisation").fill("4 Mill Lane, Bristol")
    page.get_by_label("Your function there").fill("Owner")
    page.get_by_label("I may sign for this organisation").check()
    click("Accept and open the academy")
    assert page.get_by_role("heading", level=1).text_content().strip().startswith("Two Minutes")  # type: ignore[union-attr]
    click("Enter the academy")
    assert page.url.startswith(f"http://{slug}.localhost:{site.port}/")
    assert clicks <= 7, "who reads nothing is there in seven clicks"
    context.close()
    with db.scope(CORE):
        account_id = db.session.query(Ownership.account_id).join(Academy).where(Academy.slug == slug).scalar()
    end_all(account_id)
    resolver.forget()


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_a_version_changes_while_somebody_is_signed_in(
    browser: Any, site: Site, app: HostedFlask, platform: Platform, language: str, width: int, scheme: Any
) -> None:
    olga = person(app, language=language)
    with db.scope(CORE, commit=True):
        academy = Academy(number=900_000 + LOOKS.index((language, width, scheme)), slug=None, name="Bakkerij Noord", state="suspended")
        db.session.add(academy)
        db.session.flush()
        db.session.add(Ownership(academy_id=academy.id, account_id=olga.id))
        academy_id, number = academy.id, academy.number
    origin = f"http://localhost:{site.port}"
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    token = olga.browser.get_cookie(sessions.cookie_name(), domain="localhost")
    context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in {sessions.cookie_name(): token.value, "lang": language}.items()])
    page = context.new_page()
    try:
        page.goto(f"{origin}/academies/{academy_id}/agreement")
        looked(page)
        with loaded("terms", add="- A promise more.\n- And one more."):
            page.goto(f"{origin}/me")
            page.locator("a[href^='/legal/accept']").first.click()
            looked(page)
            page.locator("a[href*='/changes/']").first.click()
            assert page.locator("ins").count() == 2
            looked(page)
            page.go_back()
            page.locator("main form button.btn-solid").click()
            page.wait_for_url(f"{origin}/me")
            assert page.locator("a[href^='/legal/accept']").count() == 0
    finally:
        context.close()
        with connect(platform.owner_url) as owner:
            owner.execute("DELETE FROM core.academies WHERE number = %s", [number])
