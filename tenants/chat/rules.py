"""Who may talk to whom, and where. Decisions without a database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenants.chat.models import Message, Room
    from tenants.people.models import Member

STAFF = frozenset({"trainer", "manager", "owner"})
SIGNS = ("👍", "❤️", "😊", "👏", "✅", "❓")
MAX_BODY = 4_000
MOST_MENTIONS = 20
MENTION = re.compile(r"@([^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,5})", re.UNICODE)


@dataclass(frozen=True)
class Manners:
    """How an academy talks. `peers`: participants among one another; `direct`: two people by themselves; `receipts`: others see
    how far one has read."""

    peers: bool = True
    direct: bool = True
    receipts: bool = True

    @classmethod
    def of(cls, stored: Any) -> Manners:
        """Return the manners of a stored setting; what is not set is as in a new academy."""
        known = stored if isinstance(stored, dict) else {}
        return cls(**{name: bool(known[name]) for name in ("peers", "direct", "receipts") if name in known})


def is_staff(member: Member) -> bool:
    """Return whether somebody speaks here for the academy."""
    return bool(member.roles & STAFF)


def may_begin(member: Member, other: Member, manners: Manners, together: bool) -> bool:
    """Return whether two people may talk by themselves; `together`: they share a course or a group."""
    if member.id == other.id or not other.is_active or not manners.direct:
        return False
    if is_staff(member) or is_staff(other):
        return True
    return manners.peers and together


def may_post(member: Member, room: Room, manners: Manners) -> bool:
    """Return whether somebody who may read the room may also write in it."""
    if is_staff(member) or room.kind == "lesson":
        return True
    if room.kind == "direct":
        return manners.direct
    return manners.peers


def may_edit(member: Member, message: Message) -> bool:
    """Return whether the words may be changed: by who said them, while they stand."""
    return message.sender_id == member.id and message.removed_at is None


def may_remove(member: Member, message: Message) -> bool:
    """Return whether the words may be taken away by this person: their own."""
    return may_edit(member, message)


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


def initials_of(name: str) -> str:
    """Return up to two capitals that stand for a name."""
    words = [word for word in name.split() if word[:1].isalpha()]
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0].upper() for word in ends)
