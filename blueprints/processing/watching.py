"""What in an academy could be used to watch people: for a works council (WOR, article 27) and an assessment (GDPR, article 35)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from tenants.chat.queries import manners

_GUIDES = _l("Trainers of the person's courses and groups, managers and owners")
_ROOM = _l("Everybody who shares a conversation with the person")


@dataclass(frozen=True)
class Feature:
    """Something that says what a person does. `is_on` is how it is in this academy now; `choice` says who can change it."""

    name: str
    label: Any
    shows: Any
    seen_by: Any
    choice: Any
    is_on: bool = True


def features() -> list[Feature]:
    """Return every such feature with its state in the academy at hand."""
    here = manners()
    own = _l("The academy, in Settings, Messages; and everybody their own")
    always = _l("Part of the platform: it cannot be switched off here")
    return [
        Feature("time", _l("Time per person"), _l("Minutes that somebody spent in lessons and meetings, in reports"), _GUIDES, always),
        Feature("active", _l("Last activity"), _l("When somebody was last active in a course"), _GUIDES, always),
        Feature("help", _l("Who needs help"), _l("Who is late, waits, stopped or failed, in a list with the reason; a person decides what to do with it"), _GUIDES, always),
        Feature("results", _l("Progress and answers"), _l("Which lessons were done, answers, points and reviews"), _GUIDES, always),
        Feature("attendance", _l("Attendance"), _l("Who was at a meeting, and for how long, as a trainer wrote it down"), _GUIDES, always),
        Feature("presence", _l("Who is here"), _l("A dot beside the name while somebody has the academy open"), _ROOM, own, here.presence),
        Feature("typing", _l("Who is writing"), _l("A line while somebody writes a message; it is not kept"), _ROOM, own, here.typing),
        Feature("receipts", _l("Who has read a message"), _l("How far somebody has read a conversation"), _ROOM, own, here.receipts),
    ]  # fmt: skip
