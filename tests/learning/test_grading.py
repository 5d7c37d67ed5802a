"""Right or not, without a database: choices, words with typing mistakes, exact decimals with a margin."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.courses.gaps import Gap, gaps_of, pieces_of, written
from tenants.learning.answering import match_options, order_now, order_shown
from tenants.learning.grading import (
    NotANumber,
    distance,
    grade,
    is_accepted,
    is_within,
    number_of,
    places_right,
    plain,
    share,
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


@given(choices, choices)
def test_a_share_of_choices_is_fair_and_never_below_nothing(right: set[str], given_: set[str]) -> None:
    asked = question("multiple", right, partial=True)
    earned = share(asked, {"choices": given_})
    assert earned is not None and 0 <= earned <= 1
    assert (earned == 1) == (bool(right) and right == given_), "everything only for everything"
    assert share(asked, {"choices": set("abcde")}) in (0, 1, max(Fraction(0), Fraction(2 * len(right) - 5, len(right) or 1)))
    if right and given_ < right:
        assert earned == Fraction(len(given_), len(right))


@given(choices, choices)
def test_without_partial_a_question_is_right_or_not(right: set[str], given_: set[str]) -> None:
    assert share(question("multiple", right), {"choices": given_}) in (0, 1)


orders = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1)


@given(orders, st.data())
def test_an_order_earns_each_item_in_its_place(items: list[str], data: st.DataObject) -> None:
    put = data.draw(st.permutations(items))
    places = {item: str(n) for n, item in enumerate(put, start=1)}
    asked = {"id": "q", "kind": "ordering", "rule": {"items": [{"id": i, "text": i} for i in items], "partial": True}}
    same_place = sum(one == other for one, other in zip(items, put, strict=True))
    assert places_right(asked, {"places": places}) == (same_place, len(items))
    assert share(asked, {"places": places}) == Fraction(same_place, len(items))
    shown = [item["id"] for item in order_shown(asked)]
    assert sorted(shown) == sorted(items) and (len(items) == 1 or shown != items), "never shown solved"
    assert [item["id"] for item in order_now(asked, places)] == put


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["Rise", "Brown", "Sink"]), min_size=1))
def test_a_match_is_right_when_each_pair_is(pairs: dict[str, str]) -> None:
    asked = {"id": "q", "kind": "matching", "rule": {"pairs": [{"id": k, "left": k, "right": v} for k, v in pairs.items()]}}
    assert grade(asked, {"places": pairs}) is True
    assert grade(asked, {"places": dict.fromkeys(pairs, "Other")}) is False
    assert len(match_options(asked)) == len(set(pairs.values())), "an option that fits twice is offered once"


pieces = st.lists(st.one_of(
    st.text(st.sampled_from("ab []|~\\\n"), min_size=1),
    st.builds(lambda right, wrong: (right, wrong), st.lists(st.text(st.sampled_from("xy|~[]\\"), min_size=1), min_size=1, max_size=3, unique=True),
              st.lists(st.text(st.sampled_from("vw|~[]\\"), min_size=1), max_size=2, unique=True)),
), max_size=6)  # fmt: skip


@given(pieces)
def test_a_text_with_gaps_is_read_as_it_was_meant(parts: list[object]) -> None:
    meant: list[str | Gap] = []
    for part in parts:
        if isinstance(part, tuple):
            number = str(sum(isinstance(one, Gap) for one in meant) + 1)
            right = tuple(part[0])
            meant.append(Gap(number, right, tuple(one for one in part[1] if one not in right)))
        elif meant and isinstance(meant[-1], str):
            meant[-1] += str(part)
        else:
            meant.append(str(part))
    assert pieces_of(written(meant)) == meant


def test_a_page_of_gaps_without_end_is_read_in_linear_time() -> None:
    begun = time.process_time()
    assert gaps_of("[[a" * 3_000) == [] and gaps_of("[[" + "a|" * 4_000 + "]]")[0].accepted == ("a",)
    assert time.process_time() - begun < 5
