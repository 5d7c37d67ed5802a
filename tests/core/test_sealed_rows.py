"""T37 in real rows: what Postgres stores of a person, and what happens when someone moves it."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from core.accounts.models import Account
from core.db import CORE, db
from core.errors import Tampered
from core.owner import owner_connection
from core.sealed import matches, stored, unseal, unseal_rows
from tenants.people.models import Member
from tests.opened import Opened


def add_member(opened: Opened, email: str, first_name: str = "Sanne", last_name: str = "de Wit") -> UUID:
    with db.scope(opened.scope, commit=True):
        member = Member(email=email, first_name=first_name, last_name=last_name)
        db.session.add(member)
        db.session.flush()
        return member.id


def load(member_id: UUID) -> Member:
    member = db.session.get(Member, member_id)
    assert member is not None
    return member


def as_owner(statement: str, *values: object) -> None:
    with owner_connection() as owner:
        assert owner.execute(statement, values).rowcount == 1  # type: ignore[arg-type, call-overload, unused-ignore]


def test_a_member_is_read_back_from_the_database(academy: Opened) -> None:
    member_id = add_member(academy, "Sanne@voorbeeld.nl")
    with db.scope(academy.scope):
        member = load(member_id)
        assert (member.email, member.name) == ("Sanne@voorbeeld.nl", "Sanne de Wit")
        db.session.expire(member)
        assert member.email == "Sanne@voorbeeld.nl"


def test_a_change_that_is_rolled_back_is_not_seen(academy: Opened) -> None:
    member_id = add_member(academy, "sanne@voorbeeld.nl")
    with db.scope(academy.scope):
        member = load(member_id)
        member.first_name = "Someone else"
        db.session.flush()
        db.rollback()
        assert load(member_id).first_name == "Sanne"


def test_the_database_holds_no_readable_byte_of_the_person(academy: Opened) -> None:
    add_member(academy, "sanne@voorbeeld.nl", "Zonnebloem", "Waterlelie")
    with db.scope(academy.scope):
        row = db.session.execute(sa.text("SELECT members::text FROM members")).scalar_one()
    for word in ("sanne@voorbeeld.nl", "Zonnebloem", "Waterlelie"):
        assert word not in row
        assert word.encode().hex() not in row


def test_a_member_is_found_by_address_however_it_is_written(academy: Opened, other: Opened) -> None:
    member_id = add_member(academy, "Sanne@Voorbeeld.nl")
    add_member(other, "sanne@voorbeeld.nl")
    with db.scope(academy.scope):
        query = sa.select(Member.id).where(matches(Member, "email", " sanne@voorbeeld.NL"))
        assert db.session.scalars(query).all() == [member_id]


def test_two_academies_index_the_same_address_differently(academy: Opened, other: Opened) -> None:
    found = set()
    for opened in (academy, other):
        add_member(opened, "sanne@voorbeeld.nl")
        with db.scope(opened.scope):
            found.add(db.session.scalars(sa.select(Member.__table__.c.email_index)).one())
    assert len(found) == 2


def test_the_same_address_twice_is_refused_by_the_database(academy: Opened) -> None:
    add_member(academy, "sanne@voorbeeld.nl")
    with pytest.raises(IntegrityError, match="email_index"):
        add_member(academy, "SANNE@voorbeeld.nl")


def test_selected_columns_are_opened_without_loading_rows(academy: Opened) -> None:
    people = {add_member(academy, f"person{n}@voorbeeld.nl", f"Person {n}"): f"Person {n}" for n in range(5)}
    with db.scope(academy.scope):
        rows = db.session.execute(sa.select(Member.id, stored(Member, "first_name"))).all()
        names = unseal_rows(Member, "first_name", rows)
        assert dict(zip([row[0] for row in rows], names, strict=True)) == people
        assert unseal(Member, "first_name", *rows[0]) == people[rows[0][0]]


def test_an_account_can_be_read_inside_an_academys_frame(academy: Opened) -> None:
    with db.scope(CORE):
        account = Account(email="olga@voorbeeld.nl", first_name="Olga", last_name="Visser")
        db.session.add(account)
        db.session.flush()
        with db.scope(academy.scope):
            assert account.email == "olga@voorbeeld.nl"


MOVES = {
    "to another row": "UPDATE {one}.members a SET email_sealed = b.email_sealed FROM {one}.members b"
    " WHERE a.id = %s AND b.id <> a.id",
    "to another column": "UPDATE {one}.members SET email_sealed = last_name_sealed WHERE id = %s",
    "to another academy": "UPDATE {one}.members a SET email_sealed = b.email_sealed FROM {two}.members b"
    " WHERE a.id = %s AND b.id = a.id",
    "with one bit flipped": "UPDATE {one}.members SET email_sealed = set_bit(email_sealed, 200,"
    " 1 - get_bit(email_sealed, 200)) WHERE id = %s",
    "by what was never sealed": "UPDATE {one}.members SET email_sealed = 'sanne@voorbeeld.nl' WHERE id = %s",
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_T37_a_value_moved_in_the_database_is_refused_with_an_alarm(academy: Opened, other: Opened, move: str) -> None:
    victim = add_member(academy, "victim@voorbeeld.nl")
    add_member(academy, "neighbour@voorbeeld.nl")
    with db.scope(other.scope, commit=True):
        twin = Member(id=victim, email="twin@voorbeeld.nl", first_name="Twin", last_name="Twin")
        db.session.add(twin)
    as_owner(move.format(one=academy.scope.role, two=other.scope.role), victim)
    with db.scope(academy.scope), capture_logs() as lines:
        member = load(victim)
        with pytest.raises(Tampered) as refusal:
            _ = member.email
        assert member.first_name == "Sanne"
    (alarm,) = lines
    assert alarm == {
        "event": "ciphertext_refused", "log_level": "error",
        "holder": academy.scope.role, "table": "members", "column": "email", "row_id": str(victim),
    }  # fmt: skip
    assert "voorbeeld" not in str(refusal.value)
