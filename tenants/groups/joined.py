"""What other features do when somebody comes into a group or leaves it: they stand above groups, so they register here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tenants.groups.models import Group
from tenants.people.models import Member

Listener = Callable[[Group, Sequence[Member], Member], None]
_listeners: list[Listener] = []
_leavers: list[Callable[[Group], None]] = []


def on_group_join(listener: Listener) -> Listener:
    """Call `listener(group, members, by)` whenever people come into a group; use as a decorator."""
    _listeners.append(listener)
    return listener


def on_group_leave(listener: Callable[[Group], None]) -> Callable[[Group], None]:
    """Call `listener(group)` whenever who sees the people of a group no longer sees one or all of them; use as a decorator."""
    _leavers.append(listener)
    return listener


def tell_left(group: Group) -> None:
    """Tell every listener that somebody left the group, or that it was archived."""
    for listener in _leavers:
        listener(group)


def tell(group: Group, members: Sequence[Member], by: Member) -> None:
    """Tell every listener that these members are new in the group."""
    for listener in _listeners:
        listener(group, members, by)
