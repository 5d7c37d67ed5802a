"""Reports that are mailed by the week or the month: at 7 o'clock, once for each day, and not when nobody may see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.academies.models import Academy
from core.db import CORE, db
from core.outbox.models import Work
from jobs import reports as jobs
from tenants.courses import publishing
from tenants.courses import queries as courses
from tenants.courses.models import Course
from tenants.erasure import actions as erasing
from tenants.people.models import Member, MemberRole, MemberSession
from tenants.reports import schedules as mailing
from tenants.reports.models import ReportSchedule
from tests.cast import Cast
from tests.courses.writing import member
from tests.doors import letters
from tests.reports.sending import files, forget_work, schedules, waiting, work, write_taken_course

PLACE = ZoneInfo("Europe/Amsterdam")
MONDAYS = {"every": "week", "weekday": "1", "month_day": "1", "extension": "csv"}


@contextmanager
def at(moment: str) -> Iterator[None]:
    """Let it be this moment by the clock of Amsterdam."""
    wanted = datetime.fromisoformat(moment).replace(tzinfo=PLACE)
    with clock.shifted(wanted - datetime.now(UTC)):
        yield


@pytest.fixture
def course(cast: Cast) -> UUID:
    """Return a course that people take; who is signed in stays so until next year."""
    forget_work()
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(MemberSession).values(expires_at=clock.now() + timedelta(days=400)))
    return write_taken_course(cast)


@pytest.fixture
def monday(app: HostedFlask, cast: Cast, course: UUID) -> UUID:
    """Return the trainer's matrix of every Monday, planned on Tuesday 2 March 2027."""
    with at("2027-03-02T12:00"):
        made = cast.client(app, "trainer").post("/reports/schedules/new", data={**MONDAYS, "kind": "matrix", "course": str(course), "show": "waiting"})
    assert made.location == "/reports/schedules", made.text
    return schedules(cast)[0].id


def test_it_comes_once_at_seven_on_both_sides_of_a_change_of_the_clock(cast: Cast, monday: UUID) -> None:
    """T53: the clock goes forward on Sunday 28 March 2027."""
    for day, utc in (("2027-03-08", 6), ("2027-03-15", 6), ("2027-03-22", 6), ("2027-03-29", 5), ("2027-04-05", 5)):
        [row] = waiting("reports.send")
        assert row.due_at.astimezone(UTC).hour == utc and row.args["day"] == day, day
        before = len(files(cast))
        with at(f"{day}T06:40"):
            work()
            assert len(files(cast)) == before, "not before seven"
        with at(f"{day}T07:00:01"):
            work()
            work()
            assert [one.day.isoformat() for one in files(cast) if one.day][-1] == day and len(files(cast)) == before + 1
    assert len(letters(cast.academy, "report_scheduled")) == 5
    [(to, subject, text), *_] = letters(cast.academy, "report_scheduled")
    assert to == cast.email("trainer") and "Bread for beginners" in subject and "/reports/schedules" in text and "Sanne" not in text


def test_the_last_day_of_a_short_month(app: HostedFlask, cast: Cast, course: UUID) -> None:
    with at("2027-01-31T08:00"):
        cast.client(app, "trainer").post("/reports/schedules/new", data={**MONDAYS, "every": "month", "month_day": "31", "kind": "help"})
    for day in ("2027-02-28", "2027-03-31", "2027-04-30"):
        assert waiting("reports.send")[0].args["day"] == day
        with at(f"{day}T07:00:01"):
            work()
    assert [one.day.isoformat() for one in files(cast) if one.day] == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_a_day_is_sent_once_however_often_the_work_runs(cast: Cast, monday: UUID) -> None:
    with at("2027-03-08T07:01"):
        for day in ("2027-03-08", "2027-03-08", "2027-03-01", "2027-03-15"):
            with db.scope(cast.academy.scope, commit=True):
                jobs.send(str(monday), day)
        assert [str(one.day) for one in files(cast)] == ["2027-03-08"]
        work()
        assert len(files(cast)) == 1 and len(letters(cast.academy, "report_scheduled")) == 1
    assert [one.args["day"] for one in waiting("reports.send")] == ["2027-03-15"]


