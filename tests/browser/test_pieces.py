"""In a real browser: blocks are added by keyboard alone, a film of another site loads only when asked, ticks are kept."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from core import sessions
from core.db import db
from tenants.courses import block_actions, queries
from tenants.learning import actions
from tenants.learning.models import Tick
from tenants.learning.queries import ticked
from tests.browser.axe import overflow_px, violations
from tests.browser.site import Site
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, write_course

pytestmark = pytest.mark.browser


def as_one(browser: Any, site: Site, cast: Cast, who: str) -> tuple[Any, str]:
    origin = f"http://{cast.host}:{site.port}"
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": sessions.cookie_name(), "value": cast.token(who), "url": origin}])
    return context.new_page(), origin


def lesson_of_pieces(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        written = write_course(author)
        lesson = queries.lesson_of(queries.course_to_edit(author, written.course), written.last)
        block_actions.add_block(lesson, "text")
        block_actions.add_block(lesson, "callout", {"tone": "tip", "title": "Mind", "markdown": "The *heat*."})
        block_actions.add_block(lesson, "accordion", {"sections": [{"id": "a", "title": "Why?", "markdown": "So."}]})
        block_actions.add_block(lesson, "checklist", {"title": "Before", "items": [{"id": "wash", "text": "Wash hands"}]})
        block_actions.add_block(lesson, "divider")
        block_actions.add_block(lesson, "embed", {"url": "https://youtu.be/dQw4w9WgXcQ", "title": "A film"})
        actions.enrol(member(cast, "participant"), publish(author, written.course), author)
    return written


def test_pieces_by_keyboard_and_only_when_asked(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    written = lesson_of_pieces(cast)
    page, origin = as_one(browser, site, cast, "author")
    page.goto(f"{origin}/courses/{written.course}/lessons/{written.last}")
    page.wait_for_function("() => customElements.get('block-picker') && customElements.get('rich-text')")
    assert violations(page) == [] and overflow_px(page) == 0
    page.evaluate("() => [...document.querySelectorAll('textarea[name=markdown]')].find(t => !t.value).focus()")
    page.keyboard.press("/")
    page.wait_for_function("() => document.activeElement.getAttribute('role') === 'combobox'")
    page.keyboard.type("acco")
    page.wait_for_function("() => document.querySelectorAll('[role=option]').length > 10"
                           " && [...document.querySelectorAll('[role=option]')].filter(o => o.offsetParent).length === 1")  # fmt: skip
    assert violations(page) == []
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with db.scope(cast.academy.scope):
        lesson = queries.lesson_of(queries.course_to_edit(member(cast, "author"), written.course), written.last)
        assert [block.kind for block in lesson.live_blocks][:4] == ["text", "text", "accordion", "callout"]

    page, origin = as_one(browser, site, cast, "participant")
    asked: list[str] = []
    page.route(lambda url: not url.startswith(origin), lambda route: (asked.append(route.request.url), route.abort()))
    page.goto(f"{origin}/learn/{written.course}/{written.last}")
    page.wait_for_function("() => customElements.get('video-embed') && customElements.get('auto-save')")
    page.wait_for_timeout(300)
    assert asked == [] and page.locator("iframe").count() == 0
    assert violations(page) == [] and overflow_px(page) == 0
    with page.expect_response(lambda answer: "/checklists/" in answer.url) as kept:
        page.get_by_label("Wash hands").check()
    assert kept.value.status == 204
    page.locator("video-embed button").click()
    page.wait_for_timeout(300)
    assert asked == ["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"]
    with db.scope(cast.academy.scope):
        assert ticked(db.session.scalars(sa.select(Tick)).one()) == {"wash"}
