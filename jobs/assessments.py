"""Work of tests: the clock ends what nobody hands in."""

from __future__ import annotations

from uuid import UUID

from core import queue
from tenants.assessments import actions, queries


@queue.job("assessments.end")
def end(sitting_id: str) -> None:
    """End a sitting whose time is over, with the answers that were saved; one that was prolonged is looked at again."""
    sitting = queries.locked_sitting(UUID(sitting_id))
    if sitting is not None and not actions.end_if_over(sitting):
        actions.look_again(sitting)


@queue.job("assessments.day")
def day() -> None:
    """End what found no room among the work when it began."""
    actions.end_all_overdue()