def test_a_clock_that_is_behind_sends_once_too(cast: Cast, monday: UUID) -> None:
    """T53: the row was due by the clock of the database, this worker's is ten minutes behind."""
    for moment in ("2027-03-08T06:50", "2027-03-08T07:01"):
        with at(moment), db.scope(cast.academy.scope, commit=True):
            jobs.send(str(monday), "2027-03-08")
    assert [str(one.day) for one in files(cast)] == ["2027-03-08"] and str(schedules(cast)[0].next_on) == "2027-03-15"


def test_what_fails_in_the_middle_moves_nothing(cast: Cast, monday: UUID) -> None:
    with at("2027-03-08T07:01"), pytest.raises(ZeroDivisionError), db.scope(cast.academy.scope, commit=True):
        assert mailing.send(monday, date(2027, 3, 8)) is not None
        raise ZeroDivisionError
    assert files(cast) == [] and str(schedules(cast)[0].next_on) == "2027-03-08"


def test_of_missed_days_only_the_newest_is_sent(cast: Cast, monday: UUID) -> None:
    forget_work()
    with at("2027-03-24T12:00"):
        with db.scope(cast.academy.scope, commit=True):
            assert mailing.find_overlooked() == [monday]
            mailing.find_overlooked()
        assert len(waiting("reports.send")) == 1
        work()
        assert [str(one.day) for one in files(cast)] == ["2027-03-22"] and str(schedules(cast)[0].next_on) == "2027-03-29"
        with db.scope(cast.academy.scope, commit=True):
            assert mailing.find_overlooked() == []


def test_the_sweep_asks_open_academies_only(cast: Cast, monday: UUID) -> None:
    for state, asked in (("suspended", False), ("closing", False), ("active", True)):
        in_state(cast, state)
        with db.scope(CORE, commit=True):
            db.session.execute(sa.delete(Work))
            jobs.sweep_all()
        rows = {one.job for one in (*waiting("reports.sweep"), *waiting("reports.overlooked")) if one.number == cast.academy.number}
        assert rows == {"reports.sweep", *(["reports.overlooked"] if asked else [])}, state


def test_an_academy_that_is_not_open_sends_nothing_and_catches_up(cast: Cast, monday: UUID) -> None:
    in_state(cast, "suspended")
    with at("2027-03-08T07:01"):
        work()
        assert files(cast) == []
    in_state(cast, "active")
    with at("2027-03-16T12:00"):
        with db.scope(cast.academy.scope, commit=True):
            mailing.find_overlooked()
        work()
    assert [str(one.day) for one in files(cast)] == ["2027-03-15"]


def in_state(cast: Cast, state: str) -> None:
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Academy).where(Academy.number == cast.academy.number).values(state=state))


def test_an_academy_that_moved_west_gets_it_at_its_own_seven(cast: Cast, monday: UUID) -> None:
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Academy).where(Academy.number == cast.academy.number).values(zone="America/New_York"))
    with at("2027-03-08T07:00:01"):
        work()
        assert files(cast) == [] and waiting("reports.send")[0].due_at.astimezone(UTC).hour == 12
    with at("2027-03-08T13:00:01"):
        work()
    assert [str(one.day) for one in files(cast)] == ["2027-03-08"]


@pytest.mark.parametrize("how", ["role", "blocked"])
def test_who_lost_the_right_gets_nothing_more(app: HostedFlask, cast: Cast, monday: UUID, how: str) -> None:
    with db.scope(cast.academy.scope, commit=True):
        if how == "blocked":
            member(cast, "trainer").state = "removed"
        else:
            db.session.execute(sa.delete(MemberRole).where(MemberRole.member_id == cast.ids["trainer"]))
    with at("2027-03-08T07:01"):
        work()
    assert files(cast) == [] and (schedules(cast)[0].state, schedules(cast)[0].why) == ("stopped", "rights")
    assert waiting("reports.send") == [] and letters(cast.academy, "report_scheduled") == []


def test_when_its_course_is_archived_it_stops_and_says_why(app: HostedFlask, cast: Cast, course: UUID, monday: UUID) -> None:
    archive(cast, course, True)
    browser = cast.client(app, "trainer")
    assert "Its course is archived" in browser.get("/reports/schedules").text, "before its day too"
    with at("2027-03-08T07:01"):
        work()
    assert (schedules(cast)[0].state, schedules(cast)[0].why) == ("stopped", "archived") and files(cast) == []
    assert "Its course is archived" in browser.get("/reports/schedules").text
    refused = browser.post(f"/reports/schedules/{monday}/state", data={"on": "1"})
    assert refused.status_code == 422 and "archived or gone" in refused.text
    assert browser.post("/reports/schedules/new", data={**MONDAYS, "kind": "matrix", "course": str(course)}).status_code == 422
    archive(cast, course, False)
    with at("2027-03-09T12:00"):
        assert browser.post(f"/reports/schedules/{monday}/state", data={"on": "1"}).status_code == 302
    assert str(schedules(cast)[0].next_on) == "2027-03-15" and schedules(cast)[0].why is None


