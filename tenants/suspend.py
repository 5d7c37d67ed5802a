"""Suspend and resume an academy: its data stays untouched, its members see a neutral page."""

from __future__ import annotations

from uuid import UUID

from core.academies import rules
from core.academies.actions import StateRefused, move_to
from core.academies.models import Academy
from core.audit.actions import record


def suspend_academy(academy: Academy, reason: str, actor_id: UUID | None) -> None:
    """Stop serving the academy until it is resumed. Raises StateRefused unless it is active."""
    if not rules.may_suspend(academy.state):
        raise StateRefused(academy.state)
    move_to(academy, "suspended", reason)
    record("academy.suspended", actor_id=actor_id, number=academy.number)


def resume_academy(academy: Academy, actor_id: UUID | None) -> None:
    """Serve the academy again. Raises StateRefused unless it is suspended."""
    if not rules.may_resume(academy.state):
        raise StateRefused(academy.state)
    move_to(academy, "active")
    record("academy.resumed", actor_id=actor_id, number=academy.number)
