"""Open an academy: take the next spare schema, name it, give it its owner, all in one transaction.

Without a spare the academy is named at once and a job makes its schema; until then its host answers 503.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import make_transient_to_detached

from core import clock, ids, queue
from core.academies import queries, rules
from core.academies.actions import CHANGED, SlugRefused, announce_change
from core.academies.handoff import facts_of
from core.academies.models import Academy
from core.accounts.models import Account
from core.config import config
from core.db import CORE, academy_scope, db
from core.errors import Refused
from core.owner import Connection
from tenants.history import head_revision
from tenants.people.owners import first_member, member_for_owner
from tenants.provision import provision_schema

# One statement, because each costs a round trip and an opening is waited for: it takes the next spare of the
# newest revision (or a fresh number), and names the academy, its owner, the act and the change.
OPEN = sa.text("""
WITH spare AS (
  DELETE FROM local.spares WHERE number = (
    SELECT s.number FROM local.spares s JOIN local.revisions r USING (number)
     WHERE r.revision = :head ORDER BY s.number LIMIT 1 FOR UPDATE OF s SKIP LOCKED)
  RETURNING number
), academy AS (
  INSERT INTO core.academies (id, number, slug, name, state, plan, cluster, colour, language, zone, made_at)
  SELECT :id, coalesce((SELECT number FROM spare), nextval('local.academy_numbers')), :slug, :name, :state, :plan,
         :cluster, :colour, :language, :zone, :made_at
  RETURNING id, number
), owned AS (
  INSERT INTO core.ownerships (id, academy_id, account_id, since) SELECT :ownership_id, id, :owner_id, :made_at FROM academy
), noted AS (
  INSERT INTO core.audit (id, at, actor_id, act, number, facts)
  SELECT :event_id, :made_at, :owner_id, 'academy.opened', number, '{}' FROM academy
)
SELECT number, EXISTS (SELECT 1 FROM spare) AS has_spare, pg_notify(:changed, number::text) FROM academy
""").bindparams(sa.bindparam("id", type_=sa.Uuid), sa.bindparam("ownership_id", type_=sa.Uuid),
                sa.bindparam("owner_id", type_=sa.Uuid), sa.bindparam("event_id", type_=sa.Uuid))  # fmt: skip

DEFAULTS = {name: Academy.__table__.c[name].default.arg for name in ("state", "plan", "cluster", "zone")}


def open_academy(name: str, slug: str, owner: Account, colour: str, language: str) -> Academy:
    """Return a new academy, ready to be entered if a spare waited. Raises SlugRefused or Refused."""
    problem = queries.slug_problem(slug, config().platform_name)
    if problem is not None:
        raise SlugRefused(problem)
    if not rules.is_name(name) or not rules.is_colour(colour):
        raise Refused("name or colour")
    values = {"id": ids.uuid7(), "name": name, "slug": slug, "colour": colour, "language": language,
              "made_at": clock.now(), **DEFAULTS}  # fmt: skip
    number, has_spare = _write_down(values, owner)
    academy = Academy(number=number, **values)
    make_transient_to_detached(academy)
    db.session.add(academy)
    if has_spare:
        move_in(academy, owner, is_new=True)
        queue.later("academies.furnish", academy=number, once=f"furnish-{number}")
    else:
        queue.later("academies.prepare", academy=number, priority=1)
    return academy


def _write_down(values: dict[str, Any], owner: Account) -> tuple[int, bool]:
    """Return the number of the academy and whether a spare waited for it. Raises SlugRefused."""
    more = {"owner_id": owner.id, "ownership_id": ids.uuid7(), "event_id": ids.uuid7(), "head": head_revision(),
            "changed": CHANGED}  # fmt: skip
    try:
        row = db.session.execute(OPEN, values | more).one()
    except IntegrityError:
        db.rollback()
        raise SlugRefused("taken") from None
    return int(row.number), bool(row.has_spare)


def move_in(academy: Academy, owner: Account, is_new: bool = False) -> None:
    """Give the academy its owner as a member, unless they are there already.

    `is_new`: nobody can be there yet, so nobody is looked for.
    """
    facts = facts_of(owner)
    with db.aside(academy_scope(academy.number, academy.cluster)):
        first_member(facts) if is_new else member_for_owner(facts)


def prepare_academy(owner: Connection, number: int) -> None:
    """Make the schema of an academy that found no spare, and let its owner move in. Once done, or closed, do nothing."""
    provision_schema(owner, number)
    with db.scope(CORE, commit=True):
        academy = queries.academy_by_number(number)
        for ownership in academy.owners if queries.is_ready(academy) else ():
            move_in(academy, ownership.account)
        queue.later("academies.furnish", academy=number, once=f"furnish-{number}")
        announce_change(number)
