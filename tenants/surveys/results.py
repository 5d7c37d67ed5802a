"""What a survey's answers say: numbers per question, averages, texts in random order; hidden where they are too few."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.db import db
from core.sealed import stored, unseal_rows
from tenants.groups.sight import visible_to
from tenants.people.models import Member
from tenants.surveys.models import Survey, SurveySheet, SurveyVoice
from tenants.surveys.rules import (
    CHOICES,
    SCORES,
    average_of,
    is_enough,
    may_split,
    month_of,
    nps_of,
    percent_of,
    spans_of,
)

_chance = random.SystemRandom()


@dataclass(frozen=True)
class Bar:
    """One line of a distribution."""

    label: str
    number: int
    percent: int


@dataclass(frozen=True)
class Said:
    """A written answer; `name` only in a named survey."""

    words: str
    name: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What was answered to one question; nothing of it when it `is_hidden`."""

    question: Mapping[str, Any]
    answers: int = 0
    bars: tuple[Bar, ...] = ()
    average: Decimal | None = None
    nps: int | None = None
    texts: tuple[Said, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True)
class Results:
    """The results of a survey, whole or of some months."""

    outcomes: list[Outcome]
    spans: list[tuple[date, ...]]
    span: tuple[date, ...] | None = None


@dataclass
class Answer:
    """One answer to one question, wherever it was stored."""

    month: date
    score: int | None = None
    options: Sequence[str] = ()
    words: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Sheet:
    """What one person answered to a named survey."""

    name: str
    day: date
    given: Mapping[str, Any] = field(default_factory=dict)


def results_of(viewer: Member, survey: Survey, zone: str, span_from: date | None = None) -> Results:
    """Return the results, with names only of whom the viewer sees; of the span that begins with `span_from` if there is one. Two statements at most."""
    hides = survey.mode == "anonymous"
    by_question = _voices(survey) if hides else _from_sheets(sheets_of(viewer, survey, zone))
    months: Counter[date] = Counter()
    for answers in by_question.values():
        months |= Counter(answer.month for answer in answers)
    spans = spans_of(months)
    span = next((one for one in spans if one[0] == span_from), None)
    asked = (survey.asked or {}).get("questions", ())
    outcomes = [_outcome(question, by_question[question["id"]], spans, span, hides) for question in asked]
    return Results(outcomes, spans, span)


def _outcome(
    question: Mapping[str, Any], answers: list[Answer], spans: list[tuple[date, ...]], span: tuple[date, ...] | None,
    hides: bool,
) -> Outcome:
    """Return the outcome of a question in the span; hidden below five answers, or if the rest would show it."""
    splits = span is None or may_split(Counter(answer.month for answer in answers), spans)
    wanted = [answer for answer in answers if span is None or answer.month in span]
    if hides and wanted and not (splits and is_enough(len(wanted))):
        return Outcome(question, is_hidden=True)
    if question["kind"] == "open":
        texts = [Said(answer.words or "", answer.name) for answer in wanted]
        _chance.shuffle(texts)
        return Outcome(question, len(texts), texts=tuple(texts))
    if question["kind"] in CHOICES:
        chosen = Counter(option for answer in wanted for option in answer.options)
        return Outcome(question, len(wanted), _bars(
            [(option["text"], chosen[option["id"]]) for option in question["options"]], len(wanted)))  # fmt: skip
    scores = Counter(answer.score for answer in wanted if answer.score is not None)
    bars = _bars([(str(score), scores[score]) for score in SCORES[question["kind"]]], len(wanted))
    nps = nps_of(scores) if question["kind"] == "nps" else None
    return Outcome(question, len(wanted), bars, average_of(scores), nps)


def _bars(numbers: Iterable[tuple[str, int]], whole: int) -> tuple[Bar, ...]:
    return tuple(Bar(label, number, percent_of(number, whole)) for label, number in numbers)


def _voices(survey: Survey) -> defaultdict[str, list[Answer]]:
    rows = db.session.execute(
        sa.select(SurveyVoice.id, SurveyVoice.question_id, SurveyVoice.month, SurveyVoice.score, SurveyVoice.options,
                  stored(SurveyVoice, "words"))
        .where(SurveyVoice.survey_id == survey.id).order_by(SurveyVoice.id)
    ).all()  # fmt: skip
    words = unseal_rows(SurveyVoice, "words", [(row[0], row[5]) for row in rows])
    found: defaultdict[str, list[Answer]] = defaultdict(list)
    for row, text in zip(rows, words, strict=True):
        found[str(row[1])].append(Answer(row[2], row[3], row[4] or (), text))
    return found


def sheets_of(viewer: Member, survey: Survey, zone: str) -> list[Sheet]:
    """Return what each person whom the viewer sees answered to a named survey, oldest first. One statement."""
    rows = db.session.execute(
        sa.select(SurveySheet.id, SurveySheet.made_at, stored(SurveySheet, "given"), Member.id,
                  stored(Member, "first_name"), stored(Member, "last_name"))
        .join(Member, Member.id == SurveySheet.member_id)
        .where(SurveySheet.survey_id == survey.id, visible_to(viewer)).order_by(SurveySheet.made_at, SurveySheet.id)
    ).all()  # fmt: skip
    given = unseal_rows(SurveySheet, "given", [(row[0], row[2]) for row in rows])
    first = unseal_rows(Member, "first_name", [(row[3], row[4]) for row in rows])
    last = unseal_rows(Member, "last_name", [(row[3], row[5]) for row in rows])
    names = [" ".join(filter(None, pair)) for pair in zip(first, last, strict=True)]
    local = ZoneInfo(zone)
    return [
        Sheet(name, row[1].astimezone(local).date(), json.loads(one or "{}"))
        for row, one, name in zip(rows, given, names, strict=True)
    ]


def _from_sheets(sheets: list[Sheet]) -> defaultdict[str, list[Answer]]:
    found: defaultdict[str, list[Answer]] = defaultdict(list)
    for sheet in sheets:
        for question_id, answer in sheet.given.items():
            found[question_id].append(Answer(month_of(sheet.day), answer.get("score"), answer.get("options", ()),
                                             answer.get("words"), sheet.name))  # fmt: skip
    return found
