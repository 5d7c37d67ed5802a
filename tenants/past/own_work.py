"""Past results belong to a person's own work."""

from __future__ import annotations

from typing import Any

from tenants.learning.own_work import adds_own
from tenants.past.models import PastResult
from tenants.past.queries import results_of
from tenants.people.models import Member


@adds_own
def results_kept(member: Member) -> dict[str, Any]:
    """Return {past_results: [...]} of the member, each marked as imported."""
    rows = results_of(member)
    return {"past_results": [_result(row) for row in rows]} if rows else {}


def _result(row: PastResult) -> dict[str, Any]:
    return {
        "course": row.title, "finished_on": row.finished_on.isoformat(), "result": row.result,
        "study_minutes": row.minutes, "points": str(row.points) if row.points is not None else None, "certificate": row.number,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None, "origin": "imported",
    }
