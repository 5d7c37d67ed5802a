"""What tests of exercises share: a course whose second lesson is done when its exercise is approved; files; hand-ins."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from core.db import db
from tenants.courses import actions as writing
from tenants.courses import block_actions
from tenants.courses.exercise import clean_exercise
from tenants.exercises import actions, desk, reviewing
from tenants.exercises.models import HandIn
from tenants.learning.actions import enrol
from tenants.learning.queries import OpenLesson, lesson_for
from tenants.people.models import Member
from tests.cast import Cast
from tests.courses.writing import member, publish, text

CRITERIA: list[dict[str, Any]] = [
    {"id": "c1", "title": "Clear", "levels": [
        {"id": "l1", "title": "Barely", "points": "0.1", "description": "Hard to follow"},
        {"id": "l2", "title": "Well", "points": "2,5", "description": ""}]},
    {"id": "c2", "title": "Complete", "levels": [
        {"id": "l3", "title": "Half", "points": "0.2", "description": ""},
        {"id": "l4", "title": "All of it", "points": "7", "description": ""}]},
]  # fmt: skip
BODY: dict[str, Any] = {
    "title": "Bake a loaf", "markdown": "Bake and **describe** it.", "wants_text": True, "most_files": 3,
    "types": ["document", "sheet", "slides", "text", "image", "audio"], "peers": 0, "anonymous": True,
    "criteria": CRITERIA,
}  # fmt: skip


@dataclass(frozen=True)
class Exercise:
    """Ids of a published course: a lesson to read, and one that is done when its exercise is approved."""

    course: UUID
    reading: UUID
    lesson: UUID
    block: UUID

    def url(self, more: str = "") -> str:
        """Return the address of the exercise's page."""
        return f"/learn/{self.course}/{self.lesson}/exercises/{self.block}{more}"


def write_exercise(cast: Cast, *, enrolled: tuple[str, ...] = ("participant",), trainer: str | None = None, **body: Any) -> Exercise:
    """Return a published course with an exercise, in a frame of its own; `body` changes what it asks."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        course = writing.create_course("Bread", by=author, module_title="Start", lesson_title="Flour", language="en",
                                       trainer=member(cast, trainer) if trainer else None)  # fmt: skip
        reading = course.live_modules[0].live_lessons[0]
        text(reading, "Flour is ground grain.")
        lesson = writing.add_lesson(course.live_modules[0], "Loaf", done_when="approved")
        block = block_actions.add_block(lesson, "exercise", clean_exercise({**BODY, **body}))
        found = Exercise(course.id, reading.id, lesson.id, block.id)
        published = publish(author, course.id)
        for who in enrolled:
            enrol(member(cast, who), published, author)
    return found


def opened(cast: Cast, found: Exercise, who: str = "participant") -> OpenLesson:
    """Return the lesson, locked, in the open frame."""
    return lesson_for(member(cast, who), found.course, found.lesson, lock=True)


def handed_in(cast: Cast, found: Exercise, who: str = "participant", words: str = "My loaf") -> UUID:
    """Return the id of something that was handed in, in a frame of its own."""
    with db.scope(cast.academy.scope, commit=True):
        return actions.hand_in(opened(cast, found, who), found.block, uuid4(), words).id


def reviewed(cast: Cast, hand_in_id: UUID, verdict: str, words: str = "Well done", who: str = "trainer") -> None:
    """Send a review, in a frame of its own."""
    with db.scope(cast.academy.scope, commit=True):
        hand_in = desk.hand_in_for(member(cast, who), hand_in_id, lock=True)
        reviewing.send_feedback(hand_in, member(cast, who), [], verdict, words, {}, uuid4())


def more_people(cast: Cast, found: Exercise, count: int) -> list[Member]:
    """Return new participants of the course, in the open frame."""
    people = []
    for number in range(count):
        person = Member(email=f"p{number}-{uuid4().hex[:6]}@x.example", first_name=f"P{number:02}", last_name="Test")
        db.session.add(person)
        db.session.flush()
        enrol(person, desk_course(found))
        people.append(person)
    return people


def desk_course(found: Exercise) -> Any:
    """Return the course, in the open frame."""
    return db.session.get_one(writing.Course, found.course)


def state_of(cast: Cast, hand_in_id: UUID) -> str:
    """Return the state of a hand-in, in a frame of its own."""
    with db.scope(cast.academy.scope):
        return db.session.get_one(HandIn, hand_in_id).state


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, content in parts.items():
            pack.writestr(name, content)
    return out.getvalue()


def office(kind: str, **parts: bytes) -> bytes:
    """Return the least of an office document: `kind` as in its list of contents."""
    contents = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    return packed({"[Content_Types].xml": contents.encode(), **{name.replace("__", "/"): one for name, one in parts.items()}})


def mp3() -> bytes:
    """Return two silent MPEG-1 layer III frames of 128 kbit/s at 44.1 kHz."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * 3
