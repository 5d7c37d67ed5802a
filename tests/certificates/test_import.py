"""Past certificates from a file: shown row by row, taken whole or not at all, never signed."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from blueprints.hosts import HostedFlask
from core.errors import Refused
from tenants.certificates import importing
from tenants.certificates.importing import NotReadable
from tests.certificates.giving import Given, counted
from tests.courses.writing import member


@pytest.fixture
def manager(app: HostedFlask, given: Given) -> FlaskClient:
    return given.cast.client(app, "manager")


def table(given: Given, *more: str) -> str:
    rows = [f"2019-0001,{given.cast.email('participant')},,First aid,2019-03-01,2021-03-01", "2019-0002,,Yusuf Demir,Medication safety,27-11-2024,"]
    return "\n".join(["Number,E-mail,Name,Course,Date,Valid until", *rows, *more])


def send(client: FlaskClient, content: str | bytes) -> TestResponse:
    raw = content.encode() if isinstance(content, str) else content
    return client.post("/certificates/import", data={"file": (io.BytesIO(raw), "old.csv")}, content_type="multipart/form-data")


def test_a_good_file_is_shown_first_and_then_taken_whole(manager: FlaskClient, given: Given, app: HostedFlask) -> None:
    assert "CSV file" in manager.get("/certificates/import").text
    shown = send(manager, table(given))
    assert shown.status_code == 200 and "2 certificates can be taken over" in shown.text and shown.text.count("Fits") == 2
    with given.inside(commit=False):
        assert given.all() == []
    assert manager.post("/certificates/import/taking", data={"text": table(given)}).status_code == 303
    with given.inside(commit=False):
        first, second = given.all()
        assert (first.name, first.old_number, str(first.issued_on), str(first.expires_on)) == ("Sanne de Wit", "2019-0001", "2019-03-01", "2021-03-01")
        assert (first.origin, first.badge, first.pdf_state, first.course_id) == ("imported", None, "none", None)
        assert (second.name, second.course_id, second.expires_on) == ("Yusuf Demir", given.course_id, None)
    page = given.cast.client(app, "participant").get(f"/certificates/{first.id}").text
    assert "2019-0001" in page and "not signed by this academy" in page and "Download" not in page
    public = given.cast.client(app, None)
    assert "took it over from another system" in public.get(f"/verify/{second.number}").text
    assert public.get("/verify/2019-0001").status_code == 404, "old numbers can be counted up"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("3,nobody@example.org,,A,2019-01-01,", "No member has this address"), ("3,,Jan Nobody,A,2019-01-01,", "No member has this address"),
        (",,Yusuf Demir,A,2019-01-01,", "Number and course are needed"), ("3,,Yusuf Demir,,2019-01-01,", "Number and course are needed"),
        ("3,,Yusuf Demir,A,01-31-2019,", "Write the day like"), ("3,,Yusuf Demir,A,,", "Write the day like"),
        ("3,,Yusuf Demir,A,2019-01-01,soon", "last valid day"), ("3,,Yusuf Demir,A,2019-01-01,2018-01-01", "last valid day"),
        ("2019-0001,,Yusuf Demir,A,2019-01-01,", "stands here already"), ("3,,Yusuf Demir,A,2999-01-01,", "has not come yet"),
        (f"3,,Yusuf Demir,{'x' * 201},2019-01-01,", "at most 200 signs"),
    ],
)  # fmt: skip
def test_one_bad_row_stops_the_whole_file(manager: FlaskClient, given: Given, row: str, words: str) -> None:
    shown = send(manager, table(given, row))
    assert shown.status_code == 422 and words in shown.text and "1 row cannot be taken over" in shown.text
    assert manager.post("/certificates/import/taking", data={"text": table(given, row)}).status_code == 422
    with given.inside(commit=False):
        assert given.all() == []


def test_the_same_file_twice_is_refused(manager: FlaskClient, given: Given) -> None:
    manager.post("/certificates/import/taking", data={"text": table(given)})
    again = send(manager, table(given))
    assert again.status_code == 422 and again.text.count("stands here already") == 2
    with given.inside(commit=False):
        with pytest.raises(Refused, match="rows"):
            importing.take(table(given), member(given.cast, "manager"))
        assert len(given.all()) == 2


@pytest.mark.parametrize("content", ["", "x", "a,b,c\n1,2,3", "number,course,date\n1,2,3", "\x00\x00", "number\n" * 3])
def test_what_is_no_table_is_said(manager: FlaskClient, content: str) -> None:
    answer = send(manager, content)
    assert answer.status_code == 422 and 'class="error"' in answer.text
    assert manager.post("/certificates/import").status_code == 422


def test_dutch_heads_semicolons_and_older_spreadsheets_are_read() -> None:
    text = importing.text_of("nummer;naam;cursus;datum\n1;Zoë \u20ac;\u201cBrood\u201d;27/11/2024".encode("cp1252"))
    row = importing.rows_of(text)[0]
    assert (row.name, row.course, str(row.issued_on), row.problems) == ("Zoë \u20ac", "\u201cBrood\u201d", "2024-11-27", [])
    assert importing.rows_of('\ufeff'.join(["", "number\tname\tcourse\tdate\n1\tA\tB\t2024-11-27"]).replace("\ufeff", ""))[0].number == "1"
    with pytest.raises(NotReadable, match="too many"):
        importing.rows_of("number,name,course,date\n" + "1,A,B,2024-11-27\n" * 1001)


def test_a_thousand_rows_cost_as_many_statements_as_one(given: Given) -> None:
    costs = []
    for count in (1, 400):
        rows = [f"{n},{given.cast.email('participant')},,A,2019-01-01," for n in range(count)]
        with given.inside(commit=False), counted() as sent:
            importing.matched("\n".join(["number,email,name,course,date,until", *rows]), member(given.cast, "manager"))
        costs.append(len([one for one in sent if not one.startswith("RESET")]))
    assert costs[0] == costs[1] <= 5
