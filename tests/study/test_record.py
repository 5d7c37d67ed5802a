"""The study record: what is counted from the database, in the academy's zone, on pages, on paper and in the report."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from core.owner import owner_connection
from jobs.perform import drain
from tenants.certificates import actions as certificates
from tenants.certificates import design_actions
from tenants.certificates.design_actions import DesignDraft
from tenants.courses.models import Course
from tenants.imports.reading import table_of
from tenants.learning import actions as learning
from tenants.learning import resets
from tenants.learning.models import Enrolment, Progress
from tenants.past import actions as past
from tenants.reports import files, schedules
from tenants.reports.asking import asked_of
from tenants.reports.hours import study_hours
from tenants.reports.models import ReportFile
from tenants.sessions.actions import Draft, plan_session
from tenants.sessions.seats import Mark, record_attendance, take_seat
from tenants.study.queries import record_of, studied
from tests.cast import Cast, make_cast
from tests.certificates.giving import counted
from tests.courses.writing import member
from tests.factories import published_course
from tests.opened import Opened

ZONE = "Europe/Amsterdam"


@dataclass(frozen=True)
class World:
    """Sanne finished a course of 12.5 hours at half past eleven in the evening UTC of New Year's Eve: in Amsterdam it was 2026."""

    cast: Cast
    course_id: UUID

    @contextmanager
    def inside(self, commit: bool = True) -> Iterator[None]:
        with db.scope(self.cast.academy.scope, commit=commit):
            yield

    def totals(self, who: str = "participant") -> dict[int, int]:
        """Return the minutes of each year."""
        with self.inside(commit=False):
            return {year: sums.total for year, sums in record_of(member(self.cast, who)).years}


@pytest.fixture
def world(cast: Cast) -> World:
    with db.scope(cast.academy.scope, commit=True):
        owner = member(cast, "owner")
        course, _ = published_course(owner, "Medication safety")
        course.study_hours = Decimal("12.5")
        learning.enrol(member(cast, "participant"), course, owner).done_at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
        learning.enrol(member(cast, "second"), course, owner)
        return World(cast, course.id)


def bring(world: World, *rows: str) -> None:
    """Take past results of the participant over."""
    email = world.cast.email("participant")
    text = "\n".join(["email,course,date,result,hours,points", *(f"{email},{row}" for row in rows)])
    with world.inside():
        draft = past.keep(table_of(text.encode()), "x.csv", member(world.cast, "owner"))
        past.confirm(member(world.cast, "owner"), draft.id)
        past.take(draft.id)


def hold(world: World, day: date, begins: time, course_id: UUID | None, *who: str, mark: str = "present") -> None:
    """Hold a session of an hour to which these people came."""
    with world.inside():
        trainer = member(world.cast, "trainer")
        with clock.shifted(datetime.combine(day, time(3), UTC) - timedelta(days=2) - clock.now()):
            session = plan_session(Draft("Practice", "online", ZONE, day, begins, time(begins.hour + 1, begins.minute), course_id), trainer)
            seats = [take_seat(session, member(world.cast, one)) for one in who]
        record_attendance(session, {seat.id: Mark(mark) for seat in seats}, trainer)


def test_a_course_counts_on_its_day_in_the_academys_zone(world: World) -> None:
    assert world.totals() == {2026: 750}


def test_the_zone_of_the_academy_decides_and_not_the_servers(world: World, cast: Cast) -> None:
    with owner_connection() as connection:
        connection.execute("UPDATE core.academies SET zone = 'America/New_York' WHERE number = %s", (cast.academy.number,))
    assert world.totals() == {2025: 750}


def test_sessions_count_for_who_came_and_not_beside_a_course_that_holds_them(world: World) -> None:
    hold(world, date(2026, 2, 3), time(19), world.course_id, "participant", "second")
    hold(world, date(2026, 2, 4), time(19), None, "participant")
    hold(world, date(2026, 2, 5), time(19), None, "participant", mark="absent")
    assert world.totals() == {2026: 750 + 60}, "the evening of the course is in its hours"
    assert world.totals("second") == {2026: 60}, "who has not finished the course has the evening alone"
    with world.inside():
        db.session.get_one(Course, world.course_id).study_hours = None
    assert world.totals() == {2026: 120}, "a course without hours holds nothing"


