"""What a file with past results says: columns, days, results, hours, points, and what is wrong in a row."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.imports.heads import NotReadable
from tenants.imports.reading import table_of
from tenants.past.rules import day_of, head_of, minutes_of, past_of, points_of, result_of, texts_of

TODAY = date(2026, 11, 30)
GOOD = {"email": "a@example.org", "course": "First aid", "date": "2024-11-27"}


def test_heads_in_both_languages_mean_the_same() -> None:
    dutch = head_of(["E-mailadres", "Cursus", "Datum", "Resultaat", "Studieuren", "Punten", "Certificaatnummer", "Geldig tot en met"])
    english = head_of(["E-mail", "Course", "Date", "Result", "Study hours", "Points", "Certificate number", "Valid until"])
    assert dutch == english and list(dutch.places) == ["email", "course", "date", "result", "hours", "points", "number", "until"]
    known = head_of(["Naam", "Titel", "Afgerond op", "Personeelsnummer", "Shoe size"])
    assert (known.left_out, known.strange) == ((), 1) and list(known.places) == ["name", "course", "date", "personnel"]


@pytest.mark.parametrize(
    ("cells", "why"),
    [(["course", "date"], "no_person_column"), (["email", "date"], "no_course_column"), (["name", "course"], "no_date_column"),
     (["email", "course", "date", "titel"], "column_twice")],
)  # fmt: skip
def test_a_file_without_what_is_needed_is_refused(cells: list[str], why: str) -> None:
    with pytest.raises(NotReadable, match=why):
        head_of(cells)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_way_to_write_a_day_gives_that_day(day: date) -> None:
    assert {day_of(day.strftime(pattern)) for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")} == {day}


@pytest.mark.parametrize("text", ["", "soon", "2024-13-01", "31-02-2024", "1949-12-31", "2100-01-01", "27-11-24"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("text", "result"),
    [("87%", "87%"), ("87,50 %", "87.5%"), ("100%", "100%"), ("8", "8"), ("passed", "passed"), ("", None), ("0%", "0%"), ("=1+1", "=1+1")],
)
def test_results_are_percent_or_words(text: str, result: str | None) -> None:
    assert result_of(text) == result


@given(st.integers(0, 9_999 * 60))
def test_hours_written_as_a_clock_or_with_a_comma_give_their_minutes(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    assert minutes_of(f"{hours}:{rest:02d}") == (minutes or None)
    tenths = f"{minutes // 6 / 10:.1f}"
    assert minutes_of(tenths) == minutes_of(tenths.replace(".", ",") + " uur") == (minutes // 6 * 6 or None)


@pytest.mark.parametrize("text", ["many", "-1", "1e9", "NaN", "10000", "1:75", "1:2:3", "h", "12 days"])
def test_what_is_no_number_of_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        minutes_of(text)


def test_points_are_read_with_point_or_comma() -> None:
    assert (points_of("2,5"), points_of("3"), points_of("")) == (Decimal("2.50"), Decimal("3.00"), None)
    for text in ("-1", "10000", "two"):
        with pytest.raises(ValueError):
            points_of(text)


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"email": ""}, "no_person"), ({"email": "a at b"}, "not_email"), ({"course": ""}, "no_course"), ({"course": "x" * 201}, "too_long"),
     ({"date": "soon"}, "date"), ({"date": "2026-12-01"}, "future"), ({"until": "soon"}, "until"), ({"until": "2024-01-01"}, "until"),
     ({"result": "101%"}, "percent"), ({"hours": "many"}, "hours"), ({"points": "-2"}, "points")],
)  # fmt: skip
def test_each_mistake_is_named(change: dict[str, str], problem: str) -> None:
    assert past_of({**GOOD, **change}, TODAY).problems == [problem]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_kept_as_text_and_said(sign: str) -> None:
    row = past_of({**GOOD, "result": f"{sign}1+1"}, TODAY)
    assert (row.result, row.warnings, row.problems) == (f"{sign}1+1", ["formula"], [])


def test_today_and_a_dash_are_fine() -> None:
    head = head_of(["email", "course", "date", "result", "hours"])
    texts = texts_of(["a@example.org", " First  aid ", TODAY.isoformat(), "-", "\u2013"], head)
    row = past_of(texts, TODAY)
    assert (row.title, row.finished_on, row.result, row.minutes, row.problems) == ("First aid", TODAY, None, None, [])
    assert past_of({**texts, "date": (TODAY + timedelta(days=1)).isoformat()}, TODAY).problems == ["future"]


def test_xlsx_is_read_as_people_see_it() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["E-mail", "Course", "Date", "Result", "Hours"])
    book.active.append(["a@example.org", "First aid", date(2024, 11, 27), 0.875, 12])
    book.active["D2"].number_format = "0.0%"
    book.save(out)
    table = table_of(out.getvalue())
    row = past_of(texts_of(table[1][1], head_of(table[0][1])), TODAY)
    assert (row.finished_on, row.result, row.minutes, row.problems) == (date(2024, 11, 27), "87.5%", 720, [])
