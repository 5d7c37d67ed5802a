"""Pages of report files and schedules in a real browser: a large report, being made, failed, stopped, a wrong form."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core import sessions
from core.db import db
from tenants.courses.models import Course
from tenants.learning.models import Enrolment
from tenants.people.models import Member
from tenants.reports import files, schedules, tables
from tenants.reports.asking import Asked
from tenants.reports.models import ReportFile, ReportSchedule
from tenants.reports.schedules import Rhythm
from tests.browser.axe import overflow_px, violations
from tests.browser.site import Site
from tests.cast import Cast, make_cast
from tests.opened import Opened
from tests.reports.sending import write_taken_course

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def cast(academy: Opened) -> Cast:
    return make_cast(academy)


@pytest.fixture
def course(cast: Cast) -> UUID:
    """Return a course with 2 files and 2 schedules of the trainer, and so many people that its matrix is large."""
    course_id = write_taken_course(cast)
    with db.scope(cast.academy.scope, commit=True):
        trainer, asked = db.session.get_one(Member, cast.ids["trainer"]), Asked(course_id, show="waiting", search="s")
        ready = files.ask_file(trainer, "matrix", "xlsx", asked, "en")
        files.make_file(ready.id)
        failed = files.ask_file(trainer, "questions", "csv", asked, "en")
        failed.state, failed.trouble = "failed", "erased"
        schedules.add_schedule(trainer, "matrix", asked, Rhythm("week", 7, "xlsx"), "en")
        schedules.stop(schedules.add_schedule(trainer, "help", Asked(), Rhythm("month", 31, "csv"), "en"), "erased")
    return course_id


def pages(cast: Cast, course: UUID) -> list[str]:
    with db.scope(cast.academy.scope):
        schedule = db.session.scalars(sa.select(ReportSchedule.id).limit(1)).one()
    return ["/reports/files", "/reports/schedules", f"/reports/schedules/{schedule}", f"/reports/schedules/new?kind=matrix&course={course}&show=busy&name=s"]


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")])
def test_pages_of_files_and_schedules_are_accessible_and_fit(
    browser: Any, site: Site, cast: Cast, course: UUID, width: int, scheme: Any
) -> None:
    page = opened(browser, site, cast, width, scheme)
    for number, path in enumerate(pages(cast, course)):
        answer = page.goto(f"http://{cast.host}:{site.port}{path}")
        assert answer.status == 200, path
        keep(page, f"reports-{number}-{width}-{scheme}")
        assert violations(page) == [] and overflow_px(page) == 0, path
    with db.scope(cast.academy.scope, commit=True):
        many_people(course)
    page.goto(f"http://{cast.host}:{site.port}/reports/matrix.xlsx?course={course}&name=e")
    keep(page, f"reports-large-{width}-{scheme}")
    assert violations(page) == [] and overflow_px(page) == 0
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/reports/files")
    keep(page, f"reports-waiting-{width}-{scheme}")
    assert violations(page) == [] and overflow_px(page) == 0
    page.locator("#report-files li", has_text="Matrix").locator(".tag-ok").nth(1).wait_for(timeout=60_000)
    assert page.locator(".tag-ok").count() == 2, "the page shows by itself that the file is ready"
    with db.scope(cast.academy.scope):
        made = db.session.scalars(sa.select(ReportFile).where(ReportFile.state == "ready").order_by(ReportFile.id.desc())).first()
        assert made is not None and made.file is not None and made.file.size_bytes > 20_000


def opened(browser: Any, site: Site, cast: Cast, width: int, scheme: Any) -> Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    origin = f"http://{cast.host}:{site.port}"
    context.add_cookies([{"name": sessions.cookie_name(), "value": cast.token("trainer"), "url": origin}])
    return context.new_page()


def many_people(course: UUID) -> None:
    """Enrol so many people that the matrix (two columns and three lessons) has more cells than are made at once."""
    found = db.session.get_one(Course, course)
    people = [Member(email=f"m{number}@x.example", first_name=f"Eef{number:04}", last_name="Test") for number in range(tables.LARGE_CELLS // 5)]
    db.session.add_all(people)
    db.session.flush()
    db.session.add_all(Enrolment(member_id=one.id, course_id=found.id) for one in people)
    db.session.flush()


def keep(page: Any, name: str) -> None:
    if folder := os.environ.get("KWEEK_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
