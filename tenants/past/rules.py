"""What the columns of a file with past results mean, and what is wrong in a row by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from core.accounts.rules import clean_email, is_email
from tenants.imports.heads import Head, cells_by_name
from tenants.imports.heads import head_of as any_head_of
from tenants.people.rules import clean_number

MOST_SIGNS, FIRST_YEAR = 200, 1950
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "emailadres", "mail", "mailadres"),
    "name": ("name", "naam", "participant", "deelnemer", "person", "persoon"),
    "personnel": ("personnelnumber", "personeelsnummer", "employeenumber", "medewerkernummer"),
    "course": ("course", "cursus", "training", "opleiding", "title", "titel"),
    "date": ("date", "datum", "finished", "finishedon", "datefinished", "completed", "issued", "behaald", "afgerond", "afgerondop"),
    "result": ("result", "resultaat", "score", "grade", "cijfer", "uitslag"),
    "hours": ("hours", "uren", "studyhours", "studieuren", "studielast"),
    "points": ("points", "punten", "studypoints", "studiepunten", "credits"),
    "number": ("number", "nummer", "certificate", "certificaat", "certificatenumber", "certificaatnummer"),
    "until": ("until", "validuntil", "geldigtot", "geldigtotenmet", "verloopt", "expires"),
}  # fmt: skip
NEEDS = ((("email", "personnel", "name"), "no_person_column"), (("course",), "no_course_column"), (("date",), "no_date_column"))
DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
NOTHING = ("-", "\u2013", "\u2014", "n/a", "nvt", "n.v.t.")
# A spreadsheet would calculate what begins with these; here it is text, and files that go out mark it as text.
FORMULA = ("=", "+", "-", "@")
PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*%")
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")


@dataclass
class Past:
    """One row as it would be taken over, what keeps it from that, and what to look at."""

    email: str = ""
    personnel: str = ""
    name: str = ""
    title: str = ""
    finished_on: date | None = None
    result: str | None = None
    minutes: int | None = None
    points: Decimal | None = None
    number: str | None = None
    valid_until: date | None = None
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def head_of(cells: Sequence[str]) -> Head:
    """Return what the first row says. Raises NotReadable without person, course or date, or with a column twice."""
    return any_head_of(cells, COLUMNS, (), NEEDS)


def texts_of(cells: Sequence[str], head: Head) -> dict[str, str]:
    """Return the texts of a row by column; a dash is nothing."""
    cell = cells_by_name(cells, head)
    return {name: text for name in COLUMNS if (text := cell(name)) and text.casefold() not in NOTHING}


def past_of(texts: Mapping[str, str], today: date) -> Past:
    """Return the row as it would be taken over, judged by itself."""
    row = Past(clean_email(texts.get("email", "")), clean_number(texts.get("personnel", "")), texts.get("name", ""), texts.get("course", ""))
    row.finished_on, row.valid_until = day_of(texts.get("date", "")), day_of(texts.get("until", ""))
    row.number = texts.get("number")
    _check_texts(row, texts)
    _check_days(row, texts, today)
    _check_numbers(row, texts)
    return row


def _check_texts(row: Past, texts: Mapping[str, str]) -> None:
    if not (row.email or row.personnel or row.name):
        row.problems.append("no_person")
    elif row.email and not is_email(row.email):
        row.problems.append("not_email")
    if not row.title:
        row.problems.append("no_course")
    if any(len(text) > MOST_SIGNS for text in texts.values()):
        row.problems.append("too_long")
    if any(texts.get(name, "").startswith(FORMULA) for name in ("course", "result", "number", "name")):
        row.warnings.append("formula")


def _check_days(row: Past, texts: Mapping[str, str], today: date) -> None:
    if row.finished_on is None:
        row.problems.append("date")
    elif row.finished_on > today:
        row.problems.append("future")
    if texts.get("until") and (row.valid_until is None or (row.finished_on and row.valid_until < row.finished_on)):
        row.problems.append("until")


def _check_numbers(row: Past, texts: Mapping[str, str]) -> None:
    try:
        row.result = result_of(texts.get("result", ""))
    except ValueError:
        row.problems.append("percent")
    try:
        row.minutes = minutes_of(texts.get("hours", ""))
    except ValueError:
        row.problems.append("hours")
    try:
        row.points = points_of(texts.get("points", ""))
    except ValueError:
        row.problems.append("points")


def day_of(text: str) -> date | None:
    """Return the day written as 2024-11-27, 27-11-2024, 27/11/2024 or 27.11.2024, or None; years before 1950 are mistakes."""
    for pattern in DAYS:
        try:
            day = datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return day if FIRST_YEAR <= day.year < 2100 else None
    return None


def result_of(text: str) -> str | None:
    """Return "87.5%" for percent, the words for anything else, None for nothing. Raises ValueError above 100 percent.

    A bare number stays as it is written: an 8 may be 8 of 10.
    """
    found = PERCENT.fullmatch(text)
    if not found:
        return text or None
    percent = Decimal(found[1].replace(",", "."))
    if percent > 100:
        raise ValueError("more than all")
    return f"{percent.normalize():f}%"


def minutes_of(text: str) -> int | None:
    """Return the minutes of hours written as 12, 12.5, 12,5 or 1:30 (with or without a word for hours), None for none.
    Raises ValueError for anything else and above 9999 hours."""
    plain = re.sub(r"\s*(hours?|hrs?|uren|uur|u|h)\.?$", "", text.strip().casefold())
    if not plain:
        if text.strip():
            raise ValueError("no number")
        return None
    clock = CLOCK.fullmatch(plain)
    minutes = int(clock[1]) * 60 + int(clock[2]) if clock else round(_number(plain) * 60)
    if not 0 <= minutes <= 9_999 * 60:
        raise ValueError("too many")
    return minutes or None


def points_of(text: str) -> Decimal | None:
    """Return the points, None for none. Raises ValueError outside 0-9999."""
    if not text.strip():
        return None
    points = _number(text.strip())
    if points > 9_999:
        raise ValueError("too many")
    return points.quantize(Decimal("0.01"))


def _number(text: str) -> Decimal:
    if not re.fullmatch(r"\d{1,6}([.,]\d{1,4})?", text):
        raise ValueError("no number")
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError("no number") from None
