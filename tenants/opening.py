"""Open an academy: take the next spare schema, name it, give it its owner, all in one transaction.

Without a spare the academy is named at once and a job makes its schema; until then its host answers 503.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core import queue
from core.academies import queries, rules
from core.academies.actions import SlugRefused, announce_change
from core.academies.handoff import facts_of
from core.academies.models import Academy, Ownership
from core.accounts.models import Account
from core.audit.actions import record
from core.config import config
from core.db import CORE, academy_scope, db
from core.errors import Refused
from core.owner import Connection
from tenants.history import head_revision
from tenants.people.owners import first_member, member_for_owner
from tenants.provision import provision_schema

TAKE_SPARE = sa.text("""
DELETE FROM local.spares WHERE number = (
  SELECT s.number FROM local.spares s JOIN local.revisions r USING (number)
   WHERE r.revision = :head ORDER BY s.number LIMIT 1 FOR UPDATE OF s SKIP LOCKED)
RETURNING number
""")


def open_academy(name: str, slug: str, owner: Account, colour: str, language: str) -> Academy:
    """Return a new academy, ready to be entered if a spare waited. Raises SlugRefused or Refused."""
    problem = queries.slug_problem(slug, config().platform_name)
    if problem is not None:
        raise SlugRefused(problem)
    if not rules.is_name(name) or not rules.is_colour(colour):
        raise Refused("name or colour")
    spare = db.session.execute(TAKE_SPARE, {"head": head_revision()}).scalar_one_or_none()
    academy = _name(spare or _next_number(), name, slug, colour, language)
    db.session.add(Ownership(academy_id=academy.id, account_id=owner.id))
    record("academy.opened", actor_id=owner.id, number=academy.number)
    if spare is None:
        queue.later("academies.prepare", academy=academy.number, priority=1)
    else:
        move_in(academy, owner, is_new=True)
    queue.later("spares.refill", once="spares")
    announce_change(academy.number)
    return academy


def move_in(academy: Academy, owner: Account, is_new: bool = False) -> None:
    """Give the academy its owner as a member, unless they are there already, and a course to look at.

    `is_new`: nobody can be there yet, so nobody is looked for.
    """
    facts = facts_of(owner)
    with db.aside(academy_scope(academy.number, academy.cluster)):
        first_member(facts) if is_new else member_for_owner(facts)
        queue.later("academies.sample_course", once="sample")


def prepare_academy(owner: Connection, number: int) -> None:
    """Make the schema of an academy that found no spare, and let its owner move in. Once done, or closed, do nothing."""
    provision_schema(owner, number)
    with db.scope(CORE, commit=True):
        academy = queries.academy_by_number(number)
        for ownership in academy.owners if queries.is_ready(academy) else ():
            move_in(academy, ownership.account)
        announce_change(number)


def _name(number: int, name: str, slug: str, colour: str, language: str) -> Academy:
    academy = Academy(number=number, slug=slug, name=name, colour=colour, language=language)
    db.session.add(academy)
    try:
        db.session.flush()
    except IntegrityError:
        db.rollback()
        raise SlugRefused("taken") from None
    return academy


def _next_number() -> int:
    return int(db.session.execute(sa.text("SELECT nextval('local.academy_numbers')")).scalar_one())
