"""The exercises of the demo world: one in a lesson of a course of each academy, what people handed in, what was said."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core import clock
from core.ids import uuid7
from tenants.courses.block_actions import add_block
from tenants.courses.exercise import TYPES, clean_exercise
from tenants.courses.models import Course
from tenants.exercises import actions, desk, reviewing
from tenants.learning.queries import lesson_for
from tenants.people.models import Member


@dataclass(frozen=True)
class Piece:
    """What one person handed in, how many days ago; the verdict and words of the trainer, if there are any.
    `levels`: the place of the level chosen (1, 2 ...), by the place of the criterion."""

    who: str
    text: str
    days_ago: float
    verdict: str = ""
    feedback: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class DemoExercise:
    """An exercise in the lesson of that number, and who handed in; reviewed by `trainer`."""

    lesson: int
    trainer: str
    title: str
    markdown: str
    criteria: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    pieces: tuple[Piece, ...]

    def body(self) -> dict[str, Any]:
        """Return the block's body; a criterion and a level are named by their places: `1`, `1-2`."""
        criteria = [
            {"id": str(n), "title": title, "levels": [
                {"id": f"{n}-{m}", "title": level, "points": points, "description": words}
                for m, (level, points, words) in enumerate(levels, start=1)]}
            for n, (title, levels) in enumerate(self.criteria, start=1)
        ]  # fmt: skip
        return clean_exercise({
            "title": self.title, "markdown": self.markdown, "wants_text": True, "most_files": 3, "types": TYPES,
            "peers": 1, "anonymous": True, "criteria": criteria,
        })  # fmt: skip


EXERCISES = {
    "medicatieveiligheid": DemoExercise(
        10, "noor", "Beschrijf hoe jij een pleister plakt",
        "Kies een cliënt die je kent, zonder naam. Beschrijf in **vijf stappen** hoe je een medicijnpleister vervangt, en "
        "waar je op let. Een foto van je eigen stappenplan mag erbij.",
        (("Volledig", (("Nog niet", "0", "Er mist een stap."), ("Bijna", "2.5", "Alle stappen, de reden mist."),
                       ("Ja", "5", "Alle stappen, met reden."))),
         ("Veilig", (("Nog niet", "0", "De oude pleister blijft zitten."), ("Ja", "5", "Oude eraf, plek gewisseld, datum erop.")))),
        (Piece("yusuf", "1. Handen wassen. 2. Oude pleister zoeken en eraf halen. 3. Andere plek kiezen, droog en zonder "
               "wondjes. 4. Nieuwe pleister plakken en dertig seconden drukken. 5. Datum en tijd erop, en aftekenen.",
               13, "approved", "Precies zo. Mooi dat je de oude pleister eerst zoekt.", {"1": "3", "2": "2"}),
         Piece("fatma", "Ik plak de nieuwe pleister op dezelfde plek, dan weet de cliënt waar die zit.", 3, "again",
               "Kijk nog eens naar de huid: wat gebeurt er als de pleister steeds op dezelfde plek zit?", {"1": "1"}),
         Piece("sanne", "Eerst vraag ik of de cliënt klaar is. Dan haal ik de oude pleister weg en vouw ik hem dubbel. "
               "Nieuwe plek, drukken, datum erop.", 2, note="Mijn stappenplan\n\n1. Vragen\n2. Weg\n3. Plakken\n4. Aftekenen\n"),
         Piece("mei", "Handen wassen, oude eraf, plek kiezen, plakken, datum, aftekenen. Bij warmte geef ik extra uitleg: "
               "geen kruik op de pleister.", 1)),
    ),
    "bread-that-works": DemoExercise(
        6, "tomas", "Your water, your kitchen",
        "Measure your flour, your kitchen and your tap. Work out the water temperature for a dough of **25 °C** and show how. "
        "A photo of your notes is welcome.",
        (("The sum", (("Not yet", "0", "A number is missing."), ("Right", "2.5", "The sum is right."), ("Clear", "5", "Right, and easy to follow."))),),
        (Piece("callum", "Flour 19, kitchen 21, friction 2. 25 times 3 is 75. 75 - 19 - 21 - 2 = 33. So the water is 33 °C.",
               10, "approved", "That is exactly it. Note that friction is higher in a mixer.", {"1": "3"}),
         Piece("jonas", "About lukewarm, I think.", 2, "again", "How warm is lukewarm in your kitchen? Measure it and do the sum.", {"1": "1"}),
         Piece("priya", "Flour 22, kitchen 24, friction 0 by hand. 75 - 22 - 24 = 29 °C.", 1, note="flour 22\nkitchen 24\nwater 29\n")),
    ),
}  # fmt: skip


def add_exercise(slug: str, course: Course) -> None:
    """Put the course's exercise at the end of its lesson, if it has one; before publishing."""
    demo = EXERCISES.get(slug)
    if demo is not None:
        lessons = [lesson for module in course.live_modules for lesson in module.live_lessons]
        add_block(lessons[demo.lesson - 1], "exercise", demo.body())


def hand_in_all(slug: str, course: Course, members: Mapping[str, Member]) -> None:
    """Let people hand in and be reviewed, over the days before today; they take the course already."""
    demo = EXERCISES.get(slug)
    if demo is None:
        return
    for piece in demo.pieces:
        with clock.shifted(timedelta(days=-piece.days_ago)):
            _hand_in(demo, piece, course, members)


def _hand_in(demo: DemoExercise, piece: Piece, course: Course, members: Mapping[str, Member]) -> None:
    member, trainer = members[piece.who], members[demo.trainer]
    lessons = [lesson for module in course.live_modules for lesson in module.live_lessons]
    block = next(one for one in lessons[demo.lesson - 1].live_blocks if one.kind == "exercise")
    open_ = lesson_for(member, course.id, lessons[demo.lesson - 1].id, lock=True)
    if piece.note:
        actions.add_files(open_, block.id, [(io.BytesIO(piece.note.encode()), "notes.md")], uuid7(), member)
    hand_in = actions.hand_in(open_, block.id, uuid7(), piece.text)
    if piece.verdict:
        with clock.shifted(timedelta(hours=5)):
            hand_in = desk.hand_in_for(trainer, hand_in.id, lock=True)
            levels = {key: f"{key}-{place}" for key, place in piece.levels.items()}
            reviewing.send_feedback(hand_in, trainer, desk.criteria_of(hand_in), piece.verdict, piece.feedback, levels, uuid7())
