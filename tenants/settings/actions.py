"""Look, name and words of the academy at hand, which core knows so that every page can be drawn without its schema."""

from __future__ import annotations

from core.academies import actions as academies
from core.academies import queries
from core.db import CORE, db
from core.errors import Refused
from core.wording import Wording
from tenants.audit.models import Event
from tenants.people.models import Member
from tenants.resolve import resolver

MAX_NAME = 80


def reword(wording: Wording, by: Member) -> None:
    """Let the academy whose frame is open speak so, on every page and in every mail from now on."""
    number = own_number()
    with db.aside(CORE):
        academies.reword(queries.academy_by_number(number), wording)
    db.session.add(Event(actor_id=by.id, act="settings.words", facts=wording.stored()))
    db.after_commit(resolver.forget)


def own_number() -> int:
    """Return the number of the academy whose frame is open."""
    number = db.current().number
    assert number is not None, "only inside an academy"
    return number


def repaint(name: str, colour: str, language: str, by: Member) -> None:
    """Change name, colour (#rrggbb) and language of the academy whose frame is open. Raises Refused."""
    line = " ".join(name.split())
    if not line or len(line) > MAX_NAME:
        raise Refused("its name")
    number = own_number()
    with db.aside(CORE):
        academies.repaint(queries.academy_by_number(number), line, colour, language)
    db.session.add(Event(actor_id=by.id, act="settings.repaint"))
    db.after_commit(resolver.forget)
