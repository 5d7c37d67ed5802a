"""The box of an anonymous survey: emptied five ballots or more at a time, shuffled, question by question.

Nothing joins a voice to a person: not the id (random), not the date (a month), not the transaction that wrote it
(`xmin`: that of this job, while `SurveyDone` has that of the request), not its place in the table (shuffled).
What remains: who reads raw pages of the database can tell which five or more people a batch came from, as can
who compares two backups; and while fewer than five wait, a ballot and its `SurveyDone` row carry the same
transaction, so who has database and keys together could open it.
"""

from __future__ import annotations

import json
import random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.sealed import columns_for
from tenants.surveys.models import Survey, SurveyBallot, SurveyVoice
from tenants.surveys.queries import nameless_id
from tenants.surveys.rules import FEWEST

_chance = random.SystemRandom()


def count_ballots(survey_id: UUID) -> int:
    """Move what waits in the box to the results, if five or more wait; return how many ballots that were."""
    locked = sa.select(Survey).where(Survey.id == survey_id).with_for_update()
    survey = db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    ballots = list(db.session.scalars(sa.select(SurveyBallot).where(SurveyBallot.survey_id == survey_id)))
    if survey is None or len(ballots) < FEWEST:
        return 0
    voices = [voice for ballot in ballots for voice in _voices(ballot)]
    _chance.shuffle(voices)
    if voices:
        db.session.execute(sa.insert(SurveyVoice.__table__), voices)  # type: ignore[arg-type]
    db.session.execute(sa.delete(SurveyBallot).where(SurveyBallot.id.in_([ballot.id for ballot in ballots])))
    survey.counted += len(ballots)
    db.session.flush()
    return len(ballots)


def _voices(ballot: SurveyBallot) -> list[dict[str, Any]]:
    """Return the ballot's answers as rows that know nothing of each other."""
    return [
        _voice(ballot, UUID(question_id), answer) for question_id, answer in json.loads(ballot.given or "{}").items()
    ]


def _voice(ballot: SurveyBallot, question_id: UUID, answer: dict[str, Any]) -> dict[str, Any]:
    row_id = nameless_id()
    return {
        "id": row_id, "survey_id": ballot.survey_id, "question_id": question_id, "month": ballot.month,
        "score": answer.get("score"), "options": answer.get("options"),
        **columns_for(SurveyVoice, row_id, words=answer.get("words")),
    }
