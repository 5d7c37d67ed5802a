"""How an academy talks: its choices, and those for single courses. Each change stands in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.chat import actions
from tenants.chat.models import KINDS, Room
from tenants.chat.queries import SETTING
from tenants.chat.rules import KEEP_MONTHS, SWITCHES
from tenants.courses.models import Course, Publication
from tenants.people.models import Member
from tenants.settings.models import Setting


def choose(switches: Mapping[str, bool], by: Member) -> None:
    """Let the academy talk so; what is kept how long stays as it is."""
    chosen = _setting()
    chosen.value = {**chosen.value, **{name: bool(switches.get(name)) for name in (*SWITCHES, "minors")}}
    db.session.flush()
    record("chat.manners", actor_id=by.id, **{name: bool(switches.get(name)) for name in (*SWITCHES, "minors")})


def choose_keeping(months: Mapping[str, int], by: Member) -> None:
    """Keep messages for so many months, by kind of room; 0: for ever. Raises Refused."""
    keep = {kind: months.get(kind, 0) for kind in KINDS}
    if any(number not in KEEP_MONTHS for number in keep.values()):
        raise Refused("keep months")
    chosen = _setting()
    chosen.value = {**chosen.value, "keep": keep}
    db.session.flush()
    record("chat.keep", actor_id=by.id, **keep)


def choose_course(course_id: UUID, peers: bool | None, by: Member) -> None:
    """Let participants of a course talk to one another, or not; None: as the academy has it."""
    room = actions.open_course(course_id)
    room.peers = peers
    db.session.flush()
    record("chat.course", actor_id=by.id, course=str(course_id), peers=peers)


def course_choices() -> list[tuple[UUID, str, bool | None]]:
    """Return (id, title, own choice) of the courses that can be taken now, by title."""
    rows = db.session.execute(
        sa.select(Course.id, Publication.outline["title"].astext, Room.peers).select_from(Course).join(Publication, Publication.id == Course.publication_id)
        .outerjoin(Room, sa.and_(Room.course_id == Course.id, Room.kind == "course"))
        .where(Course.state == "published").order_by(Publication.outline["title"].astext, Course.id)
    )  # fmt: skip
    return [(row[0], row[1], row[2]) for row in rows]


def _setting() -> Setting:
    found = db.session.get(Setting, SETTING, with_for_update=True)
    if found is None:
        found = Setting(name=SETTING, value={})
        db.session.add(found)
    return found