def test_when_its_course_is_gone_it_stops_and_says_why(app: HostedFlask, cast: Cast, course: UUID, monday: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(Course).where(Course.id == course).values(publication_id=None))
        db.session.execute(sa.delete(Course).where(Course.id == course))
    with at("2027-03-08T07:01"):
        work()
    assert (schedules(cast)[0].state, schedules(cast)[0].why) == ("stopped", "gone")
    page = cast.client(app, "trainer").get("/reports/schedules").text
    assert "Its course is gone" in page and "Start again" not in page
    assert cast.client(app, "trainer").get(f"/reports/schedules/{monday}").status_code == 200


def archive(cast: Cast, course: UUID, archived: bool) -> None:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        found = courses.course_to_edit(author, course)
        (publishing.archive_course if archived else publishing.restore_course)(found, author)


def test_one_sees_changes_stops_and_removes_ones_own(app: HostedFlask, cast: Cast, monday: UUID) -> None:
    browser, url = cast.client(app, "trainer"), f"/reports/schedules/{monday}"
    page = browser.get("/reports/schedules").text
    assert "Matrix: Bread for beginners" in page and "Every week on Monday at 7:00" in page and "Not started" in page and "CSV" in page
    page = browser.get(url).text
    assert "show=waiting" in page
    assert [one for one in re.findall(r"<input[^>]*>", page) if 'value="week"' in one and "checked" in one]
    with at("2027-03-03T12:00"):
        assert browser.post(url, data={**MONDAYS, "every": "month", "month_day": "30", "extension": "xlsx"}).status_code == 302
    found = schedules(cast)[0]
    assert (found.every, found.on_day, found.extension, str(found.next_on)) == ("month", 30, "xlsx", "2027-03-30")
    with at("2027-03-08T07:01"):
        work()
        assert files(cast) == [], "the old Monday is old"
    assert "Every month on day 30 at 7:00" in browser.get("/reports/schedules").text
    browser.post(f"{url}/state")
    with at("2027-03-30T07:01"):
        work()
        assert files(cast) == []
    assert "You stopped it." in browser.get("/reports/schedules").text
    with at("2027-04-02T12:00"):
        browser.post(f"{url}/state", data={"on": "1"})
    assert str(schedules(cast)[0].next_on) == "2027-04-30"
    browser.post(f"{url}/removal")
    assert schedules(cast) == [] and "No report is mailed to you yet" in browser.get("/reports/schedules").text
    with at("2027-04-30T07:01"):
        work()
        assert files(cast) == []


def test_nobody_reaches_what_is_anothers(app: HostedFlask, cast: Cast, monday: UUID) -> None:
    url = f"/reports/schedules/{monday}"
    for who, status in (("owner", 404), ("manager", 404), ("author", 403), ("participant", 403)):
        browser = cast.client(app, who)
        assert browser.get(url).status_code == status
        for path in ("", "/state", "/removal"):
            assert browser.post(url + path, data=MONDAYS).status_code == status, (who, path)
        assert browser.post("/reports/schedules/new", data={**MONDAYS, "kind": "help"}).status_code == (403 if status == 403 else 302)
    found = schedules(cast)[0]
    assert (found.id, found.state, found.every) == (monday, "active", "week")


@pytest.mark.parametrize("wrong", [{"every": "day"}, {"weekday": "8"}, {"every": "month", "month_day": "32"}, {"extension": "pdf"}, {"every": ""}])
def test_a_rhythm_that_is_none_is_told_and_keeps_the_filters(app: HostedFlask, cast: Cast, course: UUID, wrong: dict[str, str]) -> None:
    answer = cast.client(app, "trainer").post("/reports/schedules/new", data={**MONDAYS, "kind": "matrix", "course": str(course), "name": "Yus", **wrong})
    assert answer.status_code == 422 and 'name="name" value="Yus"' in answer.text and "aria-invalid" in answer.text
    assert schedules(cast) == []


