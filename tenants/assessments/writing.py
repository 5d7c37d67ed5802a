"""Verbs of authors: a lesson becomes a test and back. They flush; the edge commits. Participants see it after publishing."""

from __future__ import annotations

from dataclasses import replace

from tenants.assessments.settings import Settings, stored
from tenants.courses.actions import touch_lesson
from tenants.courses.models import Lesson


def make_test(lesson: Lesson, settings: Settings) -> None:
    """Make the lesson a test with these settings: it is done when the test is passed. Points of questions that it does not
    have are forgotten."""
    asked = {str(block.question.id) for block in lesson.live_blocks if block.question is not None}
    kept = replace(settings, points={key: points for key, points in settings.points.items() if key in asked})
    lesson.rules = {**lesson.rules, "test": stored(kept)}
    lesson.done_when = "passed"
    touch_lesson(lesson)


def unmake_test(lesson: Lesson) -> None:
    """Make it a lesson again, done when it is marked; what was sat stays."""
    lesson.rules = {name: rule for name, rule in lesson.rules.items() if name != "test"}
    lesson.done_when = "marked"
    touch_lesson(lesson)
