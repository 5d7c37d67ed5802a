"""The measures and small words that templates ask for."""

from __future__ import annotations

import pytest

from core.templating import initials, mark_letter, ruler_bars


def test_ruler_fills_its_width_with_segments_as_long_as_their_lessons() -> None:
    bars = ruler_bars([(6, "done", 0), (12, "here", 0.5), (6, "todo", 0)])
    assert [bar.kind for bar in bars] == ["done", "here", "part", "todo"]
    done, here, part, todo = bars
    assert here.width == pytest.approx(2 * done.width, abs=0.2)
    assert part.x == here.x
    assert part.width == pytest.approx(here.width / 2, abs=0.2)
    assert todo.x + todo.width == pytest.approx(1000, abs=0.3)


@pytest.mark.parametrize("lessons", [0, 1, 3, 40, 200])
def test_ruler_stays_inside_its_box_for_any_number_of_lessons(lessons: int) -> None:
    bars = ruler_bars([(5, "todo", 0)] * lessons)
    assert len(bars) == lessons
    assert all(bar.width > 0 and bar.x + bar.width <= 1000.3 for bar in bars)


def test_ruler_draws_a_lesson_without_a_length_as_one_minute() -> None:
    assert [bar.width for bar in ruler_bars([(0, "todo", 0), (1, "todo", 0)])] == [497.4, 497.4]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Sanne de Wit", "SW"), ("Noor", "N"), ("  ", ""), ("Fatima el Amrani", "FA"), ("3 Ömer", "Ö")],
)
def test_initials_are_first_and_last(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(("name", "letter"), [("Zorgwijs", "z"), ("École", "e"), ("4Brood", "b"), ("北京", None)])
def test_mark_takes_the_first_plain_letter(name: str, letter: str | None) -> None:
    assert mark_letter(name) == letter
