"""Who may talk to whom, and where. Decisions without a database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from uuid import UUID

    from tenants.chat.models import Message, Room
    from tenants.people.models import Member

STAFF: Final = frozenset({"trainer", "manager", "owner"})
MODERATORS: Final = frozenset({"manager", "owner"})
SIGNS: Final = ("👍", "❤️", "😊", "👏", "✅", "❓")
MAX_BODY: Final = 4_000
MAX_REASON: Final = 500
MOST_MENTIONS: Final = 20
# So many messages of one person in a row, within so many seconds, is no talk.
FLOOD: Final = 40
FLOOD_S: Final = 20
KEEP_MONTHS: Final = (0, 1, 3, 6, 12, 24, 36, 60, 84)
MENTION = re.compile(r"@([^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,5})", re.UNICODE)
SWITCHES: Final = ("peers", "direct", "receipts", "presence", "typing")
NOT_FOR_MINORS: Final = ("direct", "receipts", "presence", "typing")


@dataclass(frozen=True)
class Manners:
    """How an academy talks. `peers`: participants among one another; `direct`: two people by themselves; `receipts`: others see
    how far one has read; `presence` and `typing`: others see that one is here, or writes. `minors`: the participants are
    under age, which turns all of these off but `peers`. `keep`: months that messages are kept, by kind of room."""

    peers: bool = True
    direct: bool = True
    receipts: bool = True
    presence: bool = True
    typing: bool = True
    minors: bool = False
    keep: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, stored: Any) -> Manners:
        """Return the manners of a stored setting as they work out; what is not set is as in a new academy."""
        known = cls.as_chosen(stored)
        off = dict.fromkeys(NOT_FOR_MINORS, False) if known.minors else {}
        return cls(**{**known.switches, **off}, minors=known.minors, keep=known.keep)

    @classmethod
    def as_chosen(cls, stored: Any) -> Manners:
        """Return what was chosen, whether or not the participants are under age."""
        known = stored if isinstance(stored, dict) else {}
        chosen = {name: bool(known[name]) for name in (*SWITCHES, "minors") if name in known}
        keep = {kind: months for kind, months in dict(known.get("keep", {})).items() if months in KEEP_MONTHS}
        return cls(**chosen, keep=MappingProxyType(keep))

    @property
    def switches(self) -> dict[str, bool]:
        """Return what is on and off, by name."""
        return {name: getattr(self, name) for name in SWITCHES}


@dataclass(frozen=True)
class Reach:
    """What keeps two people who talk by themselves apart: the academy's choice, or one of them blocked the other."""

    is_allowed: bool = True
    has_blocked: bool = False
    is_blocked: bool = False


def is_staff(member: Member) -> bool:
    """Return whether somebody speaks here for the academy."""
    return bool(member.roles & STAFF)


def why_silent(member: Member, room: Room, manners: Manners, reach: Reach) -> str | None:
    """Return why somebody who may read the room may not write in it, or None when they may."""
    if room.kind == "lesson":
        return None
    if room.kind == "direct":
        return _why_not_direct(room, manners, reach)
    if is_staff(member):
        return None
    chosen = room.peers if room.kind == "course" and room.peers is not None else manners.peers
    return None if chosen else "peers off"


def _why_not_direct(room: Room, manners: Manners, reach: Reach) -> str | None:
    if room.one_id is None or room.other_id is None:
        return "left"
    if not manners.direct:
        return "direct off"
    if reach.has_blocked:
        return "blocked"
    return None if reach.is_allowed and not reach.is_blocked else "apart"


def months_kept(room: Room, manners: Manners) -> int:
    """Return for how many months the room's messages are kept, 0 for ever."""
    return manners.keep.get(room.kind, 0) if room.keep_months is None else room.keep_months


def may_edit(member: Member, message: Message) -> bool:
    """Return whether the words may be changed: by who said them, while they stand."""
    return message.sender_id == member.id and message.removed_at is None


def other_of(room: Room, member_id: UUID) -> UUID | None:
    """Return with whom the member talks by themselves; None: somebody who left."""
    return room.other_id if room.one_id == member_id else room.one_id


def clean_body(text: str) -> str:
    """Return the words as they are stored: no NUL, one kind of line end, no space around them."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def named_in(body: str, names: dict[str, Any]) -> list[Any]:
    """Return who of `names` (name in lower case: id) is named in the words as @Name, each once; the longest name counts."""
    found: dict[Any, None] = {}
    for match in MENTION.finditer(body):
        words = match[1].casefold().split(" ")
        for length in range(len(words), 0, -1):
            name = " ".join(words[:length]).rstrip(".'’-")
            if name in names:
                found[names[name]] = None
                break
    return list(found)[:MOST_MENTIONS]
