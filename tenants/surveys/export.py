"""Results as CSV: what the page shows, no more. A cell never begins a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.sheets import packed
from tenants.surveys.results import Outcome, Sheet

__all__ = ["outcome_rows", "packed", "sheet_rows"]


def outcome_rows(outcomes: Iterable[Outcome], head: Sequence[str], hidden: str) -> list[Sequence[Any]]:
    """Return question, answer, how often, percent; hidden questions say `hidden`."""
    rows: list[Sequence[Any]] = [head]
    for outcome in outcomes:
        prompt = outcome.question["prompt"]
        if outcome.is_hidden:
            rows.append((prompt, hidden, "", ""))
        rows += [(prompt, bar.label, bar.number, bar.percent) for bar in outcome.bars]
        rows += [(prompt, said.words, 1, "") for said in outcome.texts]
    return rows


def sheet_rows(questions: Sequence[Mapping[str, Any]], sheets: Iterable[Sheet], head: Sequence[str]) -> list[Sequence[Any]]:
    """Return one row per person of a named survey: name, day, and an answer per question."""
    rows: list[Sequence[Any]] = [(*head, *(question["prompt"] for question in questions))]
    rows += [(sheet.name, sheet.day.isoformat(), *(_said(q, sheet.given.get(q["id"], {})) for q in questions)) for sheet in sheets]
    return rows


def _said(question: Mapping[str, Any], answer: Mapping[str, Any]) -> Any:
    if "score" in answer:
        return answer["score"]
    chosen = set(answer.get("options", ()))
    return answer.get("words") or "; ".join(one["text"] for one in question["options"] if one["id"] in chosen)
