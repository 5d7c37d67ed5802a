"""Large reports are made in the background: the same file, by a link, for the one who asked, for a week."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import has_app_context
from openpyxl import load_workbook

from blueprints.hosts import HostedFlask
from core import clock
from core.db import CORE, db
from core.outbox.models import Work
from tenants.courses.models import Course
from tenants.erasure import actions as erasing
from tenants.learning import actions as learning
from tenants.people.models import Member, MemberRole
from tenants.reports import files as making
from tenants.reports import tables
from tenants.reports.asking import Asked
from tenants.reports.models import ReportFile
from tests.cast import Cast
from tests.courses.writing import member
from tests.doors import letters
from tests.reports.sending import files, forget_work, stored, work, write_taken_course

CONTENT = re.compile(r'href="(/reports/files/[0-9a-f-]+/content)"')


@pytest.fixture
def course(cast: Cast) -> UUID:
    forget_work()
    return write_taken_course(cast)


def ask(cast: Cast, app: HostedFlask, course: UUID, who: str = "trainer", **more: str) -> Any:
    return cast.client(app, who).post("/reports/files", data={"kind": "matrix", "extension": "csv", "course": str(course), **more})


def test_a_large_report_is_offered_and_a_small_one_is_sent(
    app: HostedFlask, cast: Cast, course: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, url = cast.client(app, "trainer"), f"/reports/matrix.csv?course={course}&name=s&show=waiting"
    assert browser.get(url).mimetype == "text/csv"
    monkeypatch.setattr(tables, "LARGE_CELLS", 14)
    page = browser.get(url)
    assert page.mimetype == "text/html" and "This file is large: it has 15 cells" in page.text and "Name has “s”" in page.text
    assert files(cast) == [], "a link alone makes nothing"
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text.partition('action="/reports/files"')[2]))
    assert browser.post("/reports/files", data=sent).location == "/reports/files"
    assert [(one.kind, one.extension) for one in files(cast)] == [("matrix", "csv")]
    with db.scope(cast.academy.scope):
        found = db.session.get_one(ReportFile, files(cast)[0].id)
        assert found.asked == Asked(course_id=course, show="waiting", search="s")
    monkeypatch.setattr(tables, "LARGE_CELLS", 15)
    assert browser.get(url).mimetype == "text/csv"


def test_what_counts_as_large_is_twenty_thousand_cells(cast: Cast, course: UUID) -> None:
    assert tables.LARGE_CELLS == 20_000
    assert not tables.Table("", 20_000, list).is_large and tables.Table("", 20_001, list).is_large


@pytest.mark.parametrize("kind", ["help", "people", "matrix", "stops", "questions"])
def test_a_file_made_in_the_background_equals_the_direct_one(app: HostedFlask, cast: Cast, course: UUID, kind: str) -> None:
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "trainer").language = "nl"
        db.session.execute(sa.text("UPDATE enrolments SET enrolled_at = enrolled_at - interval '9 days'"))
    browser, query = cast.client(app, "trainer"), {"course": str(course), "name": "a", "sort": "name"}
    direct = browser.get(f"/reports/{kind}.csv", query_string=query).data
    assert (len(direct.splitlines()) > 1 and "Deelnemer" in direct.decode()) or kind in ("stops", "questions")
    assert not has_app_context(), "a job has no application to speak through"
    for extension in ("csv", "xlsx"):
        browser.post("/reports/files", data={"kind": kind, "extension": extension, **query})
        work()
        page = browser.get("/reports/files").text
        answer = browser.get(CONTENT.findall(page)[0])
        assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Disposition"] == f"attachment; filename={kind}.{extension}" or f'"{kind}.{extension}"' in answer.headers["Content-Disposition"]
        if extension == "csv":
            assert answer.data == direct
        else:
            told = load_workbook(io.BytesIO(browser.get(f"/reports/{kind}.xlsx", query_string=query).data)).active.values
            assert list(load_workbook(io.BytesIO(answer.data)).active.values) == list(told)


def test_the_letter_holds_a_link_and_nothing_of_the_report(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course, name="Sanne")
    assert "Is being made" in cast.client(app, "trainer").get("/reports/files").text
    work()
    [(to, subject, text)] = letters(cast.academy, "report_ready")
    assert to == cast.email("trainer") and "Bread for beginners" in subject and "/reports/files" in text
    assert "Sanne" not in subject + text
    assert "Ready" in cast.client(app, "trainer").get("/reports/files").text
    assert len(stored(cast)) == 1
    work()
    assert len(letters(cast.academy, "report_ready")) == 1


def test_work_that_runs_twice_makes_one_file(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course)
    ask(cast, app, course)
    assert len(files(cast)) == 1, "a double click"
    with db.scope(cast.academy.scope, commit=True):
        making.make_file(files(cast)[0].id)
    work()
    assert len(letters(cast.academy, "report_ready")) == 1 and len(stored(cast)) == 1


def test_only_who_asked_opens_it_and_only_while_they_see_reports(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course)
    work()
    [path] = CONTENT.findall(cast.client(app, "trainer").get("/reports/files").text)
    assert cast.client(app, "trainer").get(path).status_code == 200
    for who, status in (("owner", 404), ("manager", 404), ("author", 403), ("participant", 403), (None, 302)):
        assert cast.client(app, who).get(path).status_code == status, who
        assert path not in cast.client(app, who).get("/reports/files").text
    with db.scope(cast.academy.scope):
        file_id = files(cast)[0].file_id
    assert cast.client(app, "trainer").get(f"/files/{file_id}").status_code == 404, "no way around"
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.delete(MemberRole).where(MemberRole.member_id == cast.ids["trainer"]))
    assert cast.client(app, "trainer").get(path).status_code == 403


@pytest.mark.parametrize(("data", "status"), [
    ({"kind": "nonsense"}, 404), ({"extension": "pdf"}, 404), ({"course": ""}, 404), ({"course": str(uuid4())}, 404),
])  # fmt: skip
def test_what_is_no_report_is_refused(app: HostedFlask, cast: Cast, course: UUID, data: dict[str, str], status: int) -> None:
    sent = {"kind": "matrix", "extension": "csv", "course": str(course), **data}
    assert cast.client(app, "trainer").post("/reports/files", data=sent).status_code == status
    assert files(cast) == []


@pytest.mark.parametrize("who", ["participant", "author"])
def test_who_sees_no_reports_asks_for_none(app: HostedFlask, cast: Cast, course: UUID, who: str) -> None:
    assert ask(cast, app, course, who).status_code == 403
    assert files(cast) == []


def test_ten_files_may_wait(app: HostedFlask, cast: Cast, course: UUID) -> None:
    for number in range(10):
        assert ask(cast, app, course, name=f"n{number}").status_code == 302
    refused = ask(cast, app, course, name="one more")
    assert refused.status_code == 422 and "10 files already" in refused.text and len(files(cast)) == 10


def test_after_a_week_the_file_is_gone(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course)
    work()
    browser = cast.client(app, "trainer")
    [path] = CONTENT.findall(browser.get("/reports/files").text)
    with clock.shifted(timedelta(days=6, hours=23)):
        with db.scope(cast.academy.scope, commit=True):
            making.sweep()
        assert len(files(cast)) == 1 and len(stored(cast)) == 1
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(ReportFile, files(cast)[0].id).expires_at = clock.now() - timedelta(seconds=1)
    assert browser.get(path).status_code == 404 and path not in browser.get("/reports/files").text
    with db.scope(cast.academy.scope, commit=True):
        making.sweep()
    assert files(cast) == [] and stored(cast) == set()


def test_what_fails_says_why_and_can_be_made_again(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course)
    with db.scope(cast.academy.scope, commit=True):
        roles = db.session.scalars(sa.select(MemberRole).where(MemberRole.member_id == cast.ids["trainer"])).all()
        roles[0].role = "author"
    work()
    assert (files(cast)[0].state, files(cast)[0].trouble) == ("failed", "rights") and not letters(cast.academy, "report_ready")
    with db.scope(cast.academy.scope, commit=True):
        db.session.add(MemberRole(member_id=cast.ids["trainer"], role="trainer"))
    browser = cast.client(app, "trainer")
    assert "What you may see here has changed since you asked for it" in browser.get("/reports/files").text
    assert cast.client(app, "manager").post(f"/reports/files/{files(cast)[0].id}/making").status_code == 404
    browser.post(f"/reports/files/{files(cast)[0].id}/making")
    work()
    assert files(cast)[0].state == "ready"


def test_what_waits_for_too_long_says_so_and_is_given_up(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course)
    forget_work()
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(ReportFile, files(cast)[0].id).made_at = clock.now() - timedelta(hours=2)
    assert "This takes longer than it should" in cast.client(app, "trainer").get("/reports/files").text
    with clock.shifted(timedelta(days=1)), db.scope(cast.academy.scope, commit=True):
        making.sweep()
    assert files(cast)[0].trouble == "stuck"
    assert "choose a filter" in cast.client(app, "trainer").get("/reports/files").text


def test_T57_a_removal_takes_every_file_that_may_hold_the_person(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course)
    ask(cast, app, course, name="sanne de")
    ask(cast, app, course, who="manager")
    work()
    assert len(stored(cast)) == 3
    ask(cast, app, course, show="busy")
    with db.scope(cast.academy.scope, commit=True):
        counts = erasing.erase(db.session.get_one(Member, cast.ids["participant"]))
    assert counts["report_files"] == 3 and stored(cast) == set()
    assert sorted((one.state, one.trouble) for one in files(cast) if one.state != "waiting") == [("failed", "erased")] * 2
    with db.scope(cast.academy.scope):
        assert all("sanne" not in (one.query or "") for one in db.session.scalars(sa.select(ReportFile)))
    page = cast.client(app, "trainer").get("/reports/files").text
    assert "somebody who may have stood in it was removed" in page
    work()
    cast.client(app, "manager").post(f"/reports/files/{next(one.id for one in files(cast) if one.member_id == cast.ids['manager'])}/making")
    work()
    browser = cast.client(app, "manager")
    assert "Sanne" not in browser.get(CONTENT.findall(browser.get("/reports/files").text)[0]).text


def test_T57_a_removed_trainer_takes_their_files_along(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course)
    work()
    with db.scope(cast.academy.scope, commit=True):
        erasing.erase(db.session.get_one(Member, cast.ids["trainer"]))
    assert files(cast) == [] and stored(cast) == set()


def test_a_file_that_was_made_during_a_removal_goes_too(app: HostedFlask, cast: Cast, course: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        erasing.erase(db.session.get_one(Member, cast.ids["second"]))
    ask(cast, app, course)
    with db.scope(cast.academy.scope, commit=True):
        making.make_file(files(cast)[0].id)
    assert len(stored(cast)) == 1
    work()
    assert stored(cast) == set() and files(cast)[0].trouble == "erased"


def test_nothing_of_the_filters_stands_plain_in_tables_or_work(app: HostedFlask, cast: Cast, course: UUID) -> None:
    ask(cast, app, course, name="Zebulonquist")
    with db.scope(CORE):
        assert all("Zebulon" not in str(one.args) + str(one.once) for one in db.session.scalars(sa.select(Work)))
    with db.scope(cast.academy.scope):
        assert "Zebulon" not in str(db.session.execute(sa.text("SELECT * FROM report_files")).all())


def test_a_matrix_is_counted_right_before_it_is_made(cast: Cast, course: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        table = tables.table_for(member(cast, "trainer"), "matrix", Asked(course_id=course))
        assert table.cells == sum(map(len, table.make())) == 15
        for number in range(3):
            person = Member(email=f"r{number}@x.example", first_name=f"R{number}", last_name="Test")
            db.session.add(person)
            db.session.flush()
            learning.enrol(person, db.session.get_one(Course, course))
        table = tables.table_for(member(cast, "trainer"), "matrix", Asked(course_id=course))
        assert table.cells == sum(map(len, table.make())) == 30
