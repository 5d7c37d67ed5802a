"""What a notice says and whether its reader may still see it: each feature says so of its own kinds. They register here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.notifications.models import Notice
from tenants.people.models import Member


@dataclass(frozen=True)
class Said:
    """What one notice is about, in names of today: who did it, what it is, more; `is_open`: whether it still wants attention."""

    what: str
    who: str = ""
    more: str = ""
    is_open: bool = True


Describer = Callable[[Member, Sequence[Notice]], Mapping[UUID, Said]]
_describers: dict[str, Describer] = {}


def describes(*kinds: str) -> Callable[[Describer], Describer]:
    """Let `describer(reader, notices)` say what notices of these kinds are about, by the notice's id. A notice that it
    leaves out is about something that its reader may no longer see, or that is gone: it is told to nobody."""

    def register(describer: Describer) -> Describer:
        for kind in kinds:
            _describers[kind] = describer
        return describer

    return register


def described(reader: Member, notices: Sequence[Notice]) -> dict[UUID, Said]:
    """Return what the reader may read of these notices, by the notice's id."""
    found: dict[UUID, Said] = {}
    for kind in {one.kind for one in notices}:
        describer = _describers.get(kind)
        if describer is not None:
            found.update(describer(reader, [one for one in notices if one.kind == kind]))
    return found


def known_kinds() -> frozenset[str]:
    """Return the kinds that some feature describes."""
    return frozenset(_describers)


Teller = Callable[[UUID], object]
_tellers: dict[str, Teller] = {}


def tells(what: str) -> Callable[[Teller], Teller]:
    """Let the job `notifications.tell` with this word call `teller(subject_id)`, which tells those whom the event concerns."""

    def register(teller: Teller) -> Teller:
        _tellers[what] = teller
        return teller

    return register


def tell(what: str, subject_id: UUID) -> None:
    """Tell those whom the event concerns. Raises KeyError for a word that nobody registered."""
    _tellers[what](subject_id)
