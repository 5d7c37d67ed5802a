"""What the columns of a file with people mean, and what is wrong in a row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.accounts.rules import LONGEST_NAME, clean_email, clean_name, is_email
from core.wording import WORDS
from tenants.imports.heads import MOST_CELL, MOST_ROWS, Head, NotReadable, cells_by_name, plain_title
from tenants.imports.heads import head_of as any_head_of
from tenants.people.rules import clean_number, holds_citizen_number, is_number

MOST_ORGANISATION = 120
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "emailadres", "mail", "mailadres"),
    "first_name": ("firstname", "voornaam", "roepnaam", "givenname"),
    "prefix": ("prefix", "nameprefix", "tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels"),
    "last_name": ("lastname", "achternaam", "surname", "familyname", "familienaam"),
    "role": ("role", "rol"),
    "course": ("course", "cursus", "training", "opleiding"),
    "organisation": ("organisation", "organization", "organisatie", "company", "bedrijf", "employer", "werkgever", "client", "klant", "opdrachtgever"),
    "number": ("personnelnumber", "personnelno", "personeelsnummer", "personeelsnr", "employeenumber", "medewerkernummer"),
    "reference": ("reference", "referentie", "kenmerk"),
}
# Recognised, so that nobody wonders, and not taken over.
LEFT_OUT = ("reference",)
ROLES = {
    **{word.one: name.partition("_")[0] for name, words in WORDS.items() for word in words},
    "": "participant", "author": "author", "auteur": "author", "manager": "manager", "beheerder": "manager",
}  # fmt: skip

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
    organisation: str = ""
    organisation_id: UUID | None = None
    problems: list[str] = field(default_factory=list)


def head_of(cells: Sequence[str]) -> Head:
    """Return what the first row says. Raises NotReadable without a column for addresses or numbers, or with one twice."""
    return any_head_of(cells, COLUMNS, LEFT_OUT, [(("email", "number"), "no_email_column")])


def judge(
    table: Sequence[tuple[int, Sequence[str]]], head: Head, courses: Mapping[str, Sequence[UUID]], givable: Collection[str],
    organisations: Mapping[str, Sequence[UUID]] | None = None, usual: UUID | None = None,
) -> list[Judged]:  # fmt: skip
    """Return each row that is not empty, judged. `courses`: ids by plain title; `organisations`: ids by plain name and
    reference; `usual`: the organisation of rows that name none. Raises NotReadable for too many or none."""
    rows = [_row(line, cells, head, courses, givable) for line, cells in table if any(cell.strip() for cell in cells)]
    for row in rows:
        _check_organisation(row, organisations or {}, usual)
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
    cell = cells_by_name(cells, head)
    last = " ".join(part for part in (cell("prefix"), cell("last_name")) if part)
    said = " · ".join(part for part in (cell("role"), cell("course")) if part)
    row = Judged(line, clean_email(cell("email")), clean_number(cell("number")), cell("first_name"), last, said, "participant",
                 organisation=cell("organisation"))  # fmt: skip
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
    _take_citizen_numbers_out(row)
    row.email, row.number, row.said = row.email[:MOST_CELL], row.number[:MOST_CELL], row.said[:MOST_CELL]
    row.first_name, row.last_name = clean_name(row.first_name), clean_name(row.last_name)


def _take_citizen_numbers_out(row: Judged) -> None:
    """Refuse a row that holds a citizen service number, and keep nothing of that number."""
    for name in ("number", "first_name", "last_name", "said", "organisation"):
        if holds_citizen_number(getattr(row, name)):
            setattr(row, name, "")
            if "citizen_number" not in row.problems:
                row.problems.append("citizen_number")


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


def _check_organisation(row: Judged, organisations: Mapping[str, Sequence[UUID]], usual: UUID | None) -> None:
    """Find the organisation by its name or reference; a name that nobody knows may be made after the file was looked at."""
    if not row.organisation:
        row.organisation_id = usual
        return
    found = organisations.get(plain_title(row.organisation), ())
    if len(row.organisation) > MOST_ORGANISATION:
        row.problems.append("organisation_too_long")
    elif len(found) != 1:
        row.problems.append("organisation_twice" if found else "organisation_unknown")
    else:
        row.organisation_id = found[0]
    row.organisation = row.organisation[:MOST_CELL]
