"""Verbs of authors on courses, modules and lessons. They flush; the edge commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core import clock, ids
from core.db import db
from core.errors import Refused
from tenants.courses import queries
from tenants.courses.models import DONE_WHEN, Course, Lesson, Module
from tenants.courses.rules import arranged, stepped
from tenants.people.models import Member

MAX_TITLE = 200
MAX_SUMMARY = 2_000
COVERS = ("circles", "pills", "bubbles", "bread", "lock", "book")


def create_course(
    title: str, *, by: Member | None, module_title: str, lesson_title: str, language: str = "nl",
    cover: str = "circles", summary: str = "", trainer: Member | None = None, empty: bool = False,
    course_id: UUID | None = None,
) -> Course:
    """Return a new draft course, with one module and one empty lesson ready unless `empty`."""
    accompanied = trainer or by
    course = Course(
        id=course_id or ids.uuid7(), title=_title(title), summary=summary.strip()[:MAX_SUMMARY], language=language,
        cover=cover, trainer_id=accompanied.id if accompanied else None, position=0,
    )
    db.session.add(course)
    if not empty:
        add_lesson(add_module(course, module_title), lesson_title)
    db.session.flush()
    return course


def create_course_once(course_id: UUID, title: str, **more: Any) -> Course:
    """Return the course that a form of this id made, new or sent before: a double click makes one course."""
    try:
        with db.session.begin_nested():
            return create_course(title, course_id=course_id, **more)
    except IntegrityError:
        return queries.course_to_edit(more["by"], course_id)


def change_course(
    course: Course, *, title: str, summary: str, cover: str, language: str, trainer_id: UUID | None
) -> None:
    """Change what the course says of itself; participants see it after publishing (the trainer at once)."""
    course.title = _title(title)
    course.summary = summary.strip()[:MAX_SUMMARY]
    course.cover, course.language, course.trainer_id = cover, language, trainer_id
    course.changed_at = clock.now()
    db.session.flush()


def add_module(course: Course, title: str) -> Module:
    """Return a new module at the end of the course."""
    module = Module(id=ids.uuid7(), title=_title(title), position=_end(course.modules))
    course.modules.append(module)
    _touch(course)
    return module


def rename_module(module: Module, title: str) -> None:
    """Give the module another title."""
    module.title = _title(title)
    _touch(module.course)


def move_module(module: Module, by: int) -> None:
    """Move the module so many places down (negative: up)."""
    arrange_modules(module.course, stepped([m.id for m in module.course.live_modules], module.id, by))


def arrange_modules(course: Course, wanted: Sequence[UUID]) -> None:
    """Put the modules in the wanted order."""
    _arrange(course.live_modules, wanted)
    _touch(course)


def remove_module(module: Module) -> None:
    """Take the module with its lessons out of the course; `restore` brings it back."""
    module.deleted_at = clock.now()
    _touch(module.course)


def restore_module(module: Module) -> None:
    """Bring a removed module back."""
    module.deleted_at = None
    _touch(module.course)


def add_lesson(module: Module, title: str, *, minutes: int = 5, done_when: str = "marked") -> Lesson:
    """Return a new lesson at the end of the module."""
    lesson = Lesson(
        id=ids.uuid7(), title=_title(title), minutes=minutes, done_when=done_when, position=_end(module.lessons)
    )
    module.lessons.append(lesson)
    _touch(module.course)
    return lesson


def change_lesson(lesson: Lesson, *, title: str, minutes: int, done_when: str) -> None:
    """Change title, minutes needed (1-600) and what makes the lesson done."""
    if done_when not in DONE_WHEN or not 1 <= minutes <= 600:
        raise Refused("lesson")
    lesson.title, lesson.minutes, lesson.done_when = _title(title), minutes, done_when
    touch_lesson(lesson)


def rule_lesson(lesson: Lesson, release: Mapping[str, Any], deadline: Mapping[str, Any]) -> None:
    """Say when the lesson opens and by when it is to be done (see learning/release.py); empty: at once, whenever.

    Raises Refused for a lesson to wait for that the course does not have.
    """
    others = {str(one.id) for module in lesson.module.course.live_modules for one in module.live_lessons}
    if release.get("after") not in (None, "previous", *(others - {str(lesson.id)})):
        raise Refused("lesson")
    kept = {name: rule for name, rule in lesson.rules.items() if name not in ("release", "deadline")}
    given = {"release": dict(release), "deadline": dict(deadline)}
    lesson.rules = {**kept, **{name: rule for name, rule in given.items() if rule}}
    touch_lesson(lesson)


def rule_course(course: Course, in_order: bool, deadline: Mapping[str, Any]) -> None:
    """Say whether each lesson waits for the one before it, and by when the whole course is to be done."""
    kept = {name: rule for name, rule in course.rules.items() if name not in ("in_order", "deadline")}
    course.rules = {**kept, **({"in_order": True} if in_order else {}), **({"deadline": dict(deadline)} if deadline else {})}
    _touch(course)


def move_lesson(lesson: Lesson, by: int) -> None:
    """Move the lesson one place; past the end of its module it goes into the next one."""
    order = [sibling.id for sibling in lesson.module.live_lessons]
    target = order.index(lesson.id) + by
    if 0 <= target < len(order):
        arrange_lessons(lesson.module, stepped(order, lesson.id, by))
    else:
        _cross_over(lesson, by)


def _cross_over(lesson: Lesson, by: int) -> None:
    modules = lesson.module.course.live_modules
    at = modules.index(lesson.module) + (1 if by > 0 else -1)
    if 0 <= at < len(modules):
        order = [sibling.id for sibling in modules[at].live_lessons]
        arrange_lessons(modules[at], [lesson.id, *order] if by > 0 else [*order, lesson.id])


def arrange_lessons(module: Module, wanted: Sequence[UUID]) -> None:
    """Put lessons of the course in the wanted order into this module; lessons of others among them move here."""
    everywhere = {lesson.id: lesson for m in module.course.live_modules for lesson in m.live_lessons}
    for lesson_id in wanted:
        lesson = everywhere.get(lesson_id)
        if lesson is not None and lesson.module is not module:
            lesson.module.lessons.remove(lesson)
            module.lessons.append(lesson)
    _arrange(module.live_lessons, wanted)
    _touch(module.course)


def remove_lesson(lesson: Lesson) -> None:
    """Take the lesson out of the course; `restore_lesson` brings it back."""
    lesson.deleted_at = clock.now()
    touch_lesson(lesson)


def restore_lesson(lesson: Lesson) -> None:
    """Bring a removed lesson back."""
    lesson.deleted_at = None
    touch_lesson(lesson)


def touch_lesson(lesson: Lesson) -> None:
    """Note that an author changed the lesson, and so the course."""
    lesson.changed_at = clock.now()
    _touch(lesson.module.course)


def _touch(course: Course) -> None:
    course.changed_at = clock.now()
    db.session.flush()


def _title(title: str) -> str:
    """Return the title on one line. Raises Refused when it says nothing or too much."""
    line = " ".join(title.split())
    if not line or len(line) > MAX_TITLE:
        raise Refused("title")
    return line


def _end(rows: Iterable[Module | Lesson]) -> int:
    return max((row.position for row in rows), default=-1) + 1


def _arrange(rows: Sequence[Module] | Sequence[Lesson], wanted: Sequence[UUID]) -> None:
    places = {row_id: place for place, row_id in enumerate(arranged([row.id for row in rows], wanted))}
    for row in rows:
        row.position = places[row.id]
