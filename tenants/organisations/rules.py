"""Who manages client organisations, and what may be written of one. Decisions without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenants.people.models import Member

MANAGERS = frozenset({"manager", "owner"})
MAX_NAME, MAX_REFERENCE, MAX_NOTE, MAX_PHONE = 120, 60, 2_000, 40


def may_manage(member: Member) -> bool:
    """Return whether the member manages organisations: a manager who sees everybody."""
    return bool(member.roles & MANAGERS) and not member.is_limited


def clean_line(text: str) -> str:
    """Return the text on one line."""
    return " ".join(text.replace("\x00", "").split())


def clean_note(text: str) -> str:
    """Return the note with plain line ends."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def plain_name(text: str) -> str:
    """Return a name or reference as it is compared: case and double spaces do not matter."""
    return clean_line(text).casefold()
