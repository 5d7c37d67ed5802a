"""What the columns of a file with people mean, and what is wrong in a row."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.accounts.rules import LONGEST_NAME, clean_email, clean_name, is_email
from core.wording import WORDS
from tenants.people.rules import clean_number, is_number

MOST_ROWS, MOST_CELL = 5_000, 320
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "emailadres", "mail", "mailadres"),
    "first_name": ("firstname", "voornaam", "roepnaam", "givenname"),
    "prefix": ("prefix", "nameprefix", "tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels"),
    "last_name": ("lastname", "achternaam", "surname", "familyname", "familienaam"),
    "role": ("role", "rol"),
    "course": ("course", "cursus", "training", "opleiding"),
    "number": ("personnelnumber", "personnelno", "personeelsnummer", "personeelsnr", "employeenumber", "medewerkernummer"),
    "reference": ("reference", "referentie", "kenmerk"),
}
# Recognised, so that nobody wonders, and not taken over.
LEFT_OUT = ("reference",)
ROLES = {
    **{word.one: name.partition("_")[0] for name, words in WORDS.items() for word in words},
    "": "participant", "author": "author", "auteur": "author", "manager": "manager", "beheerder": "manager",
}  # fmt: skip
NAMES = {known: name for name, all_ in COLUMNS.items() for known in all_}


class NotReadable(ValueError):
    """The file is no table of people; `why` is a word for the sentence to show."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Head:
    """Which column stands where; what is known and not taken over; how many columns nobody recognises."""

    places: Mapping[str, int]
    left_out: tuple[str, ...]
    strange: int


@dataclass
class Judged:
    """One row as it would be taken over, and what is wrong in it."""

    line: int
    email: str
    number: str
    first_name: str
    last_name: str
    said: str
    role: str
    course_id: UUID | None = None
    problems: list[str] = field(default_factory=list)


def head_of(cells: Sequence[str]) -> Head:
    """Return what the first row says. Raises NotReadable without a column for addresses or numbers, or with one twice."""
    found = [NAMES.get(re.sub(r"[^a-z]", "", cell.casefold())) for cell in cells]
    known = [one for one in found if one]
    if "email" not in known and "number" not in known:
        raise NotReadable("no_email_column")
    if len(set(known)) < len(known):
        raise NotReadable("column_twice")
    strange = sum(1 for cell, one in zip(cells, found, strict=True) if cell.strip() and one is None)
    places = {one: place for place, one in enumerate(found) if one and one not in LEFT_OUT}
    return Head(places, tuple(one for one in LEFT_OUT if one in known), strange)


def judge(
    table: Sequence[tuple[int, Sequence[str]]], head: Head, courses: Mapping[str, Sequence[UUID]], givable: Collection[str]
) -> list[Judged]:
    """Return each row that is not empty, judged. `courses`: ids by plain title. Raises NotReadable for too many or none."""
    rows = [_row(line, cells, head, courses, givable) for line, cells in table if any(cell.strip() for cell in cells)]
    if not rows or len(rows) > MOST_ROWS:
        raise NotReadable("too_many" if rows else "no_rows")
    _check_twice(rows)
    return rows


def _check_twice(rows: Sequence[Judged]) -> None:
    emails, numbers = set[str](), set[str]()
    for row in rows:
        number = row.number.casefold()
        if row.email and row.email in emails:
            row.problems.append("twice")
        if number and number in numbers:
            row.problems.append("number_twice")
        emails.add(row.email)
        numbers.add(number)


def _row(
    line: int, cells: Sequence[str], head: Head, courses: Mapping[str, Sequence[UUID]], givable: Collection[str]
) -> Judged:
    def cell(name: str) -> str:
        place = head.places.get(name, len(cells))
        return " ".join(cells[place].split()) if place < len(cells) else ""

    last = " ".join(part for part in (cell("prefix"), cell("last_name")) if part)
    said = " · ".join(part for part in (cell("role"), cell("course")) if part)
    row = Judged(line, clean_email(cell("email")), clean_number(cell("number")), cell("first_name"), last, said, "participant")
    _check_texts(row)
    _check_role(row, cell("role"), givable)
    _check_course(row, cell("course"), courses)
    return row


def _check_texts(row: Judged) -> None:
    if row.email and not is_email(row.email):
        row.problems.append("not_email")
    if row.number and not is_number(row.number):
        row.problems.append("not_number")
    if not row.email and not row.number:
        row.problems.append("no_email")
    elif not row.email and not clean_name(row.first_name + row.last_name):
        row.problems.append("no_name")
    if max(len(row.first_name), len(row.last_name)) > LONGEST_NAME or max(len(row.email), len(row.said)) > MOST_CELL:
        row.problems.append("too_long")
    row.email, row.number, row.said = row.email[:MOST_CELL], row.number[:MOST_CELL], row.said[:MOST_CELL]
    row.first_name, row.last_name = clean_name(row.first_name), clean_name(row.last_name)


def _check_role(row: Judged, said: str, givable: Collection[str]) -> None:
    role = ROLES.get(said.casefold())
    if role is None:
        row.problems.append("role_unknown")
    elif role not in givable:
        row.problems.append("role_not_yours")
    row.role = role or "participant"


def _check_course(row: Judged, said: str, courses: Mapping[str, Sequence[UUID]]) -> None:
    if not said:
        return
    found = courses.get(plain_title(said), ())
    if len(found) != 1:
        row.problems.append("course_twice" if found else "course_unknown")
    else:
        row.course_id = found[0]


def plain_title(title: str) -> str:
    """Return the title as it is compared: case and double spaces do not matter."""
    return " ".join(title.casefold().split())
