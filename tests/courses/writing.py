"""What tests of courses write: a small course with every kind of block, ready to publish."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.db import db
from tenants.courses import actions, block_actions, publishing, queries
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft
from tenants.courses.models import Block, Course
from tenants.people.models import Member
from tests.cast import Cast


@dataclass(frozen=True)
class Written:
    """Ids of a written course: two modules, three lessons; the second lesson asks three questions."""

    course: UUID
    reading: UUID
    asking: UUID
    last: UUID
    single: UUID
    multiple: UUID
    open: UUID


def member(cast: Cast, who: str) -> Member:
    """Return a person of the cast, in the open frame."""
    return db.session.get_one(Member, cast.ids[who])


def write_course(author: Member, title: str = "Bread for beginners") -> Written:
    """Return a draft course, in the open frame."""
    course = actions.create_course(
        title, by=author, module_title="Start", lesson_title="Flour", language="en", cover="circles"
    )
    module = course.live_modules[0]
    reading = module.live_lessons[0]
    text(reading, "Flour is **ground** grain.")
    text(reading, "Water wakes it up.")
    asking = actions.add_lesson(module, "Water", minutes=10, done_when="question")
    text(asking, "How much water?")
    single = ask(asking, "single", "What wakes flour up?", [("Water", True), ("Salt", False)])
    multiple = ask(asking, "multiple", "What is in bread?", [("Flour", True), ("Water", True), ("Sand", False)])
    open_ = ask(asking, "open", "What do you bake?", [])
    last = actions.add_lesson(actions.add_module(course, "Bake"), "Oven", minutes=15)
    text(last, "Hot.")
    return Written(course.id, reading.id, asking.id, last.id, question_id(single), question_id(multiple),
                   question_id(open_))  # fmt: skip


def text(lesson: object, markdown: str) -> Block:
    """Return a text block."""
    return block_actions.add_block(lesson, "text", {"markdown": markdown})  # type: ignore[arg-type]


def ask(lesson: object, kind: str, prompt: str, choices: list[tuple[str, bool]]) -> Block:
    """Return a question block."""
    block = block_actions.add_block(lesson, "question")  # type: ignore[arg-type]
    drafts = [ChoiceDraft(None, words, right, f"about {words.lower()}") for words, right in choices]
    block_actions.save_question(block, QuestionDraft(kind, prompt, "Yes.", "Look again.", drafts))
    return block


def question_id(block: Block) -> UUID:
    """Return the id of the block's question."""
    assert block.question is not None
    return block.question.id


def publish(author: Member, course_id: UUID) -> Course:
    """Publish the course as it stands."""
    course = queries.course_to_edit(author, course_id, lock=True)
    publishing.publish_course(course, author)
    return course
