"""What other features do when somebody joins: they stand above people, so they register here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from tenants.people.models import Member

Listener = Callable[[Member, UUID | None], None]


@dataclass(frozen=True)
class Place:
    """Where who joins belongs: organisation and group; whom staff see; who says so (None: whoever invited is gone)."""

    organisation_id: UUID | None = None
    group_id: UUID | None = None
    sees: str = "everybody"
    by: Member | None = None


NOWHERE = Place()
# (member, their roles before, what they have now been given or by whom)
PlaceListener = Callable[[Member, frozenset[str], Place], None]
RolesListener = Callable[[Member, frozenset[str], Member], None]
_listeners: list[Listener] = []
_placers: list[PlaceListener] = []
_givers: list[RolesListener] = []


def on_join(listener: Listener) -> Listener:
    """Call `listener(member, course_id)` whenever an invitation is accepted; use as a decorator."""
    _listeners.append(listener)
    return listener


def on_place(listener: PlaceListener) -> PlaceListener:
    """Call `listener(member, roles before, place)` whenever somebody joins, or is named for, a place; use as a decorator."""
    _placers.append(listener)
    return listener


def on_roles(listener: RolesListener) -> RolesListener:
    """Call `listener(member, roles before, by)` whenever `by` changed somebody's roles; use as a decorator."""
    _givers.append(listener)
    return listener


def tell(member: Member, course_id: UUID | None) -> None:
    """Tell every listener that `member` joined, perhaps for a course."""
    for listener in _listeners:
        listener(member, course_id)


def place(member: Member, before: frozenset[str], where: Place) -> None:
    """Tell every listener where `member` belongs; `before`: their roles until now."""
    if where != NOWHERE:
        for listener in _placers:
            listener(member, before, where)


def tell_roles(member: Member, before: frozenset[str], by: Member) -> None:
    """Tell every listener that `by` changed the member's roles."""
    for listener in _givers:
        listener(member, before, by)
