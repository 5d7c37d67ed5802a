"""In two real browsers: two authors edit one lesson. Each is told of a conflict, chooses, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from core import clock
from core.db import db
from tenants.courses import block_actions, queries
from tenants.courses.models import Block
from tests.browser.axe import ready, violations
from tests.browser.site import Site
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast
from tests.courses.writing import Written, member, write_course

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


class Two:
    """A lesson with two callouts, open before an author and an owner."""

    def __init__(self, site: Site, browser: Any, cast: Cast) -> None:
        self.cast = cast
        with db.scope(cast.academy.scope, commit=True):
            author = member(cast, "author")
            self.written: Written = write_course(author)
            lesson = queries.lesson_of(queries.course_to_edit(author, self.written.course), self.written.last)
            body = {"tone": "note", "title": "Oven", "markdown": "Hot."}
            self.blocks: list[UUID] = [block_actions.add_block(lesson, "callout", body).id for _ in range(2)]
        self.url = f"/courses/{self.written.course}/lessons/{self.written.last}"
        self.author, self.owner = (signed_in(browser, site, cast, who, viewport={"width": 1280, "height": 900}) for who in ("author", "owner"))
        for page in (self.author, self.owner):
            self.open(page)

    def open(self, page: Any) -> None:
        """Show the lesson anew."""
        page.goto(self.url)
        ready(page)

    def title(self, page: Any, number: int = 0) -> Any:
        """Return the field of a callout's title."""
        return page.locator(f"#title-{self.blocks[number]}")

    def stored(self, number: int = 0) -> str:
        """Return a callout's title as it is kept."""
        with db.scope(self.cast.academy.scope):
            return str(db.session.get_one(Block, self.blocks[number]).body["title"])

    def waits(self, page: Any, right: Callable[[], bool]) -> None:
        """Wait until something holds on the server."""
        for _ in range(100):
            if right():
                return
            page.wait_for_timeout(100)
        raise AssertionError([self.stored(0), self.stored(1)])

    def clash(self) -> None:
        """Let the author save a title, and the owner type another on top of the old one."""
        self.title(self.author).fill("Oven at 230")
        self.waits(self.author, lambda: self.stored() == "Oven at 230")
        self.title(self.owner).fill("Oven at 250")
        expect(self.owner.locator("[role=alert]")).to_contain_text("Someone else changed this while you typed")


