"""What features above learning do when an enrolment begins, ends or is finished: they register here.

Listeners run in the transaction of the act. `ends_at` is asked, and `ending` told, before anything is written,
so that a listener may take its locks first. `resetting` is told of the attempt that is set aside and may refuse, `reset`
of the one that takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

from tenants.learning.models import Enrolment

Turn = Literal["begun", "ending", "ended", "done", "resetting", "reset"]
Listener = Callable[[Enrolment], None]
Terms = Callable[[UUID], datetime | None]
_listeners: dict[Turn, list[Listener]] = {"begun": [], "ending": [], "ended": [], "done": [], "resetting": [], "reset": []}
_terms: list[Terms] = []


def on(turn: Turn) -> Callable[[Listener], Listener]:
    """Call the decorated `listener(enrolment)` whenever an enrolment takes this turn."""

    def register(listener: Listener) -> Listener:
        _listeners[turn].append(listener)
        return listener

    return register


def sets_end(terms: Terms) -> Terms:
    """Let `terms(course_id)` say when an enrolment that begins now will end; use as a decorator."""
    _terms.append(terms)
    return terms


def tell(turn: Turn, enrolment: Enrolment) -> None:
    """Tell every listener."""
    for listener in _listeners[turn]:
        listener(enrolment)


def ends_at(course_id: UUID) -> datetime | None:
    """Return when an enrolment in the course that begins now ends, None if it does not."""
    found = [moment for moment in (terms(course_id) for terms in _terms) if moment is not None]
    return min(found, default=None)
