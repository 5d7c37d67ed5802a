"""Suspend and resume an academy: its data stays untouched, its members see a neutral page."""

from __future__ import annotations

from uuid import UUID

from core.academies import queries, rules
from core.academies.actions import StateRefused, move_to
from core.academies.models import Academy, Closing
from core.audit.actions import record


def suspend_academy(academy: Academy, reason: str, actor_id: UUID | None) -> None:
    """Stop serving the academy until it is resumed; one that waits to be closed goes on waiting. Raises StateRefused."""
    closing = _waiting(academy)
    if not rules.may_suspend(academy.state, closing is not None and closing.was_suspended):
        raise StateRefused(academy.state)
    _stand(academy, closing, True, reason)
    record("academy.suspended", actor_id=actor_id, number=academy.number)


def resume_academy(academy: Academy, actor_id: UUID | None) -> None:
    """Serve the academy again, until it closes if that was asked. Raises StateRefused unless it is suspended."""
    closing = _waiting(academy)
    if not rules.may_resume(academy.state, closing is not None and closing.was_suspended):
        raise StateRefused(academy.state)
    _stand(academy, closing, False, None)
    record("academy.resumed", actor_id=actor_id, number=academy.number)


def _waiting(academy: Academy) -> Closing | None:
    return queries.closing_of(academy) if academy.state == "closing" else None


def _stand(academy: Academy, closing: Closing | None, is_suspended: bool, reason: str | None) -> None:
    if closing is None:
        move_to(academy, "suspended" if is_suspended else "active", reason)
    else:
        closing.was_suspended = is_suspended
        move_to(academy, "closing", reason)
