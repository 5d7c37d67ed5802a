"""What pages of learning say about places and lessons; addresses that lead to the exact spot."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from blueprints.learning import learning
from blueprints.learning.release import due_words, lock_words
from core.i18n import format_length
from tenants.courses.gaps import Gap, pieces_of
from tenants.courses.markup import clean
from tenants.learning import answering
from tenants.learning.grading import PLACED, places_right
from tenants.learning.queries import Given, Taken
from tenants.learning.rules import Step, Way


@learning.app_template_global()
def lesson_url(taken: Taken, step: Step, why: str | None = None) -> str:
    """Return the address of the lesson, at the block where the person stopped."""
    block = step.mark.place.get("block") if not step.is_done else None
    return url_for(
        "learning.lesson", course_id=taken.course.id, lesson_id=step.id, why=why,
        _anchor=f"block-{block}" if block else None,
    )


@learning.app_template_global()
def stopped_words(place: Mapping[str, Any]) -> str | None:
    """Return "You stopped at 3:42", or which part of the lesson, or None at its beginning."""
    if place.get("second"):
        return gettext("You stopped at %(time)s", time=format_length(place["second"]))
    if place.get("nth", 1) > 1:
        return gettext("You stopped at part %(part)d of %(total)d", part=place["nth"], total=place["of"])
    return None


@learning.app_template_global()
def done_words(way: Way) -> str:
    """Return "10 of 15 lessons done"."""
    return ngettext(
        "%(done)d of %(num)d lesson done", "%(done)d of %(num)d lessons done", way.total, done=way.done
    )


@learning.app_template_global()
def ruler_words(way: Way) -> str:
    """Return what the ruler shows, in words."""
    if not way.is_begun:
        return ngettext("Not started, %(num)d lesson", "Not started, %(num)d lessons", way.total)
    here = next((step for step in way.steps if not step.is_done and step.mark.part > 0), None)
    if here is None:
        return done_words(way)
    return gettext("%(done)s, lesson %(number)d started", done=done_words(way), number=here.number)


def modules_of(taken: Taken, current: Step | None = None) -> list[dict[str, Any]]:
    """Return modules with their lessons, as the lesson thread draws them."""
    here = current or taken.way.resume().step
    groups = itertools.groupby(taken.way.steps, key=lambda step: (step.module_number, step.module_title))
    return [
        {
            "title": gettext("Module %(number)d: %(title)s", number=number, title=title),
            "lessons": [_lesson(taken, step, here, current) for step in steps],
        }
        for (number, title), steps in groups
    ]


def _lesson(taken: Taken, step: Step, here: Step | None, current: Step | None) -> dict[str, Any]:
    state = "done" if step.is_done else "here" if here is not None and step.id == here.id else "todo"
    return {
        "title": step.title, "url": lesson_url(taken, step), "state": "locked" if step.is_locked else state,
        "length": gettext("%(num)d min", num=step.minutes), "reason": ". ".join(map(lock_words, step.locks)),
        "due": "" if step.is_done else due_words(step.due_at, step.is_late), "late": step.is_late,
        "current": current is not None and step.id == current.id,
    }


@learning.app_template_global()
def right_words(question: Mapping[str, Any], given: Given) -> str:
    """Return "2 of 3 are right" for a question with places, else nothing."""
    if question["kind"] not in PLACED:
        return ""
    right, total = places_right(question, {"places": given.places})
    return ngettext("%(right)d of %(num)d is right.", "%(right)d of %(num)d are right.", total, right=right)


@learning.app_template_global()
def question_pieces(question: Mapping[str, Any]) -> list[str | Gap]:
    """Return the text of a question with gaps, and its gaps, in reading order."""
    return pieces_of(question["rule"].get("text", ""))


for name, asked in (
    ("question_choices", answering.choices_of), ("question_options", answering.match_options),
    ("question_order", answering.order_now),
):  # fmt: skip
    learning.add_app_template_global(asked, name)


@learning.app_template_filter("clean_html")
def clean_html(html: str) -> Markup:
    """Return the HTML cleaned once more on its way out, as markup."""
    return Markup(clean(html))  # noqa: S704  cleaned in this very line


@learning.app_context_processor
def nothing_given() -> dict[str, Given]:
    """Let templates draw a question that was not answered."""
    return {"no_answer": Given()}
