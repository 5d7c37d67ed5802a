"""What tests of tests share: a course whose second lesson is a test, sittings, answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from core.db import db
from tenants.assessments import actions, queries
from tenants.assessments.models import Sitting
from tenants.assessments.settings import Settings
from tenants.assessments.writing import make_test
from tenants.courses import actions as writing
from tenants.courses.models import Block
from tenants.learning.actions import enrol
from tenants.learning.models import Progress
from tenants.learning.queries import OpenLesson
from tests.cast import Cast
from tests.courses.writing import ask, member, publish, question_id, text
from tests.statements import note

SECRETS = ("Well seen", "Look it up", "Think of the mill", "about flour", "about sand")


@dataclass(frozen=True)
class Test:
    """Ids of a published course: a lesson to read, and a test with a single, a multiple and perhaps an open question."""

    course: UUID
    lesson: UUID
    single: UUID
    multiple: UUID
    open: UUID | None
    choices: dict[str, str]

    __test__ = False

    def url(self, *more: object) -> str:
        """Return the address of the test's page, or of something below it."""
        return "/".join(map(str, (f"/learn/{self.course}/{self.lesson}/test", *more)))

    def right(self, key: str) -> dict[str, Any]:
        """Return the right answer of "single" or "multiple"."""
        return {"choices": [self.choices[word] for word in ({"single": ["Flour"], "multiple": ["Salt", "Water"]}[key])]}

    def wrong(self) -> dict[str, Any]:
        """Return a wrong answer of the single question."""
        return {"choices": [self.choices["Sand"]]}


def write_test(cast: Cast, *, enrolled: tuple[str, ...] = ("participant",), with_open: bool = False, **settings: Any) -> Test:
    """Return a published course with a test, in a frame of its own; `settings` as in Settings."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        course = writing.create_course("Bread", by=author, module_title="Start", lesson_title="Flour", language="en")
        text(course.live_modules[0].live_lessons[0], "Flour is ground grain.")
        lesson = writing.add_lesson(course.live_modules[0], "Final test")
        text(lesson, "Read each question twice.")
        single = secretive(ask(lesson, "single", "What is ground?", [("Flour", True), ("Sand", False)]))
        text(lesson, "A loaf has four parts.")
        multiple = secretive(ask(lesson, "multiple", "What else is in bread?", [("Salt", True), ("Water", True), ("Gold", False)]))
        open_ = secretive(ask(lesson, "open", "Why do you bake?", [])) if with_open else None
        make_test(lesson, Settings(**{"pass_percent": Decimal(70), **settings}))
        choices = {c.text: str(c.id) for block in (single, multiple) for c in (block.question.choices if block.question else ())}
        found = Test(course.id, lesson.id, question_id(single), question_id(multiple), question_id(open_) if open_ else None, choices)
        published = publish(author, course.id)
        for who in enrolled:
            enrol(member(cast, who), published, author)
    return found


def secretive(block: Block) -> Block:
    """Return the block with feedback and a hint that nobody may see before the review opens."""
    assert block.question is not None
    block.question.feedback_right, block.question.feedback_again, block.question.hint = SECRETS[:3]
    return block


def opened(cast: Cast, found: Test, who: str = "participant") -> OpenLesson:
    """Return the lesson, locked, in the open frame."""
    return queries.test_for(member(cast, who), found.course, found.lesson, lock=True)


def begun(cast: Cast, found: Test, who: str = "participant") -> UUID:
    """Return the id of a sitting, begun in a frame of its own."""
    with db.scope(cast.academy.scope, commit=True):
        return actions.begin(opened(cast, found, who)).id


def answered(cast: Cast, found: Test, sitting_id: UUID, question: UUID, given: dict[str, Any], *, sequence: int | None = None,
             save_id: UUID | None = None, who: str = "participant") -> str:
    """Save an answer in a frame of its own; return how it was kept."""
    with db.scope(cast.academy.scope, commit=True):
        to_save = queries.answer_to_save(member(cast, who), found.course, found.lesson, sitting_id, question)
        return actions.save_answer(to_save, given, save_id or uuid4(), sequence)


def handed_in(cast: Cast, found: Test, answers: dict[UUID, dict[str, Any]] | None = None, who: str = "participant") -> UUID:
    """Return the id of a sitting that was begun, answered and handed in."""
    sitting_id = begun(cast, found, who)
    for question, given in (answers or {}).items():
        answered(cast, found, sitting_id, question, given, who=who)
    with db.scope(cast.academy.scope, commit=True):
        actions.hand_in(queries.sitting_for(member(cast, who), found.course, found.lesson, sitting_id, lock=True).sitting)
    return sitting_id


def all_right(found: Test) -> dict[UUID, dict[str, Any]]:
    """Return right answers to what grades itself."""
    return {found.single: found.right("single"), found.multiple: found.right("multiple")}


def row(cast: Cast, sitting_id: UUID) -> Sitting:
    """Return a sitting to look at, detached."""
    with db.scope(cast.academy.scope):
        sitting = db.session.get_one(Sitting, sitting_id)
        db.session.expunge(sitting)
        return sitting


def progress(cast: Cast, found: Test, who: str = "participant") -> tuple[Decimal | None, bool]:
    """Return the result that counts for the lesson, and whether it is done."""
    with db.scope(cast.academy.scope):
        taken = opened(cast, found, who).taken.enrolment
        wanted = sa.select(Progress).where(Progress.enrolment_id == taken.id, Progress.lesson_id == found.lesson)
        one = db.session.scalar(wanted)
        return (one.percent, one.done_at is not None) if one else (None, False)


@contextmanager
def statements(cast: Cast) -> Iterator[list[str]]:
    """Collect what is asked of the database inside the block."""
    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
