"""Everything that is stored about a member, found by the same foreign keys by which they are removed.

A new table that refers to members is here by itself. What others wrote or did in one's rooms, and who they are, is left
out: `BY` says whose rows they are, and every other member's id becomes "somebody else".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from core import sealed
from core.db import AcademyBase, academy_metadata, db
from tenants.audit.models import Event
from tenants.erasure import reach
from tenants.people.models import Member

Row = dict[str, Any]
# Whose a row is, where more than one key leads to members: what others did to somebody is not that somebody's to take.
BY = {
    "member_blocks": "member_id", "message_reports": "reporter_id", "messages": "sender_id", "reactions": "member_id",
    "attachments": "member_id", "mentions": "member_id", "room_stands": "member_id",
}  # fmt: skip
# Written by a person beside what hangs under their own rows.
WRITTEN = {"reviews": "by_id", "hand_in_messages": "by_id"}
# Rows under a manager's own that tell of other people; those that name the member are found by address and number.
NAMED = frozenset({"people_import_rows", "past_import_rows"})
# Rows that know somebody by their address alone, without a look-up for it.
ADDRESSED = {"letters": "recipient", "asks": "email", "joinings": "email", "organisations": "contact_email"}
# Columns that stay out of the archive, and why; `table.column`.
WITHHELD = {
    "members.password_hash": "a secret, and no password can be read from it",
    "members.account_id": "an id of the platform without meaning here",
    "push_browsers.endpoint": "a secret address: who has it can write to the browser",
    "push_browsers.public_key": "goes with the secret address",
    "push_browsers.secret": "a secret",
    "letters.unsubscribe": "a secret address that changes what somebody gets",
    "sittings.paper": "the questions of a test with their right answers",
    "sittings.settings": "how the author set the test",
    "sittings.seed": "the order of the questions",
    "sittings.points": "in own-work.json as soon as the author shows results",
    "sittings.percent": "in own-work.json as soon as the author shows results",
    "sittings.is_passed": "in own-work.json as soon as the author shows results",
    "sitting_answers.points": "in own-work.json as soon as the author shows results",
    "sitting_answers.given_points": "in own-work.json as soon as the author shows results",
    "sitting_answers.worth": "in own-work.json as soon as the author shows results",
}


def stored(member: Member) -> dict[str, list[Row]]:
    """Return every row that is kept about the member by table, ready for JSON; tables without one are left out."""
    found = {name: [_told(row, name, member.id) for row in _rows(name, member)] for name in [*reach.own_tables(), "invitations"]}
    for name, field in ADDRESSED.items():
        found[name] = found.get(name, []) + [_told(row, name, member.id) for row in _addressed(name, field, member)]
    found["audit"] = _acts(member.id)
    return {name: rows for name, rows in found.items() if rows}


def counts(member: Member) -> dict[str, int]:
    """Return how many rows each table keeps about the member, in one statement; tables without one are left out."""
    names = [*reach.own_tables(), "invitations"]
    counted = [sa.select(sa.func.count()).select_from(models()[name]).where(_is_theirs(name, member)).scalar_subquery().label(name) for name in names]
    acts = sa.select(sa.func.count()).select_from(Event).where(Event.actor_id == member.id).scalar_subquery().label("audit")
    row = db.session.execute(sa.select(*counted, acts)).one()
    return {name: int(number) for name, number in row._mapping.items() if number}


@cache
def models() -> dict[str, type[AcademyBase]]:
    """Return the class of each table of an academy."""
    return {mapper.local_table.name: mapper.class_ for mapper in AcademyBase.registry.mappers}  # type: ignore[attr-defined]


@cache
def columns_told(name: str) -> tuple[str, ...]:
    """Return the names of what is told of a table's row: everything but keys of the look-up, secrets and what is withheld."""
    return tuple(_told_columns(academy_metadata.tables[name]))


def _told_columns(table: sa.Table) -> Iterator[str]:
    for column in table.columns:
        is_sealed: bool = column.info.get("sealed", False)
        name = column.name.removesuffix("_sealed") if is_sealed else column.name
        is_plain = isinstance(column.type, sa.LargeBinary) and not is_sealed  # a hash or a blind index
        is_inside = isinstance(column.type, JSONB) and column.info["personal"] == "none"
        is_secret = "hash" in name
        if not is_secret and not is_plain and not is_inside and f"{table.name}.{name}" not in WITHHELD:
            yield name


def _rows(name: str, member: Member) -> list[AcademyBase]:
    model: Any = models()[name]
    wanted = sa.select(model).where(_is_theirs(name, member)).order_by(*sa.inspect(model).primary_key)
    return list(db.session.scalars(wanted).unique())


def _addressed(name: str, field: str, member: Member) -> list[AcademyBase]:
    """Return the rows with the member's address that no key leads to: only the address of each row is opened to find them."""
    model: Any = models()[name]
    if member.email is None:
        return []
    wanted = sa.select(model.id, sealed.stored(model, field))
    rows = db.session.execute(wanted.where(model.member_id.is_(None)) if hasattr(model, "member_id") else wanted).all()
    said = sealed.unseal_rows(model, field, ((row[0], row[1]) for row in rows))
    ids = [row[0] for row, address in zip(rows, said, strict=True) if (address or "").casefold() == member.email.casefold()]
    return [db.session.get_one(model, one) for one in ids]


def _is_theirs(name: str, member: Member) -> sa.ColumnElement[bool]:
    """Return the condition that the row tells of the member, or was written by them."""
    table, model = academy_metadata.tables[name], models()[name]
    if name in NAMED or name == "invitations":
        return _names(model, member)
    if name in BY:
        return table.c[BY[name]] == member.id
    own = reach.rows_of(name, member.id)
    if name == "reviews":  # what is not sent yet is its writer's alone
        own = sa.and_(own, table.c.sent_at.is_not(None))
    return sa.or_(own, table.c[WRITTEN[name]] == member.id) if name in WRITTEN else own


def _names(model: Any, member: Member) -> sa.ColumnElement[bool]:
    """Return the condition that the row names the member: by their id, address or personnel number."""
    said = [sealed.matches(model, name, value) for name, value in (("email", member.email), ("number", member.number)) if value and hasattr(model, name)]
    ids = [model.member_id == member.id] if hasattr(model, "member_id") else []
    return sa.or_(sa.false(), *ids, *said)


def _told(row: AcademyBase, name: str, member_id: UUID) -> Row:
    people = {key.parent.name for key in academy_metadata.tables[name].foreign_keys if key.column.table.name == reach.MEMBERS}
    return {column: _plain(getattr(row, column), column in people, member_id) for column in columns_told(name)}


def _plain(value: Any, is_person: bool, member_id: UUID) -> Any:
    """Return the value as JSON has it; other people have no name and no id."""
    if is_person and value is not None:
        return "you" if value == member_id else "somebody else"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value) if isinstance(value, UUID | date | Decimal) else value


def _acts(member_id: UUID) -> list[Row]:
    """Return what the member did that the academy accounts for: which act and when, not to whom."""
    rows = db.session.execute(sa.select(Event.act, Event.at).where(Event.actor_id == member_id).order_by(Event.at))
    return [{"act": act, "at": at.isoformat(timespec="seconds")} for act, at in rows]
