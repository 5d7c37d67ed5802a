"""Somebody asks for a demo in a real browser, with and without JavaScript: a mistake first, then right; and nothing is asked of
another host."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from core.db import CORE, db
from core.leads import queries
from tests.browser.axe import overflow_px, violations
from tests.browser.site import Site
from tests.conftest import Platform

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 320)])
def test_a_demo_is_asked_for_badly_and_then_well(browser: Any, site: Site, platform: Platform, scripts: bool, width: int) -> None:
    origin, email, asked = f"http://localhost:{site.port}", f"{uuid4().hex}@veiligwerk.example", list[str]()
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 800}, locale="en")
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{origin}/")
    page.get_by_role("link", name="Request a demo").first.click()
    page.get_by_label("Your name").fill("Marijke Dijkstra")
    page.get_by_label("Work e-mail address").fill("marijke@")
    page.get_by_label("What would you like to see?").fill("Who may see the progress?")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Request a demo").click()
    assert page.get_by_text("Write it like name@example.com").first.is_visible() and page.get_by_text("Fill in the organisation").first.is_visible()
    assert page.get_by_label("Your name").input_value() == "Marijke Dijkstra"
    assert page.get_by_label("What would you like to see?").input_value() == "Who may see the progress?"
    assert overflow_px(page) == 0
    if scripts:
        assert violations(page) == []
    page.get_by_label("Work e-mail address").fill(email)
    page.get_by_label("Organisation").fill("Veilig Werk")
    page.wait_for_timeout(3_000)  # as long as a person takes at least
    page.get_by_role("button", name="Request a demo").click()
    assert page.get_by_role("heading", level=1).text_content() == "Thank you! Your submission has been received!"
    with db.scope(CORE):
        (row,) = queries.leads(None, email, 1).rows
        assert (row.state, row.organisation) == ("new", "Veilig Werk")
    assert asked and all(url.startswith((origin, "data:")) for url in asked)
    context.close()
