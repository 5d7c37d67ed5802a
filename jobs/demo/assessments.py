"""The test of the demo world: the last lesson of a course, with a time limit; who sat it, and how it went."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from core import clock
from core.ids import uuid7
from jobs.demo.answers import rightly, wrongly
from jobs.demo.cast import MED
from tenants.assessments import actions, queries
from tenants.assessments.settings import Settings
from tenants.assessments.writing import make_test
from tenants.courses.models import Course
from tenants.learning.queries import OpenLesson, lesson_for
from tenants.people.models import Member

TESTS = {
    MED: Settings(minutes=20, attempts=3, pass_percent=Decimal(80), shuffle_questions=True, shuffle_choices=True, shown="answers"),
}  # fmt: skip


def add_test(slug: str, course: Course) -> None:
    """Make the last lesson of the course a test, if it has one; before publishing."""
    if slug in TESTS:
        make_test(course.live_modules[-1].live_lessons[-1], TESTS[slug])


def sit(member: Member, here: OpenLesson, passes: bool) -> None:
    """Let the member sit the test in seven minutes: rightly, or two answers wrong."""
    place = here.taken.course.id, UUID(here.step.id)
    sitting = actions.begin(lesson_for(member, *place, lock=True))
    with clock.shifted(timedelta(minutes=7)):
        own = queries.sitting_for(member, *place, sitting.id, lock=True)
        for number, one in enumerate(own.sitting.paper["questions"]):
            question = one["question"]
            given = rightly(question) if passes or number > 1 else wrongly(question)
            actions.save_answer(queries.answer_to_save(member, *place, sitting.id, UUID(question["id"])), given, uuid7(), None)
        actions.hand_in(own.sitting)