def test_hours_on_the_certificate_stay_when_the_course_changes(world: World) -> None:
    with world.inside():
        owner, course = member(world.cast, "owner"), db.session.get_one(Course, world.course_id)
        design = design_actions.create_design(DesignDraft("Certificate", "{name} {hours}", language="en"), owner)
        design_actions.certify(course, design, Decimal("12.5"), True, owner)
        enrolment = db.session.scalars(sa.select(Enrolment).where(Enrolment.done_at.is_not(None))).one()
        certificate_id = certificates.issue_for(enrolment.id).id  # type: ignore[union-attr]
        course.study_hours = Decimal("3")
    assert world.totals() == {2026: 750}
    with world.inside():
        certificate = db.session.get_one(certificates.Certificate, certificate_id)
        certificates.replace(certificate, "name was wrong", member(world.cast, "owner"))
    assert world.totals() == {2026: 750}, "issued anew is not studied anew"
    with world.inside():
        fresh = db.session.scalars(sa.select(certificates.Certificate).where(certificates.Certificate.state == "valid")).one()
        certificates.revoke(fresh, "not done by herself", member(world.cast, "owner"))
    assert world.totals() == {}


def test_a_course_that_was_set_aside_does_not_count(world: World) -> None:
    with world.inside():
        enrolment = db.session.scalars(sa.select(Enrolment).where(Enrolment.done_at.is_not(None))).one()
        db.session.add(Progress(enrolment_id=enrolment.id, lesson_id=uuid4()))
        db.session.flush()
        resets.reset(enrolment, member(world.cast, "trainer"))
    assert world.totals() == {}


def test_my_record_shows_years_and_marks_what_came_from_elsewhere(app: HostedFlask, world: World) -> None:
    bring(world, "First aid,2019-03-01,87.5%,6,2", "Reading,2019-04-01,passed,,")
    browser = world.cast.client(app, "participant")
    page = browser.get("/record").text
    for words in ("Study time: 18 h 30 min", "12 h 30 min", "6 h", "First aid", "87.5%", "2 points", "From elsewhere", "no proof by this academy",
                  "Medication safety", "Download PDF"):  # fmt: skip
        assert words in page, words
    old = browser.get("/record?year=2019").text
    assert "Study time: 6 h" in old and "Medication safety" not in old and "Reading" in old
    assert "Nothing was done in this year" in browser.get("/record?year=2001").text and browser.get("/record?year=abc").status_code == 200
    assert "appears here" in world.cast.client(app, "second").get("/record").text
    with world.inside():
        member(world.cast, "participant").language = "nl"
    assert "87,5%" in browser.get("/record").text


def test_the_record_on_paper_is_archivable_and_holds_the_same(app: HostedFlask, world: World) -> None:
    bring(world, "First aid,2019-03-01,87.5%,6,2")
    answer = world.cast.client(app, "participant").get("/record/pdf")
    assert answer.mimetype == "application/pdf" and "study-record.pdf" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"%PDF-1.7") and b"pdfaid:part>2<" in answer.data and b"pdfuaid:part>1<" in answer.data
    assert b"<rdf:li>" in answer.data
    elsewhere = world.cast.client(app, "trainer").get(f"/people/{world.cast.ids['participant']}/record/pdf?year=2019")
    assert elsewhere.data.startswith(b"%PDF") and elsewhere.data != answer.data


def test_a_sign_without_a_font_is_said_and_nothing_breaks(app: HostedFlask, world: World) -> None:
    bring(world, "\u8b77\u7406,2019-03-01,,6,")
    answer = world.cast.client(app, "participant").get("/record/pdf?year=2019", follow_redirects=True)
    assert answer.status_code == 200 and "no font for a sign" in answer.text and "\u8b77\u7406" in answer.text


def test_who_follows_people_sees_a_record_and_others_do_not(app: HostedFlask, world: World, other: Opened) -> None:
    path = f"/people/{world.cast.ids['participant']}/record"
    bring(world, "First aid,2019-03-01,87.5%,6,2", "Medication safety,2018-03-01,91%,4,")
    for who in ("trainer", "manager", "owner"):
        page = world.cast.client(app, who).get(path).text
        assert "Study record of Sanne de Wit" in page and "First aid" in page and f"/reports/{world.course_id}/people/" in page
    stranger = make_cast(other).client(app, "manager")
    for verb in (path, f"{path}/pdf"):
        assert world.cast.client(app, "second").get(verb).status_code == 403
        assert stranger.get(verb).status_code == 404
    assert path in world.cast.client(app, "manager").get(f"/people/{world.cast.ids['participant']}").text
    timeline = world.cast.client(app, "trainer").get(f"/reports/{world.course_id}/people/{world.cast.ids['participant']}").text
    assert "Result from elsewhere, taken over" in timeline and "91%" in timeline and "87.5%" not in timeline


def rows_of(client: FlaskClient, query: str = "") -> dict[str, list[str]]:
    """Return the report as CSV: the cells of each person."""
    answer = client.get(f"/reports/hours.csv{query}")
    assert answer.status_code == 200
    return {row[0]: row[1:] for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))}


