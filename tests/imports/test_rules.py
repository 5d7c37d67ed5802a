"""What a file with people says: encodings, separators, columns, and what is wrong in a row."""

from __future__ import annotations

import io
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.imports.reading import MOST_BYTES, table_of
from tenants.imports.rules import Judged, NotReadable, head_of, judge

COURSE, TWIN = UUID(int=1), UUID(int=2)
COURSES = {"medicatieveiligheid": [COURSE], "twin": [COURSE, TWIN]}
GIVABLE = {"participant", "trainer", "author"}
HEAD = ["Voornaam", "Tussenvoegsel", "Achternaam", "E-mailadres", "Rol", "Cursus"]


def read(data: bytes) -> list[Judged]:
    """Return the judged rows of a file."""
    table = table_of(data)
    return judge(table[1:], head_of(table[0][1]), COURSES, GIVABLE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_people(encoding: str, comma: str) -> None:
    cells = ["Zoë", "van den", "Bérg", " ZOE@Example.org ", "Deelnemer", " Medicatieveiligheid "]
    text = "\r\n".join(comma.join(row) for row in (HEAD, ["", ""], cells)) + "\r\n"
    [row] = read(text.encode(encoding))
    assert (row.first_name, row.last_name, row.email) == ("Zoë", "van den Bérg", "zoe@example.org")
    assert (row.role, row.course_id, row.problems, row.line) == ("participant", COURSE, [], 3)


def test_xlsx_gives_the_same_people() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["E-mail", "First name", "Personnel number", "Shoe size"])
    book.active.append(["zoe@example.org", "Zoë", 17.0, 38])
    book.save(out)
    [row] = read(out.getvalue())
    assert (row.email, row.number, row.first_name, row.problems) == ("zoe@example.org", "17", "Zoë", [])
    head = head_of(table_of(out.getvalue())[0][1])
    assert (head.left_out, head.strange) == ((), 1)


@pytest.mark.parametrize(("line", "problems"), [
    ("a@example.org,,,", []), (",Ada,,", ["no_email"]), ("nobody,,,", ["not_email"]), ("a@example.org,,boss,", ["role_unknown"]),
    ("a@example.org,,Manager,", ["role_not_yours"]), ("a@example.org,,,Nowhere", ["course_unknown"]),
    ("a@example.org,,,TWIN", ["course_twice"]), (f"a@example.org,{'x' * 500},,", ["too_long"]),
])  # fmt: skip
def test_each_row_says_what_is_wrong_in_it(line: str, problems: list[str]) -> None:
    [row] = read(f"mail,first name,role,course\n{line}\n".encode())
    assert row.problems == problems


def test_the_second_row_of_an_address_is_wrong() -> None:
    rows = read(b"email\na@example.org\nb@example.org\nA@EXAMPLE.ORG\n")
    assert [row.problems for row in rows] == [[], [], ["twice"]]


@pytest.mark.parametrize(("data", "why"), [
    (b"", "no_rows"), (b"name\nAda\n", "no_email_column"), (b"email;mail\na;b\n", "column_twice"), (b"email\n\n", "no_rows"),
    (b"PK\x03\x04 nothing", "broken"), (b"\x00\x01\x02", "not_text"), (b"a" * (MOST_BYTES + 1), "too_large"),
    (b"email\n" + b"a@example.org\n" * 5_001, "too_many"),
])  # fmt: skip
def test_what_is_no_table_of_people_is_refused_with_a_reason(data: bytes, why: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read(data)
    assert refused.value.why == why


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"email;naam\n"):
        try:
            read(start + data)
        except NotReadable as refused:
            assert refused.why
