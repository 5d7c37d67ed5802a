"""What other features do when somebody joins: they stand above people, so they register here."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from tenants.people.models import Member

Listener = Callable[[Member, UUID | None], None]
_listeners: list[Listener] = []


def on_join(listener: Listener) -> Listener:
    """Call `listener(member, course_id)` whenever an invitation is accepted; use as a decorator."""
    _listeners.append(listener)
    return listener


def tell(member: Member, course_id: UUID | None) -> None:
    """Tell every listener that `member` joined, perhaps for a course."""
    for listener in _listeners:
        listener(member, course_id)