def test_the_report_adds_up_per_person_and_period(app: HostedFlask, world: World) -> None:
    bring(world, "First aid,2019-03-01,87%,6,", "Old,2024-06-30,,1:20,")
    hold(world, date(2026, 2, 3), time(19), world.course_id, "second")
    trainer = world.cast.client(app, "trainer")
    whole = rows_of(trainer)
    assert whole["Sanne de Wit"] == ["12.50", "0.00", "7.33", "19.83", "1190"] and whole["Yusuf Demir"] == ["0.00", "1.00", "0.00", "1.00", "60"]
    assert "Mees Kuipers" not in whole, "who neither learns nor studied is left out"
    assert rows_of(trainer, "?from=2026-01-01&to=2026-01-01")["Sanne de Wit"][-1] == "750"
    assert rows_of(trainer, "?to=2025-12-31")["Sanne de Wit"][-1] == "440"
    assert rows_of(trainer, "?from=2024-06-30&to=2024-06-30")["Sanne de Wit"][-1] == "80", "both days are in the period"
    assert list(rows_of(trainer, "?name=yusuf")) == ["Participant", "Yusuf Demir"]
    page = trainer.get("/reports/hours?from=2024-06-01&to=2025-12-31&sort=hours").text
    assert page.count('class="bar-hours"') == 19 and "June 2024" in page and "By month" in page and "1 h 20 min" in page
    assert "By year" in trainer.get("/reports/hours").text
    assert page.index("Sanne de Wit") < page.index("Yusuf Demir")
    sheet = openpyxl.load_workbook(io.BytesIO(trainer.get("/reports/hours.xlsx").data)).active
    assert [cell.value for cell in sheet[1]] == ["Participant", "Courses (hours)", "Sessions (hours)", "From elsewhere (hours)", "Together (hours)", "Minutes"]
    for who in ("participant", "author"):
        assert world.cast.client(app, who).get("/reports/hours").status_code == 403


def test_the_report_can_be_made_later_and_mailed_by_the_month(app: HostedFlask, world: World) -> None:
    trainer = world.cast.client(app, "trainer")
    assert trainer.post("/reports/files", data={"kind": "hours", "extension": "xlsx", "from": "2026-01-01"}).status_code == 302
    drain(20)
    with world.inside():
        assert db.session.scalars(sa.select(ReportFile)).one().is_ready
    assert "Study hours" in trainer.get("/reports/schedules/new?kind=hours").text
    sent = trainer.post("/reports/schedules/new?kind=hours", data={"kind": "hours", "every": "month", "month_day": "1", "weekday": "1", "extension": "csv"})
    assert sent.status_code == 302 and "Study hours" in trainer.get("/reports/schedules").text
    with world.inside():
        schedule = db.session.scalars(sa.select(schedules.ReportSchedule)).one()
        assert schedule.kind == "hours"
    with clock.shifted(timedelta(days=40)), world.inside():
        file = schedules.send(schedule.id, schedule.next_on)
        assert file is not None
        files.make_file(file.id)
        assert file.is_ready


def test_many_people_cost_as_many_statements_as_one(world: World) -> None:
    bring(world, *(f"Course {n},2019-03-{n:02d},,1," for n in range(1, 25)))
    costs = []
    for members in ([world.cast.ids["participant"]], [*world.cast.ids.values(), *(uuid4() for _ in range(3_000))]):
        with world.inside(commit=False), counted() as sent:
            studied(members)
        costs.append(len(sent))
    assert costs[0] == costs[1]
    with world.inside(commit=False), counted() as sent:
        study_hours(member(world.cast, "trainer"), asked_of({}))
    assert len(sent) <= 8


def test_a_past_certificate_that_is_revoked_counts_for_nothing(world: World) -> None:
    email = world.cast.email("participant")
    with world.inside():
        owner = member(world.cast, "owner")
        draft = past.keep(table_of(f"email,course,date,hours,number\n{email},First aid,2019-03-01,6,K-1".encode()), "x.csv", owner)
        past.confirm(owner, draft.id)
        past.take(draft.id)
    assert world.totals() == {2026: 750, 2019: 360}
    with world.inside():
        owner = member(world.cast, "owner")
        found = db.session.scalars(sa.select(certificates.Certificate).where(certificates.Certificate.origin == "imported")).one()
        certificates.revoke(found, "not genuine", owner)
        assert record_of(member(world.cast, "participant")).sums.past == 0
        assert not [one for one in studied([world.cast.ids["participant"]]) if one.source == "past"]


def test_pages_and_report_say_the_same(world: World) -> None:
    bring(world, "First aid,2019-03-01,87%,6,", "Old,2024-06-30,,1:20,")
    hold(world, date(2026, 2, 4), time(19), None, "participant")
    with world.inside(commit=False):
        record = record_of(member(world.cast, "participant")).sums
        lines = study_hours(member(world.cast, "trainer"), asked_of({})).lines
        assert next(one.sums for one in lines if one.name == "Sanne de Wit") == record
        assert record.total == 750 + 60 + 440
