"""Past certificates from a CSV file: read, compared with people and courses, then all taken or none.

They are marked as imported: they get no badge, for nobody here saw them being earned, and their old numbers are no
address on the public page, for old numbers can be counted up.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import sqlalchemy as sa

from core import clock, ids
from core.accounts.rules import clean_email
from core.crypto import normalised
from core.db import db
from core.errors import Refused
from core.sealed import blind, stored, unseal_rows
from tenants.audit.actions import record
from tenants.certificates import queries
from tenants.certificates.models import Certificate, plain
from tenants.certificates.numbers import new_number
from tenants.certificates.rules import Facts
from tenants.courses.models import Course
from tenants.groups.sight import visible_to
from tenants.people.models import Member

MAX_ROWS, MAX_CELL, MAX_CHARACTERS = 1_000, 200, 500_000
COLUMNS = {
    "number": ("number", "nummer", "certificate", "certificaat"),
    "email": ("email", "e-mail", "e-mailadres", "e-mail address", "mail"),
    "name": ("name", "naam"),
    "course": ("course", "cursus", "title", "titel"),
    "date": ("date", "datum", "issued", "behaald"),
    "until": ("until", "valid until", "geldig tot", "geldig tot en met", "verloopt"),
}
DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")


class NotReadable(Refused):
    """The text is no table with the columns that are needed; `why` names the sentence to show."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Row:
    """One line of the file, and what keeps it from being taken."""

    line: int
    number: str
    email: str
    name: str
    course: str
    issued_on: date | None
    expires_on: date | None
    problems: list[str] = field(default_factory=list)
    member: Member | None = None
    course_id: object = None


def text_of(content: bytes) -> str:
    """Return the file as text: UTF-8, or what older spreadsheets write."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.replace("\x00", "")


def rows_of(text: str) -> list[Row]:
    """Return the rows with what is wrong with each by itself. Raises NotReadable."""
    if len(text) > MAX_CHARACTERS:
        raise NotReadable("too long")
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    table = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cell.strip() for cell in cells)]
    if len(table) < 2:
        raise NotReadable("no rows")
    if len(table) - 1 > MAX_ROWS:
        raise NotReadable("too many rows")
    places = _places(table[0][1])
    return [_row(line, cells, places) for line, cells in table[1:]]


def _places(head: list[str]) -> dict[str, int]:
    names = [cell.casefold() for cell in head]
    found = {key: names.index(word) for key, words in COLUMNS.items() for word in words if word in names}
    if not {"number", "course", "date"} <= set(found) or not {"email", "name"} & set(found):
        raise NotReadable("no columns")
    return found


def _row(line: int, cells: list[str], places: dict[str, int]) -> Row:
    def cell(key: str) -> str:
        return cells[places[key]] if key in places and places[key] < len(cells) else ""

    row = Row(line, cell("number"), cell("email"), cell("name"), cell("course"), day_of(cell("date")), day_of(cell("until")))
    if not row.number or not row.course or any(len(one) > MAX_CELL for one in cells):
        row.problems.append("empty")
    if row.issued_on is None:
        row.problems.append("date")
    if cell("until") and (row.expires_on is None or (row.issued_on and row.expires_on < row.issued_on)):
        row.problems.append("until")
    return row


def day_of(text: str) -> date | None:
    """Return the day written as 2024-11-27, 27-11-2024 or 27/11/2024, or None."""
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def matched(text: str, by: Member) -> list[Row]:
    """Return the rows with their people, of those whom `by` sees, and courses, and every problem named. Four statements. Raises NotReadable."""
    rows = rows_of(text)
    by_email, by_name = _people(rows, by)
    courses = {normalised(title): course_id for course_id, title in db.session.execute(sa.select(Course.id, Course.title))}
    known, seen, today = _known(rows), set(), queries.own_academy().today
    for row in rows:
        people = by_email.get(_index(row.email), []) if row.email else by_name.get(normalised(row.name), [])
        row.member = people[0] if len(people) == 1 else None
        row.course_id = courses.get(normalised(row.course))
        if row.member is None:
            row.problems.append("several" if people else "nobody")
        if normalised(row.number) in seen or (row.number and blind(Certificate, "old_number", row.number) in known):
            row.problems.append("known")
        if row.issued_on is not None and row.issued_on > today:
            row.problems.append("future")
        seen.add(normalised(row.number))
    return rows


def _index(email: str) -> bytes:
    return blind(Member, "email", clean_email(email))


def _people(rows: list[Row], by: Member) -> tuple[dict[bytes, list[Member]], dict[str, list[Member]]]:
    """Return the active members by the index of their address, and by name where some row has no address."""
    wanted = sa.select(Member.id, Member.email_index, stored(Member, "first_name"), stored(Member, "last_name"))  # type: ignore[attr-defined]
    found = db.session.execute(wanted.where(Member.state == "active", visible_to(by))).all()
    first = unseal_rows(Member, "first_name", [(row[0], row[2]) for row in found])
    last = unseal_rows(Member, "last_name", [(row[0], row[3]) for row in found])
    emails = {_index(row.email) for row in rows if row.email}
    names = {normalised(row.name) for row in rows if not row.email}
    chosen = {row[0]: (bytes(row[1]) if row[1] else b"", normalised(" ".join(filter(None, pair))))
              for row, pair in zip(found, zip(first, last, strict=True), strict=True)}  # fmt: skip
    ids_ = [one for one, (index, name) in chosen.items() if index in emails or name in names]
    by_email: dict[bytes, list[Member]] = {}
    by_name: dict[str, list[Member]] = {}
    for member in db.session.scalars(sa.select(Member).where(Member.id.in_(ids_))).unique():
        by_email.setdefault(chosen[member.id][0], []).append(member)
        by_name.setdefault(chosen[member.id][1], []).append(member)
    return by_email, by_name


def _known(rows: list[Row]) -> set[bytes]:
    """Return the indexes of those old numbers that stand here already."""
    column = Certificate.old_number_index  # type: ignore[attr-defined]
    wanted = {blind(Certificate, "old_number", row.number) for row in rows if row.number}
    return {bytes(one) for one in db.session.scalars(sa.select(column).where(column.in_(wanted)))}


def take(text: str, by: Member) -> int:
    """Store every row as an imported certificate; return how many. Raises Refused while one row has a problem."""
    rows = matched(text, by)
    if any(row.problems for row in rows):
        raise Refused("rows")
    own = queries.own_academy()
    for row in rows:
        assert row.member is not None and row.issued_on is not None, "rows without problems have both"
        facts = Facts(title=row.course, course=row.course, academy=own.name, colour=own.colour)
        db.session.add(Certificate(
            id=ids.uuid7(), number=new_number(), member_id=row.member.id, course_id=row.course_id, origin="imported",
            earned_at=datetime.combine(row.issued_on, time(12), UTC), issued_on=row.issued_on, expires_on=row.expires_on,
            state="valid", name=row.member.name, facts_json=plain(facts.plain()), old_number=row.number, share="facts",
            pdf_state="none", made_at=clock.now(),
        ))  # fmt: skip
    record("certificates.imported", actor_id=by.id, rows=len(rows))
    db.session.flush()
    return len(rows)
