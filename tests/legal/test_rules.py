"""Who is asked again, until when; and what changed between two texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.legal.rules import Holding, Piece, Signer, asked_for, difference, due_at, filled

START = datetime(2026, 12, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


ONE, MINOR, TWO = Holding(1, True, day(0)), Holding(2, False, day(10)), Holding(3, True, day(20))


@pytest.mark.parametrize(("accepted", "on", "asked"), [
    (None, -1, None), (None, 0, 1), (1, 0, None), (None, 12, 2), (1, 12, None), (2, 12, None), (1, 21, 3), (2, 21, 3), (3, 21, None), (None, 21, 3),
])  # fmt: skip
def test_only_a_major_change_asks_who_accepted_before(accepted: int | None, on: int, asked: int | None) -> None:
    found = asked_for([ONE, MINOR, TWO], accepted, day(on))
    assert (None if found is None else found.number) == asked


def test_thirty_days_begin_with_the_first_change_that_was_missed_and_never_before_somebody_came() -> None:
    assert due_at([ONE, MINOR, TWO], 1, day(-100), day(25)) == day(50)
    assert due_at([ONE, MINOR, TWO], None, day(-100), day(25)) == day(30)
    assert due_at([ONE, MINOR, TWO], None, day(24), day(25)) == day(54)
    later = Holding(4, True, day(40))
    assert due_at([ONE, MINOR, TWO, later], 1, day(-100), day(45)) == day(50), "another change gives no new thirty days"


def test_a_text_with_a_place_that_nobody_knows_is_refused() -> None:
    assert filled("Write to {contact}.", {"contact": "a@b.example"}) == "Write to a@b.example."
    with pytest.raises(KeyError):
        filled("{nobody}", {})


def test_a_difference_says_what_went_and_what_came_in_its_place() -> None:
    old = "# Title\n\nWe keep it for ten days.\n\n- one\n- two\n\nThe end."
    new = "# Title\n\nWe keep it for thirty days.\n\n- one\n- two\n- three\n\nThe end."
    found = difference(old, new)
    assert [Piece("same", "# Title")] in found and [Piece("new", "- three")] in found
    changed = next(one for one in found if Piece("gone", "ten") in one)
    assert changed == [Piece("same", "We keep it for "), Piece("gone", "ten"), Piece("new", "thirty"), Piece("same", " days.")]


@given(st.text(alphabet="ab \n#-", max_size=60), st.text(alphabet="ab \n#-", max_size=60))
def test_both_texts_can_be_read_out_of_their_difference(old: str, new: str) -> None:
    found = difference(old, new)

    def words(kinds: set[str]) -> str:
        return "".join("".join(piece.text for piece in one if piece.kind in kinds) for one in found).replace(" ", "")

    def plain(text: str) -> str:
        lines = [" ".join(line.split()) for line in text.splitlines()]
        return "".join(line for line in lines if line.strip(" |-")).replace(" ", "")

    if not any(line.strip() and not line.strip(" |-") for text in (old, new) for line in text.splitlines()):
        assert words({"same", "gone"}) == plain(old) and words({"same", "new"}) == plain(new)


def test_a_party_is_whole_with_organisation_address_name_and_function() -> None:
    whole = Signer(" Bakkerij  Noord ", "Dorpsstraat 1\nOns Dorp", "", "Olga", "director").trimmed()
    assert whole.is_whole and whole.organisation == "Bakkerij Noord" and whole.address == "Dorpsstraat 1 Ons Dorp"
    assert not Signer("", "a", "b", "c", "d").is_whole and len(Signer("x" * 900, "", "", "", "").trimmed().organisation) == 200
