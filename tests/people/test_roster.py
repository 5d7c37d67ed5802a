"""Names in Dutch order, found however they are typed; and a list that is kept in memory is never older than the database."""

from __future__ import annotations

import pytest

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.people.models import Member
from tenants.people.names import folded, matches, sort_key, split_surname
from tenants.people.queries import Wanted, people_page
from tests.cast import Cast
from tests.certificates.giving import counted


@pytest.mark.parametrize(("surname", "prefix", "rest"), [
    ("van den Berg", "van den", "Berg"), ("de Wit", "de", "Wit"), ("Van der Meer-Jansen", "Van der", "Meer-Jansen"), ("Berg", "", "Berg"),
    ("in 't Veld", "in 't", "Veld"), ("’s Gravenhage", "'s", "Gravenhage"), ("d'Hondt", "d'", "Hondt"), ("van", "", "van"), ("", "", ""),
    ("de la Cruz", "de la", "Cruz"), ("Deen", "", "Deen"),
])  # fmt: skip
def test_a_prefix_stands_behind(surname: str, prefix: str, rest: str) -> None:
    assert split_surname(surname) == (prefix, rest)


def test_names_sort_as_in_a_dutch_telephone_book() -> None:
    people = [("Zoë", "Åkerman"), ("Jan", "van den Berg"), ("An", "Berg"), ("Bo", "de Boer"), ("Eve", "Çelik"), ("Cher", ""), ("Ali", "el Idrissi")]
    assert [first for first, last in sorted(people, key=lambda one: sort_key(*one))] == ["Zoë", "An", "Jan", "Bo", "Eve", "Cher", "Ali"]


@pytest.mark.parametrize(("typed", "name", "found"), [
    ("berg jan", "Jan van den Berg", True), ("CELIK", "Eve Çelik", True), ("jan-willem", "Jan Willem Bos", True), ("oneill", "Sean O'Neill", True),
    ("bergen", "Jan van den Berg", False), ("", "Anybody", True),
])  # fmt: skip
def test_a_name_is_found_however_it_is_typed(typed: str, name: str, found: bool) -> None:
    assert matches(folded(typed), folded(name)) == found


def listed(cast: Cast, **wanted: str) -> list[str]:
    with db.scope(cast.academy.scope):
        return [one.name for one in people_page(Wanted(**wanted)).rows]  # type: ignore[arg-type]


def test_the_list_is_never_older_than_the_database(app: HostedFlask, cast: Cast) -> None:
    assert listed(cast)[0] == "Yusuf Demir"
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["participant"]).last_name = "van den Akker"
        db.session.add(Member(email="new@example.org", first_name="Nu", last_name="Aalders"))
    assert listed(cast)[:2] == ["Nu Aalders", "Sanne van den Akker"] and listed(cast, search="akker") == ["Sanne van den Akker"]
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Member, cast.ids["participant"]).state = "removed"
    assert "Sanne van den Akker" not in listed(cast) and listed(cast, state="removed") == ["Sanne van den Akker"]
    assert listed(cast, sort="-name")[-1] == "Nu Aalders" and listed(cast, sort="email")[0] != listed(cast, sort="-email")[0]
    with db.scope(cast.academy.scope):
        db.session.get_one(Member, cast.ids["second"]).last_name = "Aaaa"
        db.session.flush()
        assert people_page(Wanted()).rows[0].last_name == "Aaaa", "as it stands in this transaction"
        db.session.rollback()
    assert listed(cast)[0] == "Nu Aalders"


def test_a_list_of_two_and_of_three_hundred_cost_the_same(app: HostedFlask, cast: Cast) -> None:
    client, costs = cast.client(app, "manager"), []
    for number in range(2):
        client.get("/people?q=x")
        with counted() as sent:
            assert client.get("/people?role=participant&sort=-visited").status_code == 200
        costs.append(len([one for one in sent if not one.startswith("RESET")]))
        with db.scope(cast.academy.scope, commit=True):
            db.session.add_all(Member(email=f"r{number}-{place}@example.org", first_name="R", last_name=f"{place}") for place in range(300))
    assert costs[0] == costs[1] <= 12, costs
