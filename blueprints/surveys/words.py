"""What pages of surveys say, and how a survey stands before the person who looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import g, request, url_for
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blueprints.me import me
from blueprints.surveys import surveys
from tenants.surveys import queries
from tenants.surveys.models import Survey
from tenants.surveys.rules import SCORES

KIND_WORDS = {
    "scale": _l("Scale of 1 to 5"), "nps": _l("Recommend, 0 to 10"), "single": _l("One choice"),
    "multiple": _l("Several choices"), "open": _l("Own words"),
}  # fmt: skip
PROBLEM_WORDS = {
    "no_questions": _l("A survey needs at least one question. Add one first."),
    "no_prompt": _l("A question of the survey has no words yet. Write them or remove it."),
    "few_options": _l("A question of the survey needs at least two options, one per line."),
}


@dataclass(frozen=True)
class Here:
    """A survey before the person: where it is sent to (None in a preview), whether they answered, what was typed."""

    url: str | None = None
    is_answered: bool = False
    error: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


@surveys.app_template_global()
def survey_here(block: Mapping[str, Any]) -> Here:
    """Return how the survey of this lesson stands; one statement for all surveys of a page."""
    values = request.view_args or {}
    if request.blueprint == "courses" or "lesson_id" not in values:
        return Here()
    if "surveys_answered" not in g:
        g.surveys_answered = queries.blocks_answered(me(), values["course_id"])
    error, given = g.get("survey_refused", {}).get(block["id"], (None, {}))
    url = url_for("surveys.answer_lesson", course_id=values["course_id"], lesson_id=values["lesson_id"], block_id=block["id"])
    return Here(url, block["id"] in g.surveys_answered, error, given)


@surveys.app_template_global()
def survey_after(course_id: UUID) -> tuple[Survey, bool] | None:
    """Return the survey at the end of the course and whether the person answered it, or None."""
    return queries.survey_after(me(), course_id)


@surveys.app_template_global()
def promise_words(mode: str) -> str:
    """Return what becomes of the answers: the promise that the page makes."""
    if mode == "named":
        return _("Your name stands with your answers. Trainers, authors and managers of this academy can read who said what.")
    return _("This survey is anonymous. Your answers are kept without your name and without any link to you, with the "
             "month only. Nobody sees results before five people have answered.")  # fmt: skip


@surveys.app_template_global()
def survey_kind_words() -> dict[str, str]:
    """Return the kinds of questions and what they are called."""
    return {kind: str(words) for kind, words in KIND_WORDS.items()}


@surveys.app_template_global()
def survey_scores(kind: str) -> list[int]:
    """Return the scores of a scale."""
    return list(SCORES[kind])


@surveys.app_template_filter()
def months_words(span: tuple[date, ...]) -> str:
    """Return `March 2026`, or `March 2026 to May 2026`."""
    first, last = (format_date(day, "MMMM y") for day in (span[0], span[-1]))
    return first if len(span) == 1 else _("%(first)s to %(last)s", first=first, last=last)


@surveys.app_template_filter()
def decimal_words(number: Decimal) -> str:
    """Return the number with one decimal place, as the page's language writes it."""
    return str(format_decimal(number, "0.0"))
