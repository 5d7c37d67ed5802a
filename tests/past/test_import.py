"""Past results from a file: looked at first, taken over all or none by a job that may be killed, undone as a whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from core.errors import NotFound, Refused
from jobs.perform import drain
from tenants.audit.models import Event
from tenants.certificates.models import Certificate
from tenants.certificates.queries import own_academy
from tenants.erasure import actions as erasing
from tenants.imports.reading import table_of
from tenants.learning import actions as learning
from tenants.learning.own_work import own_work
from tenants.past import actions, queries
from tenants.past.models import PastImport, PastImportRow, PastResult
from tenants.people import numbers as adding
from tests.cast import Cast, make_cast
from tests.certificates.giving import counted
from tests.courses.writing import member
from tests.factories import published_course
from tests.opened import Opened

HEAD = "E-mail,Name,Course,Date,Result,Hours,Points,Certificate number,Valid until"


@contextmanager
def inside(cast: Cast, commit: bool = True) -> Iterator[None]:
    with db.scope(cast.academy.scope, commit=commit):
        yield


def upload(client: FlaskClient, *rows: str) -> str:
    """Send a file; return where its rows are shown."""
    text = "\n".join([HEAD, *rows])
    answer = client.post("/past/imports/new", data={"file": (io.BytesIO(text.encode()), "results.csv")})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def fates(cast: Cast) -> list[str]:
    with inside(cast, commit=False):
        return list(db.session.scalars(sa.select(PastImportRow.fate).order_by(PastImportRow.import_id, PastImportRow.line)))


def results(cast: Cast) -> list[tuple[str | None, str, str | None, int | None]]:
    """Return title, day, result and minutes of every past result."""
    with inside(cast, commit=False):
        rows = db.session.scalars(sa.select(PastResult).order_by(PastResult.finished_on)).all()
        return [(one.title, one.finished_on.isoformat(), one.result, one.minutes) for one in rows]


def good(cast: Cast) -> list[str]:
    who = cast.email("participant")
    return [f"{who},,First aid,2019-03-01,87%,12.5,2,2019-0001,2091-03-01", ",Yusuf Demir,MEDICATION  safety,27-11-2024,passed,,,,"]


def test_somebody_without_e_mail_is_found_by_personnel_number(app: HostedFlask, cast: Cast) -> None:
    with inside(cast):
        adding.add_person(member(cast, "manager"), "Ali", "Kaya", "K-77", ["participant"])
    text = "Personeelsnummer,Cursus,Datum\nk-77,First aid,2019-03-01\nk-78,First aid,2019-03-01"
    manager = cast.client(app, "manager")
    where = manager.post("/past/imports/new", data={"file": (io.BytesIO(text.encode()), "results.csv")}).location
    page = manager.get(where).text
    assert "Ali Kaya" in page and "No member has this address, number or name" in page and "k-78" in page.lower()
    assert fates(cast) == ["waiting", "wrong"]


def test_a_file_is_looked_at_and_then_taken_whole(app: HostedFlask, cast: Cast) -> None:
    with inside(cast):
        course_id = published_course(member(cast, "owner"), "Medication safety")[0].id
    manager = cast.client(app, "manager")
    where = upload(manager, *good(cast))
    page = manager.get(where).text
    for words in ("2 rows can be taken over", "Sanne de Wit", "no such course: kept under its own title", "Fits"):
        assert words in page, words
    assert results(cast) == [], "nothing is stored before somebody says so"
    assert manager.post(f"{where}/confirmation").status_code == 303
    drain(20)
    assert results(cast) == [("First aid", "2019-03-01", "87%", 750), ("MEDICATION safety", "2024-11-27", "passed", None)]
    with inside(cast, commit=False):
        first, second = db.session.scalars(sa.select(PastResult).order_by(PastResult.finished_on)).all()
        certificate = db.session.get_one(Certificate, first.certificate_id)
        assert (certificate.origin, certificate.old_number, certificate.badge, certificate.hours, certificate.name) == (
            "imported", "2019-0001", None, None, "Sanne de Wit")  # fmt: skip
        assert (first.course_id, second.course_id, second.certificate_id, str(first.points)) == (None, course_id, None, "2.00")
        assert db.session.scalars(sa.select(Event.facts["rows"].astext).where(Event.act == "past.imported")).all() == ["2"]
    receipt = manager.get(where).text
    assert "What became of it" in receipt and "Undo the whole import" in receipt
    own = cast.client(app, "participant")
    assert "First aid" in own.get("/record").text and "From elsewhere" in own.get("/record").text and "no proof by this academy" in own.get("/record").text
    assert "From another system" in own.get("/certificates").text
    assert cast.client(app, None).get("/verify/2019-0001").status_code == 404, "old numbers can be counted up"
    assert "took it over from another system" in cast.client(app, None).get(f"/verify/{certificate.number}").text


def test_one_bad_row_stops_the_file_until_it_is_left_out(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    where = upload(manager, *good(cast), "nobody@example.org,,A,2019-01-01,,,,,", f"{cast.email('participant')},,A,2099-01-01,,,,,")
    page = manager.get(f"{where}?show=wrong").text
    assert "No member has this address" in page and "has not come yet" in page and "Yusuf" not in page
    refused = manager.post(f"{where}/confirmation", data={"leave_unknown": "y"})
    assert refused.status_code == 422 and "Nothing was taken over" in refused.text
    assert 'name="leave_unknown" type="checkbox" value="y"' in refused.text.replace("checked ", "") and "checked" in refused.text, "the other choice is kept"
    drain(20)
    assert results(cast) == []
    with inside(cast), pytest.raises(Refused, match="past wrong rows"):
        actions.confirm(member(cast, "manager"), queries.imports_here(member(cast, "manager"))[0].id)
    assert manager.post(f"{where}/confirmation", data={"leave_wrong": "y"}).status_code == 303
    drain(20)
    assert len(results(cast)) == 2 and fates(cast) == ["taken", "taken", "wrong", "wrong"]


def test_courses_of_elsewhere_can_be_left_out(app: HostedFlask, cast: Cast) -> None:
    with inside(cast):
        published_course(member(cast, "owner"), "Medication safety")
    manager = cast.client(app, "manager")
    where = upload(manager, *good(cast))
    manager.post(f"{where}/confirmation", data={"leave_unknown": "y"})
    drain(20)
    assert fates(cast) == ["left_out", "taken"] and [row[0] for row in results(cast)] == ["MEDICATION safety"]


def test_the_same_file_twice_and_doubles_in_a_file_add_nothing(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    where = upload(manager, *good(cast), *good(cast))
    assert "Stands in an earlier row too" in manager.get(where).text
    manager.post(f"{where}/confirmation")
    drain(20)
    before = results(cast)
    again = upload(manager, *good(cast))
    page = manager.get(again).text
    assert "0 rows can be taken over" in page and page.count("Stands here already") == 2
    assert manager.post(f"{again}/confirmation").status_code == 422
    drain(20)
    assert results(cast) == before and len(before) == 2


def test_two_files_that_wait_at_once_store_a_result_once(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    first, second = upload(manager, *good(cast)), upload(manager, *good(cast))
    for where in (first, second):
        manager.post(f"{where}/confirmation")
    drain(20)
    assert len(results(cast)) == 2 and fates(cast) == ["taken", "taken", "double", "double"]
    with inside(cast, commit=False):
        assert len(db.session.scalars(sa.select(Certificate)).all()) == 1


def test_what_was_finished_here_on_that_day_is_a_double(app: HostedFlask, cast: Cast) -> None:
    with inside(cast):
        course, _ = published_course(member(cast, "owner"), "Medication safety")
        learning.enrol(member(cast, "participant"), course, member(cast, "owner")).done_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
        day = "2026-03-02" if own_academy().zone == "Europe/Amsterdam" else "2026-03-01"
    where = upload(cast.client(app, "manager"), f"{cast.email('participant')},,Medication safety,{day},,,,,")
    assert fates(cast) == ["double"] and "Was finished here on that day" in cast.client(app, "manager").get(where).text


def test_undo_takes_everything_away_and_only_that(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    kept = upload(manager, f"{cast.email('participant')},,Kept,2018-01-01,,3,,K-1,")
    manager.post(f"{kept}/confirmation")
    where = upload(manager, *good(cast))
    manager.post(f"{where}/confirmation")
    drain(20)
    assert manager.post(f"{where}/undoing").status_code == 303
    assert [row[0] for row in results(cast)] == ["Kept"]
    with inside(cast, commit=False):
        assert [one.old_number for one in db.session.scalars(sa.select(Certificate))] == ["K-1"]
        assert db.session.scalars(sa.select(Event.facts["rows"].astext).where(Event.act == "past.undone")).all() == ["2"]
    assert "Undone" in manager.get(where).text and manager.post(f"{where}/undoing").status_code == 303
    again = upload(manager, *good(cast))
    assert "2 rows can be taken over" in manager.get(again).text, "after an undo the file can be taken over again"


def test_a_file_is_forgotten_after_30_days_and_what_was_taken_over_stays(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    where = upload(manager, *good(cast))
    waits = upload(manager, *good(cast))
    with clock.shifted(timedelta(days=20)), inside(cast):
        actions.confirm(member(cast, "manager"), import_id(where))
        actions.take(import_id(where))
    with clock.shifted(timedelta(days=31)), inside(cast):
        actions.forget(import_id(where))
        actions.forget(import_id(waits))
        assert [one.id for one in db.session.scalars(sa.select(PastImport))] == [import_id(where)], "it can be undone for 30 days"
    with clock.shifted(timedelta(days=51)), inside(cast):
        actions.forget(import_id(where))
        assert db.session.scalars(sa.select(PastImport)).all() == []
    assert len(results(cast)) == 2


def import_id(where: str) -> UUID:
    return UUID(where.rsplit("/", 1)[1])


def test_a_large_file_is_read_by_jobs_with_progress(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    rows = [f"{cast.email('participant')},,Course {number % 1100},2019-01-01,,1,,," for number in range(1_200)]
    where = upload(manager, *rows)
    page = manager.get(where).text
    assert "0 of 1200 rows are read" in page and "hx-get" in page and "Take over" not in page.split("<main", 1)[1].replace("Take over past results", "")
    assert "HX-Refresh" not in manager.get(f"{where}/progress").headers
    with inside(cast):
        assert actions.read_on(import_id(where)) == actions.AT_ONCE
    assert "500 of 1200 rows are read" in manager.get(f"{where}/progress").text
    drain(20)
    assert manager.get(f"{where}/progress").headers["HX-Refresh"] == "true"
    page = manager.get(where).text
    assert "1100 rows can be taken over" in page
    assert fates(cast).count("double") == 100, "doubles are found across the parts that jobs read"
    manager.post(f"{where}/confirmation")
    drain(20)
    assert len(results(cast)) == 1_100
    with inside(cast):
        assert actions.take(import_id(where)) == 0 and actions.read_on(import_id(where)) == 0


def test_many_rows_cost_as_many_statements_as_one(cast: Cast) -> None:
    costs = []
    for count in (1, 400):
        text = "\n".join([HEAD, *(f"{cast.email('participant')},,Course {n},2019-01-01,,,,N-{n},," for n in range(count))])
        with inside(cast, commit=False), counted() as sent:
            actions.keep(table_of(text.encode()), "x.csv", member(cast, "manager"))
        costs.append(len([one for one in sent if not one.startswith(("RESET", "UPDATE past_import_rows"))]))
    assert costs[0] == costs[1] <= 18


@pytest.mark.parametrize("content", [b"", b"x", b"a,b,c\n1,2,3", b"email,course,date\n", b"\x00\x00", b"PK\x03\x04broken"])
def test_what_is_no_table_is_said(app: HostedFlask, cast: Cast, content: bytes) -> None:
    manager = cast.client(app, "manager")
    answer = manager.post("/past/imports/new", data={"file": (io.BytesIO(content), "old.csv")})
    assert answer.status_code == 422 and 'class="error"' in answer.text


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_template_can_be_read_as_it_is(app: HostedFlask, cast: Cast, extension: str) -> None:
    file = cast.client(app, "manager").get(f"/past/imports/template.{extension}")
    with inside(cast):
        draft = actions.keep(table_of(file.data), "template", member(cast, "manager"))
        rows = db.session.scalars(sa.select(PastImportRow).where(PastImportRow.import_id == draft.id)).all()
        assert [row.problems for row in rows] == [["nobody"], ["nobody"]] and draft.strange == 0, "only the people are made up"


def test_only_managers_of_this_academy_see_it(app: HostedFlask, cast: Cast, other: Opened) -> None:
    where = upload(cast.client(app, "manager"), *good(cast))
    assert cast.client(app, "owner").get(where).status_code == 200, "another manager can look, and undo"
    for who in ("trainer", "participant"):
        assert cast.client(app, who).get(where).status_code == 403
    stranger = make_cast(other)
    for verb, path in (("get", where), ("get", f"{where}/progress"), ("post", f"{where}/confirmation"), ("post", f"{where}/undoing")):
        assert getattr(stranger.client(app, "manager"), verb)(path).status_code == 404
    with inside(cast), pytest.raises(NotFound):
        queries.import_for(member(cast, "trainer"), import_id(where))


def test_results_go_with_their_person_and_into_their_own_work(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    where = upload(manager, *good(cast))
    manager.post(f"{where}/confirmation")
    drain(20)
    upload(manager, f"{cast.email('participant')},,Waits,2019-01-01,,,,,")
    with inside(cast):
        sanne = member(cast, "participant")
        told = own_work(sanne)["past_results"]
        assert [(one["course"], one["result"], one["study_minutes"], one["origin"]) for one in told] == [("First aid", "87%", 750, "imported")]
        erasing.erase(sanne)
        assert [row.title for row in db.session.scalars(sa.select(PastResult))] == ["MEDICATION safety"]
        said = [row.said for row in db.session.scalars(sa.select(PastImportRow))]
        assert len(said) == 1 and cast.email("participant") not in str(said), "rows with the address went too"
