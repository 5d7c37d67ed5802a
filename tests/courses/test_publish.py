"""Publishing: participants read immutable pages, and nothing that was not published."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.db import db
from tenants.audit.models import Event
from tenants.courses import actions, block_actions, publishing, queries
from tenants.courses.models import Course, Page, Publication
from tenants.learning import actions as learning
from tenants.learning import queries as reading
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, text, write_course


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        found = write_course(author)
        course = publish(author, found.course)
        learning.enrol(member(cast, "participant"), course, author)
    return found


def course_of(cast: Cast, written: Written) -> Course:
    return queries.course_to_edit(member(cast, "author"), written.course, lock=True)


def shown(cast: Cast, written: Written) -> list[str]:
    """Return what the participant reads of the first lesson, and the lesson titles."""
    person = member(cast, "participant")
    taken = reading.course_for(person, written.course)
    page = reading.lesson_for(person, written.course, written.reading).page
    return [taken.title, *(step.title for step in taken.way.steps), *(b["html"] for b in page.content["blocks"])]


def test_unpublished_changes_never_reach_participants(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        before = shown(cast, written)
    with db.scope(cast.academy.scope, commit=True):
        course = course_of(cast, written)
        lesson = queries.lesson_of(course, written.reading)
        block_actions.save_body(lesson.live_blocks[0], {"markdown": "SECRET"})
        text(lesson, "SECRET too")
        actions.change_lesson(lesson, title="SECRET title", minutes=99, done_when="marked")
        actions.add_lesson(course.live_modules[0], "SECRET lesson")
        actions.remove_lesson(queries.lesson_of(course, written.last))
        actions.change_course(course, title="SECRET course", summary="", cover="pills", language="en", trainer_id=None)
    with db.scope(cast.academy.scope):
        assert shown(cast, written) == before
        assert publishing.changes_in(course_of(cast, written)) == 6


def test_publishing_shows_the_changes_and_counts_them_away(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course = course_of(cast, written)
        block_actions.save_body(queries.lesson_of(course, written.reading).live_blocks[0], {"markdown": "**New**"})
        assert publishing.changes_in(course) == 1
        publishing.publish_course(course, member(cast, "author"))
    with db.scope(cast.academy.scope):
        assert "<p><strong>New</strong></p>\n" in shown(cast, written)
        assert publishing.changes_in(course_of(cast, written)) == 0
        versions = db.session.scalars(sa.select(Publication.version).order_by(Publication.version)).all()
        acts = db.session.scalars(sa.select(Event.act).where(Event.act == "courses.publish")).all()
        assert (versions, len(acts)) == ([1, 2], 2)


def test_a_lesson_that_did_not_change_keeps_its_page(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        pages = db.session.scalar(sa.select(sa.func.count(Page.id)))
        course = course_of(cast, written)
        block_actions.save_body(queries.lesson_of(course, written.reading).live_blocks[0], {"markdown": "x"})
        publishing.publish_course(course)
        assert db.session.scalar(sa.select(sa.func.count(Page.id))) == (pages or 0) + 1


def test_publishing_again_without_changes_makes_no_version(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course = course_of(cast, written)
        same = publishing.publish_course(course)
        assert (same.version, same.id) == (1, course.publication_id)


def test_a_change_taken_back_is_no_change(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        course = course_of(cast, written)
        block = queries.lesson_of(course, written.reading).live_blocks[0]
        before = block.body["markdown"]
        block_actions.save_body(block, {"markdown": "other"})
        block_actions.save_body(block, {"markdown": before})
        assert publishing.changes_in(course) == 0


def test_what_is_not_ready_is_named_and_not_published(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        course = course_of(cast, written)
        block = block_actions.add_block(queries.lesson_of(course, written.last), "image")
        with pytest.raises(publishing.NotReady) as refusal:
            publishing.publish_course(course)
        assert [(p.kind, p.block_id) for p in refusal.value.problems] == [("no_image", str(block.id))]
        assert queries.last_version(course) == 1


def test_a_course_that_was_never_published_cannot_be_taken(cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        draft = write_course(member(cast, "author"), "Draft")
        course = queries.course_to_edit(member(cast, "author"), draft.course)
        learning.enrol(member(cast, "participant"), course)
        assert reading.courses_of(member(cast, "participant")) == []


def test_an_archived_course_leaves_the_lists_and_comes_back(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        course, person = course_of(cast, written), member(cast, "participant")
        publishing.archive_course(course)
        assert reading.courses_of(person) == []
        publishing.restore_course(course)
        assert [taken.course.id for taken in reading.courses_of(person)] == [written.course]
