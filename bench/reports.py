"""What reports cost at 200 participants x 50 lessons: the matrix of the course, and who needs help; server time and statements.

Each is asked of the whole application (werkzeug's client: session, page, everything) beside the same page of a course that
nobody takes, which is the floor.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from werkzeug.test import Client

from bench.figures import figure, in_turns
from bench.learning import HOST, _member, counted
from bench.world import World, world
from core import clock, ids, sessions
from core.academies.models import Academy
from core.db import CORE, academy_scope, db
from core.owner import owner_connection
from tenants.courses import actions as writing
from tenants.courses import publishing
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft, add_block, save_question
from tenants.courses.models import Course
from tenants.learning import actions as learning
from tenants.learning.models import Enrolment, Progress
from tenants.provision import next_number, provision_schema
from wsgi import create_app

PEOPLE, LESSONS = 200, 50


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figures in milliseconds, and the statements of each page."""
    rounds = 10 if quick else 60
    with world() as one, owner_connection() as owner:
        number = next_number(owner)
        provision_schema(owner, number)
        full, empty = furnish(number)
        return measured(one, full, empty, rounds)


def furnish(number: int) -> tuple[UUID, UUID]:
    """Open the academy with a course of 50 lessons that 200 people take, half done, and one that nobody takes."""
    with db.scope(CORE, commit=True):
        db.session.add(Academy(number=number, slug=HOST.split(".")[0], name="Bench"))
    with db.scope(academy_scope(number), commit=True):
        owner = _member("p0", ("owner",))
        full, empty = (_course(owner, title) for title in ("Bread", "Cake"))
        lessons = [lesson.id for module in full.live_modules for lesson in module.live_lessons]
        _learners(full, lessons)
        return full.id, empty.id


def _course(owner: Any, title: str) -> Course:
    course = writing.create_course(title, by=owner, module_title="Start", lesson_title="Lesson 1", language="en")
    module = course.live_modules[0]
    for place in range(1, LESSONS):
        lesson = writing.add_lesson(module, f"Lesson {place + 1}")
        if place % 5 == 0:
            block = add_block(lesson, "question")
            draft = QuestionDraft("single", "Why?", choices=[ChoiceDraft(None, "Yes", True), ChoiceDraft(None, "No")])
            assert block is not None
            save_question(block, draft)
            writing.rule_lesson(lesson, {}, {"days": place})
    publishing.publish_course(course, owner)
    return course


def _learners(course: Course, lessons: list[UUID]) -> None:
    chance, now = random.Random(7), clock.now()
    for place in range(1, PEOPLE + 1):
        enrolment: Enrolment = learning.enrol(_member(f"p{place}", ("participant",)), course)
        enrolment.enrolled_at = now - timedelta(days=chance.randrange(1, 90))
        enrolment.active_at = now - timedelta(days=chance.randrange(0, 30))
        done = chance.randrange(0, len(lessons) + 1)
        db.session.add_all(
            Progress(id=ids.uuid7(), enrolment_id=enrolment.id, lesson_id=lesson, part=1.0, done_at=enrolment.active_at) for lesson in lessons[:done]
        )


def measured(one: World, full: UUID, empty: UUID, rounds: int) -> list[dict[str, Any]]:
    """Return what each report takes, beside the same of a course without people."""
    client = Client(create_app(one.environ()), use_cookies=False)
    headers = {"Cookie": f"{sessions.cookie_name()}=p0"}

    def get(path: str, words: str) -> None:
        answer = client.get(path, base_url=f"http://{HOST}", headers=headers)
        if answer.status_code != 200 or words not in answer.text:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    found = []
    for name, path, words in (("matrix", f"/reports/{full}/matrix", "P200 "), ("help", "/reports?sort=name", "Inactive for"),
                              ("people", f"/reports/{full}", "1-50 of"), ("questions", f"/reports/{full}/questions", "Why?")):  # fmt: skip
        bottom, taken = in_turns(rounds, lambda: get(f"/reports/{empty}", "Nobody takes"), lambda path=path, words=words: get(path, words))  # type: ignore[misc]
        with counted() as statements:
            get(path, words)
        found += [figure(f"reports.{name}", taken, bottom), figure(f"reports.{name}.statements", [len(statements)], [1], "stmts")]
    return found
