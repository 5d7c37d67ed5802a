"""Citizen service numbers (BSN) are refused wherever people are named, with a sentence, and not kept."""

from __future__ import annotations

import pytest

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.imports.reading import table_of
from tenants.imports.rules import head_of, judge
from tenants.people.rules import holds_citizen_number, is_citizen_number
from tests.cast import Cast
from tests.courses.writing import member

# Made up to pass the eleven test; none was given to anybody (they begin with nines, or are the tax office's own example).
GOOD, SHORT = "999996356", "10000008"


@pytest.mark.parametrize(("text", "is_one"), [
    (GOOD, True), ("9999.96.356", True), ("999 996 356", True), (SHORT, True), ("999996357", False), ("000000000", False),
    ("12345", False), ("9999963561", False), ("P999996356", False), ("", False),
])  # fmt: skip
def test_nine_digits_that_pass_the_eleven_test_are_one(text: str, is_one: bool) -> None:
    assert is_citizen_number(text) is is_one


def test_one_is_found_inside_a_text_and_not_inside_a_longer_number() -> None:
    assert holds_citizen_number(f"Sanne ({GOOD})") and holds_citizen_number("bsn 9999.96.356.")
    assert not holds_citizen_number(f"1{GOOD}") and not holds_citizen_number(f"{GOOD}1") and not holds_citizen_number("Sanne 2")


def test_a_name_with_one_is_refused_and_stays_typed(app: HostedFlask, cast: Cast) -> None:
    form = {"first_name": "Sanne", "last_name": f"de Wit {GOOD}", "language": "en", "scheme": "auto"}
    refused = cast.client(app, "participant").post("/me", data=form)
    assert refused.status_code == 422 and "citizen service number" in refused.text and f"de Wit {GOOD}" in refused.text
    with db.scope(cast.academy.scope):
        assert member(cast, "participant").last_name == "de Wit"


def test_a_personnel_number_that_is_one_is_refused(app: HostedFlask, cast: Cast) -> None:
    manager, url = cast.client(app, "manager"), f"/people/{cast.ids['participant']}/number"
    refused = manager.post(url, data={"number": GOOD})
    assert refused.status_code == 422 and "citizen service number" in refused.text
    with db.scope(cast.academy.scope):
        assert member(cast, "participant").number is None
    assert manager.post(url, data={"number": "999996357"}).status_code == 303


def test_an_imported_row_with_one_is_refused_and_the_number_is_not_kept() -> None:
    data = f"E-mail,First name,Last name,Personnel number\na@example.org,Ada,Berg,{GOOD}\nb@example.org,Bo {GOOD},Berg,17\nc@example.org,Cas,Berg,18\n"
    table = table_of(data.encode())
    first, second, third = judge(table[1:], head_of(table[0][1]), {}, {"participant"})
    assert first.problems == ["citizen_number"] == second.problems and third.problems == []
    assert GOOD not in f"{first} {second}"
