"""Nothing personal remains of somebody who was removed, in any table; and a table that nobody thought of fails here."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.db import academy_metadata, db
from core.schema import facts
from tenants.audit.models import Event
from tenants.erasure import actions, rules, walk
from tenants.people.models import Member
from tests.cast import Cast
from tests.erasure import rows

NOBODY = UUID(int=0)


def test_every_table_says_what_erasure_does_with_it() -> None:
    assert walk.unhandled() == []


def test_every_table_of_a_person_is_counted_under_a_name() -> None:
    named = {table for tables in rules.KINDS.values() for table in tables} | rules.INSIDE
    assert set(walk.own_rows(NOBODY)) == named, "name the new table in KINDS or INSIDE of tenants/erasure/rules.py"


def test_no_reference_to_a_member_hides_from_the_walk() -> None:
    order = {table.name: place for place, table in enumerate(academy_metadata.sorted_tables)}
    for table in academy_metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.ondelete == "CASCADE":
                assert order[key.column.table.name] < order[table.name], "the walk sees parents before their children"
        plain = {column.name for column in table.columns if not column.foreign_keys and isinstance(column.type, sa.Uuid)}
        hidden = {name for name in plain if "member" in name or name.endswith("_by") or name.startswith("by_")}
        assert not hidden, f"{table.name} refers to a member without a foreign key"


@pytest.mark.parametrize(("ondelete", "is_personal"), [("SET NULL", True), (None, False), ("RESTRICT", False)])
def test_a_new_table_that_nobody_thought_of_is_told(
    ondelete: str | None, is_personal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = facts("what was whispered", "content" if is_personal else "none", "academy", "delete" if is_personal else None)
    new = sa.Table("whispers", sa.MetaData(), sa.Column("id", sa.Uuid, info=facts("row")),
                   sa.Column("by_id", sa.ForeignKey(walk.MEMBERS.c.id, ondelete=ondelete), info=facts("who")),
                   sa.Column("words", sa.Text, info=info))  # fmt: skip
    monkeypatch.setattr(walk, "academy_metadata", SimpleNamespace(sorted_tables=[*academy_metadata.sorted_tables, new]))
    assert [one.split()[0] for one in walk.unhandled()] == ["whispers.words" if is_personal else "whispers.by_id"]


def test_nothing_of_a_person_remains_in_any_table(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        first, last = rows.NAME.split()
        person = Member(email=rows.EMAIL, first_name=first, last_name=last)
        db.session.add(person)
        db.session.flush()
        made = rows.write_rows(person.id)
        assert set(made) == set(academy_metadata.tables), "a row stands in every table"
        signs = (rows.NAME, first, rows.EMAIL, str(person.id))
        told = rows.telling(rows.all_rows(), *signs)
        assert {"letters", "asks", "files", "join_links", "answers", "certificates", "certificate_designs"} <= set(told)
        person.state, person_id = "erasing", person.id
    with db.scope(cast.academy.scope, commit=True):
        gone = actions.erase(person_id)
        assert gone is not None and all(gone[table] >= 1 for table in walk.own_rows(NOBODY))
    with db.scope(cast.academy.scope):
        left = rows.all_rows()
        assert rows.telling(left, *signs) == ["audit"]
        receipt = db.session.scalars(sa.select(Event).where(Event.act == "member.erased")).one()
        assert set(receipt.facts) == {"member", "rows"} and receipt.facts["member"] == str(person_id)
        assert all(isinstance(count, int) for count in receipt.facts["rows"].values())
        assert rows.telling({"audit": [row for row in left["audit"] if row["id"] == receipt.id]}, rows.NAME, rows.EMAIL) == []
        for table in walk.own_rows(NOBODY).keys() - {"members", "member_roles", "sessions"}:
            assert left[table] == [], f"a row of {table} is left"
        assert len(left["courses"]) == len(left["live_sessions"]) == len(left["join_links"]) == 1
        assert len(left["members"]) == len(cast.ids), "everybody else is still here"
        assert actions.erase(person_id) is None, "run again it does nothing"