def test_other_filters_take_the_place_of_the_old(app: HostedFlask, cast: Cast, course: UUID, monday: UUID) -> None:
    browser = cast.client(app, "trainer")
    assert "Instead of" in browser.get(f"/reports/schedules/new?kind=people&course={course}&name=yus").text
    sent = {**MONDAYS, "weekday": "3", "kind": "people", "course": str(course), "name": "yus", "instead": str(monday)}
    assert cast.client(app, "manager").post("/reports/schedules/new", data=sent).status_code == 422, "somebody else's"
    assert browser.post("/reports/schedules/new", data={**sent, "instead": "x"}).status_code == 422
    with at("2027-03-02T12:00"):
        assert browser.post("/reports/schedules/new", data=sent).status_code == 302
    with db.scope(cast.academy.scope):
        found = db.session.scalars(sa.select(ReportSchedule)).one()
        assert (found.id, found.kind, found.asked.search, found.asked.show, str(found.next_on)) == (monday, "people", "yus", "all", "2027-03-03")


def test_there_is_room_for_twenty(app: HostedFlask, cast: Cast, course: UUID) -> None:
    browser = cast.client(app, "trainer")
    sent: Any = {**MONDAYS, "kind": "help"}
    assert [browser.post("/reports/schedules/new", data=sent).status_code for _ in range(21)] == [302] * 20 + [422]


def test_whatever_a_report_can_be_asked_is_kept(app: HostedFlask, cast: Cast, course: UUID) -> None:
    query = {"course": str(course), "show": "busy", "by": "active", "from": "2026-01-01", "to": "2026-12-31", "name": "é&=+ x",
             "sort": "name", "why": "late", "group": str(course), "organisation": str(course)}  # fmt: skip
    cast.client(app, "trainer").post("/reports/schedules/new", data={**MONDAYS, "kind": "people", **query})
    with db.scope(cast.academy.scope):
        assert db.session.get_one(ReportSchedule, schedules(cast)[0].id).asked.values() == query
        assert "é&" not in str(db.session.execute(sa.text("SELECT * FROM report_schedules")).all())
    page = cast.client(app, "trainer").get("/reports/schedules").text
    assert "Group: archived or gone" in page and "Organisation: archived or gone" in page and "é&amp;=+ x" in page


def test_T57_a_removal_takes_schedules_and_searches(app: HostedFlask, cast: Cast, monday: UUID) -> None:
    owner = cast.client(app, "owner")
    for name in ("SANNE de", "San", "Yusuf"):
        owner.post("/reports/schedules/new", data={**MONDAYS, "kind": "help", "name": name})
    with db.scope(cast.academy.scope, commit=True):
        counts = erasing.erase(db.session.get_one(Member, cast.ids["participant"]))
        assert counts["report_schedules"] == 1
    with db.scope(cast.academy.scope):
        found = [(one.asked.search, one.state, one.why) for one in db.session.scalars(sa.select(ReportSchedule).order_by(ReportSchedule.id))]
    assert found == [("", "active", None), ("", "stopped", "erased"), ("San", "active", None), ("Yusuf", "active", None)]
    assert "It searched for somebody who was removed" in owner.get("/reports/schedules").text
    with db.scope(cast.academy.scope, commit=True):
        erasing.erase(db.session.get_one(Member, cast.ids["trainer"]))
    assert [one.member_id for one in schedules(cast)] == [cast.ids["owner"]] * 3
    with at("2027-03-08T07:01"):
        work()
    assert all(one.member_id == cast.ids["owner"] for one in files(cast))


def test_a_report_leads_to_its_schedule(app: HostedFlask, cast: Cast, course: UUID) -> None:
    browser = cast.client(app, "trainer")
    page = browser.get(f"/reports/{course}/matrix?show=waiting").text
    assert "Mail it regularly" in page
    page = browser.get(f"/reports/schedules/new?kind=matrix&course={course}&show=waiting")
    assert page.status_code == 200 and 'name="show" value="waiting"' in page.text and "Matrix: Bread for beginners" in page.text
    assert browser.get("/reports/schedules/new?kind=matrix").status_code == 404
    assert browser.get("/reports/schedules/new?kind=nonsense").status_code == 404
    assert timedelta() < schedules_next(browser, cast, course)


def schedules_next(browser: Any, cast: Cast, course: UUID) -> timedelta:
    """Return how long it takes until a report that is scheduled now comes."""
    browser.post("/reports/schedules/new", data={**MONDAYS, "kind": "matrix", "course": str(course)})
    return waiting("reports.send")[0].due_at - clock.now()
