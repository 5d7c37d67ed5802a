"""What an academy chose, by name; what it never chose is as it was from the beginning."""

from __future__ import annotations

from core.db import db
from core.errors import Refused
from tenants.audit.models import Event
from tenants.people.models import Member
from tenants.settings.models import Setting

CAPTIONS = "captions"
BLOCK, WARN = "block", "warn"


def captions_block() -> bool:
    """Return whether a video without captions keeps a course from being published."""
    chosen = db.session.get(Setting, CAPTIONS)
    return chosen is None or chosen.value != WARN


def choose_captions(policy: str, by: Member) -> None:
    """Let missing captions block publishing, or only warn. Raises Refused."""
    if policy not in (BLOCK, WARN):
        raise Refused("captions policy")
    chosen = db.session.get(Setting, CAPTIONS) or Setting(name=CAPTIONS)
    chosen.value = policy
    db.session.add(chosen)
    db.session.add(Event(actor_id=by.id, act="settings.captions", facts={"policy": policy}))
    db.session.flush()
