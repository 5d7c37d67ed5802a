"""Authors write rows, undo, and notice each other."""

from __future__ import annotations

from uuid import uuid4

import pytest

from core.db import db
from core.errors import NotFound, Refused
from tenants.courses import actions, block_actions, queries
from tenants.courses.block_actions import ChangedMeanwhile, ChoiceDraft, QuestionDraft
from tenants.courses.models import Course
from tests.cast import Cast
from tests.courses.writing import member, write_course


def edited(cast: Cast, course_id: object, who: str = "author") -> Course:
    return queries.course_to_edit(member(cast, who), course_id)  # type: ignore[arg-type]


def test_a_new_course_has_one_module_and_one_empty_lesson(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course = actions.create_course(" Sour  dough ", by=member(cast, "author"), module_title="M", lesson_title="L")
        course_id = course.id
    with db.scope(cast.academy.scope):
        found = edited(cast, course_id)
        assert (found.title, found.state, found.publication_id) == ("Sour dough", "draft", None)
        assert [[lesson.title for lesson in m.live_lessons] for m in found.live_modules] == [["L"]]
        assert found.live_modules[0].live_lessons[0].live_blocks == []


@pytest.mark.parametrize("title", ["", "  \n ", "x" * 201])
def test_a_title_says_something_and_not_too_much(cast: Cast, title: str) -> None:
    with db.scope(cast.academy.scope), pytest.raises(Refused):
        actions.create_course(title, by=None, module_title="M", lesson_title="L")


@pytest.mark.parametrize("who", ["participant", "trainer"])
def test_who_does_not_write_knows_of_no_draft(cast: Cast, who: str) -> None:
    with db.scope(cast.academy.scope):
        written = write_course(member(cast, "author"))
        assert queries.courses_to_edit(member(cast, who)) == []
        with pytest.raises(NotFound):
            edited(cast, written.course, who)


def test_lessons_move_within_and_across_modules(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        course = edited(cast, written.course)
        actions.move_lesson(queries.lesson_of(course, written.reading), 1)
        actions.move_lesson(queries.lesson_of(course, written.reading), 1)
    with db.scope(cast.academy.scope):
        modules = edited(cast, written.course).live_modules
        assert [[lesson.title for lesson in m.live_lessons] for m in modules] == [["Water"], ["Flour", "Oven"]]


def test_the_last_lesson_stays_where_it_is(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        actions.move_lesson(queries.lesson_of(edited(cast, written.course), written.last), 1)
    with db.scope(cast.academy.scope):
        assert edited(cast, written.course).live_modules[1].live_lessons[0].id == written.last


def test_modules_and_blocks_take_the_order_that_was_dragged(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        course = edited(cast, written.course)
        actions.arrange_modules(course, [m.id for m in reversed(course.live_modules)])
        lesson = queries.lesson_of(course, written.asking)
        wanted = [block.id for block in reversed(lesson.live_blocks)]
        block_actions.arrange_blocks(lesson, [uuid4(), *wanted])
    with db.scope(cast.academy.scope):
        course = edited(cast, written.course)
        assert [m.title for m in course.live_modules] == ["Bake", "Start"]
        assert [b.id for b in queries.lesson_of(course, written.asking).live_blocks] == wanted


def test_what_was_removed_comes_back_where_it_was(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        course = edited(cast, written.course)
        block = queries.lesson_of(course, written.reading).live_blocks[0]
        block_id = block.id
        block_actions.remove_block(block)
        actions.remove_lesson(queries.lesson_of(course, written.last))
        actions.remove_module(course.live_modules[0])
    with db.scope(cast.academy.scope, commit=True):
        course = edited(cast, written.course)
        assert [[lesson.id for lesson in m.live_lessons] for m in course.live_modules] == [[]]
        actions.restore_module(course.modules[0])
        actions.restore_lesson(queries.lesson_of(course, written.last))
        block_actions.restore_block(queries.block_of(course, block_id))
    with db.scope(cast.academy.scope):
        course = edited(cast, written.course)
        assert [m.title for m in course.live_modules] == ["Start", "Bake"]
        assert queries.lesson_of(course, written.reading).live_blocks[0].id == block_id


def test_a_copy_stands_below_with_a_question_of_its_own(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        lesson = queries.lesson_of(edited(cast, written.course), written.asking)
        twin_id = block_actions.copy_block(lesson.live_blocks[1]).id
    with db.scope(cast.academy.scope):
        blocks = queries.lesson_of(edited(cast, written.course), written.asking).live_blocks
        first, second = blocks[1].question, blocks[2].question
        assert blocks[2].id == twin_id and first and second and first.id != second.id
        assert [(c.text, c.is_right) for c in second.choices] == [(c.text, c.is_right) for c in first.choices]
        assert {c.id for c in first.choices}.isdisjoint(c.id for c in second.choices)


def test_saving_a_question_keeps_the_ids_of_its_choices(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        block = queries.lesson_of(edited(cast, written.course), written.asking).live_blocks[1]
        assert block.question
        kept_id, block_id = block.question.choices[1].id, block.id
        drafts = [ChoiceDraft(kept_id, "Sea salt", True), ChoiceDraft(None, "Heat", True), ChoiceDraft(uuid4(), "Air")]
        block_actions.save_question(block, QuestionDraft("single", "What?", choices=drafts))
    with db.scope(cast.academy.scope):
        question = queries.block_of(edited(cast, written.course), block_id).question
        assert question
        assert [(c.text, c.is_right) for c in question.choices] == [("Sea salt", True), ("Heat", False), ("Air", False)]
        assert question.choices[0].id == kept_id


def test_a_second_author_is_warned_instead_of_overwriting(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        block = queries.lesson_of(edited(cast, written.course), written.reading).live_blocks[0]
        seen, block_id = block.changed_at, block.id
        block_actions.save_body(block, {"markdown": "first"}, seen)
        with pytest.raises(ChangedMeanwhile):
            block_actions.save_body(block, {"markdown": "second"}, seen)
    with db.scope(cast.academy.scope):
        found = queries.block_of(edited(cast, written.course), block_id)
        assert found.body == {"markdown": "first"} and found.changed_at > seen


def test_lesson_settings_are_checked(cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        course = edited(cast, write_course(member(cast, "author")).course)
        lesson = course.live_modules[0].live_lessons[0]
        for minutes, rule in ((0, "marked"), (601, "marked"), (5, "never")):
            with pytest.raises(Refused):
                actions.change_lesson(lesson, title="L", minutes=minutes, done_when=rule)
        actions.change_lesson(lesson, title="L", minutes=600, done_when="question")
        assert (lesson.minutes, lesson.done_when) == (600, "question")
