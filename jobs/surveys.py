"""Counts anonymous ballots once five wait, apart from the requests that brought them."""

from __future__ import annotations

from uuid import UUID

from core import queue
from tenants.surveys.box import count_ballots


@queue.job("surveys.count")
def count(survey_id: str) -> None:
    """Shuffle and count what waits in the box of a survey, if five or more wait."""
    count_ballots(UUID(survey_id))