@pytest.fixture
def two(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> Two:
    return Two(site, browser, casts[0])


def test_different_blocks_do_not_disturb_each_other(two: Two) -> None:
    two.title(two.author, 0).fill("From the author")
    two.title(two.owner, 1).fill("From the owner")
    two.waits(two.owner, lambda: [two.stored(0), two.stored(1)] == ["From the author", "From the owner"])
    expect(two.owner.locator("#autosave")).to_contain_text("Saved")
    assert two.owner.locator("[role=alert]").count() == 0


def test_a_conflict_replaces_nothing_and_mine_is_kept_if_i_say_so(two: Two) -> None:
    two.clash()
    assert violations(two.owner) == []
    expect(two.title(two.owner)).to_have_value("Oven at 250")
    assert two.stored() == "Oven at 230", "nothing is replaced unasked"
    two.owner.get_by_role("button", name="Keep mine").click()
    two.waits(two.owner, lambda: two.stored() == "Oven at 250")
    two.title(two.owner).fill("Oven at 255")
    two.waits(two.owner, lambda: two.stored() == "Oven at 255")
    assert two.owner.locator("[role=alert]").count() == 0


def test_theirs_is_looked_at_first_and_mine_put_back(two: Two) -> None:
    two.clash()
    with two.owner.expect_navigation():
        two.owner.get_by_role("button", name="See theirs first").click()
    ready(two.owner)
    expect(two.title(two.owner)).to_have_value("Oven at 230")
    expect(two.owner.locator("[role=alert]")).to_contain_text("This is what someone else wrote.")
    two.owner.wait_for_timeout(1500)
    assert two.stored() == "Oven at 230", "what is kept in the browser does not send itself"
    two.open(two.owner)
    two.owner.get_by_role("button", name="Put mine in its place").click()
    expect(two.title(two.owner)).to_have_value("Oven at 250")
    two.waits(two.owner, lambda: two.stored() == "Oven at 250")


def test_mine_is_thrown_away_only_when_i_say_so(two: Two) -> None:
    two.clash()
    two.open(two.owner)
    two.owner.get_by_role("button", name="Throw mine away").click()
    two.open(two.owner)
    expect(two.title(two.owner)).to_have_value("Oven at 230")
    assert two.owner.locator("[role=alert]").count() == 0 and two.stored() == "Oven at 230"


def test_what_was_typed_without_a_connection_does_not_replace_what_came_meanwhile(two: Two) -> None:
    two.owner.context.set_offline(True)
    two.title(two.owner).fill("Typed in the train")
    expect(two.owner.locator("#autosave")).to_contain_text("Not saved")
    two.title(two.author).fill("Oven at 230")
    two.waits(two.author, lambda: two.stored() == "Oven at 230")
    context = two.owner.context
    two.owner.close()
    context.set_offline(False)
    page = context.new_page()
    two.open(page)
    expect(two.title(page)).to_have_value("Oven at 230")
    page.get_by_role("button", name="Put mine in its place").click()
    two.waits(page, lambda: two.stored() == "Typed in the train")


def test_leaving_the_page_at_once_asks_nothing_later(two: Two) -> None:
    two.title(two.owner).fill("Typed and gone")
    two.open(two.owner)
    two.waits(two.owner, lambda: two.stored() == "Typed and gone")
    two.open(two.owner)
    expect(two.title(two.owner)).to_have_value("Typed and gone")
    assert two.owner.locator("[role=alert]").count() == 0


def test_ones_own_upload_or_saving_is_nobody_elses(two: Two) -> None:
    """The state on the server moved on, and what it shows is what I began with: my words go in their place unasked."""
    two.owner.context.set_offline(True)
    two.title(two.owner).fill("Typed before the upload")
    expect(two.owner.locator("#autosave")).to_contain_text("Not saved")
    with db.scope(two.cast.academy.scope, commit=True):
        block = db.session.get_one(Block, two.blocks[0])
        block.body = {**block.body, "decorative": True}
        block.changed_at = clock.now()
    context = two.owner.context
    two.owner.close()
    context.set_offline(False)
    page = context.new_page()
    two.open(page)
    two.waits(page, lambda: two.stored() == "Typed before the upload")
    expect(two.title(page)).to_have_value("Typed before the upload")
    assert page.locator("[role=alert]").count() == 0


def test_a_text_in_the_rich_editor_is_put_back_whole(two: Two) -> None:
    def text(page: Any) -> Any:
        return page.locator(f"#block-{two.blocks[0]} rich-text")

    def stored() -> str:
        with db.scope(two.cast.academy.scope):
            return str(db.session.get_one(Block, two.blocks[0]).body["markdown"])

    for page, words in ((two.author, "Theirs. "), (two.owner, "Mine. ")):
        text(page).evaluate("one => one.edit()")
        page.wait_for_function("() => document.activeElement.matches('.ProseMirror')")
        page.keyboard.press("Control+Home")
        page.keyboard.type(words)
        if page is two.author:
            two.waits(page, lambda: stored() == "Theirs. Hot.")
    expect(two.owner.locator("[role=alert]")).to_be_visible()
    two.open(two.owner)
    expect(text(two.owner).locator("[data-reading]")).to_have_text("Theirs. Hot.")
    two.owner.get_by_role("button", name="Put mine in its place").click()
    two.waits(two.owner, lambda: stored() == "Mine. Hot.")
    expect(text(two.owner).locator("[data-reading]")).to_have_text("Mine. Hot.")


def test_what_was_typed_is_saved_before_a_button_beside_it_acts(two: Two) -> None:
    """One author alone: a copy made at once holds the new title, and nothing looks like a conflict with oneself."""
    saves = f"**/blocks/{two.blocks[0]}"
    two.author.route(saves, lambda route: (two.author.wait_for_timeout(700), route.continue_())[0])
    two.title(two.author).fill("Typed a moment ago")
    two.author.locator(f"#block-{two.blocks[0]}").get_by_role("button", name="Duplicate").click()
    two.author.wait_for_url("**selected=**")
    ready(two.author)
    with db.scope(two.cast.academy.scope):
        titles = [block.body["title"] for block in db.session.scalars(sa.select(Block).where(Block.kind == "callout"))]
    assert titles.count("Typed a moment ago") == 2, titles
    assert two.author.locator("[role=alert]").count() == 0


def test_a_button_of_a_form_that_is_being_saved_waits_for_it(two: Two) -> None:
    with db.scope(two.cast.academy.scope):
        lesson = queries.lesson_of(queries.course_to_edit(member(two.cast, "author"), two.written.course), two.written.asking)
        block = next(one for one in lesson.live_blocks if one.kind == "question")
    two.author.goto(f"/courses/{two.written.course}/lessons/{two.written.asking}?selected={block.id}")
    ready(two.author)
    form = two.author.locator(f"#block-{block.id}")
    two.author.route(f"**/blocks/{block.id}", lambda route: (two.author.wait_for_timeout(700), route.continue_())[0])
    form.locator("[name=prompt]").fill("Asked a moment ago")
    expect(two.author.locator("#autosave")).to_contain_text("Saving")
    form.get_by_role("button", name="Several right answers").click()
    two.author.wait_for_url("**selected=**block-*")
    ready(two.author)
    expect(form.locator("[name=prompt]")).to_have_value("Asked a moment ago")
    with db.scope(two.cast.academy.scope):
        question = db.session.get_one(Block, block.id).question
        assert question is not None and (question.kind, question.prompt) == ("multiple", "Asked a moment ago")
