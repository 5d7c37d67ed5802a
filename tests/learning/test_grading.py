"""Right or not, without a database: choices, words with typing mistakes, exact decimals with a margin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.learning.grading import (
    NotANumber,
    distance,
    grade,
    is_accepted,
    is_within,
    number_of,
    plain,
    typos_allowed,
)

choices = st.sets(st.sampled_from("abcde"))
words = st.text(st.sampled_from("abcdé "), max_size=12)
decimals = st.decimals(-10**9, 10**9, places=6)


def question(kind: str, right: set[str] = frozenset(), **rule: Any) -> dict[str, Any]:  # type: ignore[assignment]
    """Return a published question over the choices a-e."""
    return {"kind": kind, "choices": [{"id": one, "is_right": one in right} for one in "abcde"], "rule": rule}


@given(choices, choices)
def test_a_multiple_choice_is_right_when_exactly_the_right_ones_are_chosen(right: set[str], given_: set[str]) -> None:
    assert grade(question("multiple", right), {"choices": given_}) is (bool(right) and right == given_)


@pytest.mark.parametrize("kind", ["single", "truefalse"])
@given(st.sampled_from("abcde"), choices)
def test_a_single_choice_takes_one_and_only_the_right_one(kind: str, right: str, given_: set[str]) -> None:
    assert grade(question(kind, {right}), {"choices": given_}) is (given_ == {right})


@given(choices, st.text())
def test_nobody_but_a_trainer_grades_an_open_answer(right: set[str], text: str) -> None:
    assert grade(question("open", right), {"text": text}) is None


def test_pages_published_before_there_were_rules_are_graded() -> None:
    old = {"kind": "single", "choices": [{"id": "a", "is_right": True}]}
    assert grade(old, {"choices": ["a"]}) is True


@pytest.mark.parametrize(("text", "is_right"), [
    ("Insulin", True), ("  insulin. ", True), ("INSULIN", True), ("insuline", True), ("inuslin", True), ("inslin", True),
    ("insolun", False), ("", False), (".", False), ("heparin", False),
])  # fmt: skip
def test_a_word_bears_one_typing_mistake(text: str, is_right: bool) -> None:
    assert is_accepted(text, {"accepted": ["insulin"], "typos": 1}) is is_right


def test_capitals_matter_when_the_author_says_so() -> None:
    assert is_accepted("pH", {"accepted": ["pH"], "case": True})
    assert not is_accepted("PH", {"accepted": ["pH"], "case": True})


def test_short_words_bear_no_mistake() -> None:
    assert [typos_allowed(word, {"typos": 2}) for word in ("pH", "gist", "insulin", "medicatie")] == [0, 1, 1, 2]
    assert not is_accepted("pO", {"accepted": ["pH"], "typos": 2})


def test_the_same_letters_written_otherwise_are_the_same() -> None:
    assert is_accepted("cafe\u0301", {"accepted": ["café"]})
    assert is_accepted("zuur\u00a0deeg", {"accepted": ["zuur deeg"]})


@given(words, words)
def test_distance_is_a_distance(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert (distance(one, other) == 0) is (one == other)


@given(words, st.integers(0, 11), st.sampled_from("xyz"))
def test_one_letter_more_less_or_else_is_one_mistake(word: str, at: int, letter: str) -> None:
    at = min(at, len(word))
    assert distance(word, word[:at] + letter + word[at:]) == 1
    if word:
        at = min(at, len(word) - 1)
        assert distance(word, word[:at] + word[at + 1 :]) == 1
        assert distance(word, word[:at] + letter + word[at + 1 :]) == 1


def test_two_letters_swapped_are_one_mistake() -> None:
    assert distance("brood", "borod") == 1


@given(words, st.lists(words, max_size=4), st.integers(0, 2), st.booleans())
def test_every_accepted_answer_is_accepted(word: str, others: list[str], typos: int, case: bool) -> None:
    rule = {"accepted": [*others, word], "typos": typos, "case": case}
    assert is_accepted(word, rule) is bool(plain(word, case))


@given(decimals, st.decimals(0, 1000, places=3), st.decimals(-2000, 2000, places=4))
def test_a_number_is_right_within_the_margin_and_nowhere_else(value: Decimal, margin: Decimal, off: Decimal) -> None:
    rule = {"value": f"{value:f}", "tolerance": f"{margin:f}", "unit": ""}
    assert is_within(f"{value + off:f}", rule) is (abs(off) <= margin)


@pytest.mark.parametrize(("text", "number"), [
    ("12.5", "12.5"), ("12,5", "12.5"), (" 1 250 ", "1250"), ("-3", "-3"), ("\u22123,0", "-3"), ("+4", "4"), ("12,5 ml", "12.5"),
    ("12.5ML", "12.5"), ("0,10", "0.1"), ("\uff11\uff12", "12"),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert number_of(text, "ml") == Decimal(number)


@pytest.mark.parametrize("text", ["", "twelve", "1.2.3", "1,250.5", "12 mg", "1e5", "0x10", "--3", "٣", "9" * 40, "1/2", "NaN"])
def test_what_is_no_number_is_said_to_be_none(text: str) -> None:
    with pytest.raises(NotANumber):
        number_of(text, "ml")


def test_decimals_are_exact() -> None:
    assert is_within("0.3", {"value": "0.1", "tolerance": "0.2"})
    assert not is_within("0.3000001", {"value": "0.1", "tolerance": "0.2"})
