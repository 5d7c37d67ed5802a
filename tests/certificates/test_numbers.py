"""Numbers are read aloud, typed loosely, and a slip is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.certificates.numbers import ALPHABET, check_sign, grouped, new_number, number_of

SIGNS = st.text(ALPHABET, min_size=11, max_size=11)


def whole(signs: str) -> str:
    return signs + check_sign(signs)


def test_numbers_differ_and_hold_no_look_alikes() -> None:
    made = {new_number() for _ in range(2_000)}
    assert len(made) == 2_000 and not set("".join(made)) & set("01ILO")
    assert all(number_of(one) == one for one in made)


@given(SIGNS)
def test_a_number_is_known_however_it_is_typed(signs: str) -> None:
    number = whole(signs)
    for typed in (number.lower(), grouped(number), f" {number[:5]} {number[5:]}- ", number.replace(number[3], number[3].lower())):
        assert number_of(typed) == grouped(number)


@given(SIGNS, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_every_single_slip_is_found(signs: str, place: int, other: str) -> None:
    number = whole(signs)
    slipped = number[:place] + other + number[place + 1 :]
    assert (number_of(slipped) is None) == (other != number[place])


@given(SIGNS, st.integers(0, 11), st.integers(0, 11))
def test_every_swap_of_two_is_found(signs: str, one: int, other: int) -> None:
    number = list(whole(signs))
    same = number[one] == number[other]
    number[one], number[other] = number[other], number[one]
    assert (number_of("".join(number)) is None) != same


@pytest.mark.parametrize("typed", ["", "x", "2345-6789", "\u0662" * 12, "2" * 400, "2345-6789-ABC\u0131", "../../etc/passwd"])
def test_anything_else_is_no_number(typed: str) -> None:
    assert number_of(typed) is None
