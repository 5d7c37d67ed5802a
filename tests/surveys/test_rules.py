"""What may be asked and answered, and what of the results may be shown."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sheets import cell, packed
from tenants.surveys.rules import (
    FEWEST,
    NotAnAnswer,
    average_of,
    given_in,
    may_split,
    new_question,
    nps_of,
    options_of,
    percent_of,
    pressed,
    problem_of,
    spans_of,
)
from tests.surveys.asking import body_of

MONTHS = st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(lambda day: day.replace(day=1)), st.integers(1, 12))


def test_the_net_promoter_score_is_promoters_minus_critics_in_percent() -> None:
    assert nps_of({10: 3, 9: 1, 8: 2, 6: 1, 0: 1}) == 25
    assert nps_of({9: 5}) == 100 and nps_of({0: 5}) == -100 and nps_of({7: 3, 8: 2}) == 0 and nps_of({}) is None


def test_averages_and_shares_are_exact() -> None:
    assert average_of({4: 1, 5: 1}) == Decimal("4.5") and average_of({1: 2, 2: 1}) == Decimal("1.3") and average_of({}) is None
    assert percent_of(1, 8) == 13 and percent_of(1, 3) == 33 and percent_of(0, 0) == 0


@given(MONTHS)
def test_each_span_has_five_answers_and_all_months_are_in_one(months: dict[date, int]) -> None:
    spans = spans_of(months)
    if spans:
        assert len(spans) > 1 and all(sum(months[month] for month in span) >= FEWEST for span in spans)
        assert [month for span in spans for month in span] == sorted(months)
        assert may_split(months, spans)


@given(MONTHS, MONTHS)
def test_no_difference_of_shown_numbers_gives_fewer_than_five_away(all_: dict[date, int], some: dict[date, int]) -> None:
    spans = spans_of(all_)
    question = {month: min(number, all_[month]) for month, number in some.items() if month in all_}
    if spans and may_split(question, spans):
        parts = [sum(question.get(month, 0) for month in span) for span in spans]
        whole = sum(question.values())
        assert all(part == 0 or part >= FEWEST for part in parts)
        assert all(whole - part == 0 or whole - part >= FEWEST for part in parts)


def test_answers_that_the_survey_does_not_offer_are_refused() -> None:
    body = body_of()
    scale, nps, single, multiple, open_ = body["questions"]
    other = multiple["options"][0]["id"]
    for question, values in ((scale, ["0"]), (scale, ["6"]), (scale, ["x"]), (scale, ["²"]), (nps, ["11"]), (nps, ["-1"]),
                             (single, [other]), (single, [one["id"] for one in single["options"]]), (multiple, ["x"]),
                             (open_, ["x" * 4_001])):  # fmt: skip
        with pytest.raises(NotAnAnswer):
            given_in(body["questions"], lambda key, question=question, values=values: values if key == question["id"] else [])  # type: ignore[misc]
    assert given_in(body["questions"], lambda key: []) == {}
    assert given_in(body["questions"], lambda key: [" a\r\nb\x00 "] if key == open_["id"] else []) == {open_["id"]: {"words": "a\nb"}}


def test_an_option_that_is_reworded_or_moved_keeps_its_id() -> None:
    first = options_of("Red\nGreen\n\nRed\n", ())
    assert [one["text"] for one in first] == ["Red", "Green"]
    moved = options_of("Green\nRed", first)
    assert [one["id"] for one in moved] == [first[1]["id"], first[0]["id"]]
    reworded = options_of("Dark red\nGreen", first)
    assert [one["id"] for one in reworded] == [one["id"] for one in first]
    fewer = options_of("Blue", first)
    assert fewer[0]["id"] not in {one["id"] for one in first}


def test_buttons_add_move_and_remove_questions() -> None:
    one, two = new_question("open", "a"), new_question("nps", "b")
    assert pressed([one, two], f"down:{one['id']}") == [two, one] == pressed([one, two], f"up:{two['id']}")
    assert pressed([one, two], f"up:{one['id']}") == [one, two] and pressed([one, two], f"remove:{one['id']}") == [two]
    assert [q["kind"] for q in pressed([one], "add:scale")] == ["open", "scale"]
    assert pressed([one], "add:moon") == [one] and pressed([one], "up:x") == [one] and pressed([one], "") == [one]


def test_a_survey_is_whole_before_it_is_asked() -> None:
    assert problem_of([]) == "no_questions" and problem_of([new_question("open")]) == "no_prompt"
    assert problem_of([new_question("single", "x")]) == "few_options" and problem_of(body_of()["questions"]) is None


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "|calc", "\u00a0=1", "\n=1"])
def test_T30_no_cell_begins_a_formula(evil: str) -> None:
    assert cell(evil).startswith("'") and packed([[evil]]).decode("utf-8-sig").lstrip('"').startswith("'")
    assert cell(-3) == "-3" and cell("plain") == "plain"


def test_spans_need_two_groups() -> None:
    january, february, march = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
    assert spans_of(Counter({january: 9})) == [] and spans_of(Counter({january: 5, february: 4})) == []
    assert spans_of({january: 5, february: 5, march: 2}) == [(january,), (february, march)]
    assert not may_split({january: 5, february: 4}, [(january,), (february,)])
