"""Look and name of the academy at hand, which core knows so that every page can be drawn without its schema."""

from __future__ import annotations

from core.academies import actions as academies
from core.academies import queries
from core.db import CORE, db
from core.errors import Refused
from tenants.audit.models import Event
from tenants.people.models import Member
from tenants.resolve import resolver

MAX_NAME = 80


def repaint(name: str, colour: str, language: str, by: Member) -> None:
    """Change name, colour (#rrggbb) and language of the academy whose frame is open. Raises Refused."""
    line = " ".join(name.split())
    if not line or len(line) > MAX_NAME:
        raise Refused("its name")
    number = db.current().number
    assert number is not None, "only inside an academy"
    with db.aside(CORE):
        academies.repaint(queries.academy_by_number(number), line, colour, language)
    db.session.add(Event(actor_id=by.id, act="settings.repaint"))
    db.after_commit(resolver.forget)
