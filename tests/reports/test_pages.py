"""The trainer sees who is where and what they answered; others do not."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.courses import queries as courses
from tenants.learning import actions, queries
from tenants.people.models import Member
from tenants.reports import sight
from tenants.reports.asking import Asked
from tenants.reports.people import people_of
from tests.cast import Cast
from tests.certificates.giving import counted
from tests.courses.writing import Written, member, publish, write_course


@pytest.fixture
def written(cast: Cast) -> Written:
    """Return a course where one participant answered and another has not begun."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        found = write_course(author)
        course = publish(author, found.course)
        for who in ("participant", "second"):
            actions.enrol(member(cast, who), course, author)
        person = member(cast, "participant")
        actions.mark_done(queries.lesson_for(person, found.course, found.reading, lock=True))
        open_ = queries.lesson_for(person, found.course, found.asking, lock=True)
        question = queries.question_on(open_.page, found.single)
        for choice in reversed(question["choices"]):
            actions.check_answer(open_, found.single, {"choices": [choice["id"]]}, uuid4())
        actions.check_answer(open_, found.open, {"text": "Rye rolls\non Sundays"}, uuid4())
    return found


def test_the_table_says_who_is_where(app: HostedFlask, cast: Cast, written: Written) -> None:
    page = cast.client(app, "trainer").get(f"/reports/{written.course}")
    assert page.status_code == 200
    for words in ("Sanne de Wit", "1/3", "2. Water", "Yusuf Demir", "0/3", "Not started, enrolled 0 days ago", "Everyone (2)"):
        assert words in page.text, words


@pytest.mark.parametrize(("query", "shown", "hidden"), [
    ("show=waiting", "Yusuf", "Sanne"), ("show=busy", "Sanne", "Yusuf"), ("name=SANNE", "Sanne", "Yusuf"),
    ("show=nonsense", "Yusuf", "nobody-hidden"), ("name=zz", "Nobody here matches", "Sanne"),
])  # fmt: skip
def test_a_filter_is_a_plain_address(
    app: HostedFlask, cast: Cast, written: Written, query: str, shown: str, hidden: str
) -> None:
    page = cast.client(app, "trainer").get(f"/reports/{written.course}?{query}").text
    assert shown in page and hidden not in page


def test_the_longest_inactive_comes_first(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        here = sight.followed(member(cast, "trainer"), written.course)
        assert [one.name for one in people_of(here, Asked()).learners] == ["Yusuf Demir", "Sanne de Wit"]
        queries.course_for(member(cast, "participant"), written.course).enrolment.active_at = (
            clock.now() - timedelta(days=9)
        )
        found = people_of(here, Asked())
        assert [(one.name, one.standing) for one in found.learners] == [("Sanne de Wit", "quiet"), ("Yusuf Demir", "waiting")]
        assert found.counts == {"waiting": 1, "quiet": 1, "busy": 0, "done": 0, "ended": 0}


def test_who_no_longer_takes_it_stays_in_the_reports(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        queries.course_for(member(cast, "participant"), written.course).enrolment.ends_at = clock.now() - timedelta(hours=1)
    browser = cast.client(app, "trainer")
    assert "Sanne" not in browser.get(f"/reports/{written.course}").text
    assert "Sanne" in browser.get(f"/reports/{written.course}?show=ended").text


def test_the_persons_page_shows_their_own_words_and_attempts(app: HostedFlask, cast: Cast, written: Written) -> None:
    page = cast.client(app, "trainer").get(f"/reports/{written.course}/people/{cast.ids['participant']}")
    assert page.status_code == 200
    for words in ("What wakes flour up?", "Water", "Right", "2 attempts", "Rye rolls", "on Sundays", "Handed in", "No answer yet",
                  "Finished a lesson", "Timeline", "Lessons done are planned to take 5 minutes"):  # fmt: skip
        assert words in page.text, words


def test_a_draft_is_not_shown_before_it_is_handed_in(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        open_ = queries.lesson_for(member(cast, "second"), written.course, written.asking, lock=True)
        actions.save_answer(open_, written.open, {"text": "UNFINISHED"}, uuid4())
    page = cast.client(app, "trainer").get(f"/reports/{written.course}/people/{cast.ids['second']}").text
    assert "UNFINISHED" not in page and "Begun, not handed in yet" in page


@pytest.mark.parametrize(("who", "status"), [
    ("participant", 403), ("author", 403), ("manager", 200), ("owner", 200), (None, 302),
])  # fmt: skip
def test_only_trainers_managers_and_owners_see_progress(
    app: HostedFlask, cast: Cast, written: Written, who: str | None, status: int
) -> None:
    browser = cast.client(app, who)
    assert browser.get("/reports").status_code == status
    assert browser.get(f"/reports/{written.course}/people/{cast.ids['participant']}").status_code == status


def test_strange_people_and_courses_are_404(app: HostedFlask, cast: Cast, written: Written) -> None:
    browser = cast.client(app, "trainer")
    assert browser.get(f"/reports?course={uuid4()}").status_code == 404
    assert browser.get(f"/reports/{written.course}/people/{cast.ids['author']}").status_code == 404
    assert browser.get(f"/reports/{written.course}/people/{uuid4()}").status_code == 404


def test_without_courses_the_page_says_what_will_appear(app: HostedFlask, cast: Cast) -> None:
    assert "you see here who is where" in cast.client(app, "trainer").get("/reports").text


def test_many_people_come_in_pages(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course = courses.course_to_edit(member(cast, "author"), written.course)
        for number in range(55):
            person = Member(email=f"p{number}@x.example", first_name=f"P{number:02}", last_name="Test")
            db.session.add(person)
            db.session.flush()
            actions.enrol(person, course)
    browser, url = cast.client(app, "trainer"), f"/reports/{written.course}"
    first, second = browser.get(url).text, browser.get(f"{url}?page=2").text
    assert first.count('<th scope="row"') == 50 and second.count('<th scope="row"') == 7
    assert "51-57 of 57" in second and browser.get(f"{url}?page=99").text.count('<th scope="row"') == 7
    assert browser.get(f"{url}/matrix").text.count('<th scope="row"') == 57


def test_every_report_shows_the_same_people_and_goes_along_as_a_file(app: HostedFlask, cast: Cast, written: Written) -> None:
    browser, url = cast.client(app, "trainer"), f"/reports/{written.course}"
    matrix = browser.get(f"{url}/matrix").text
    assert '<td class="m-done"><span class="vh">done</span></td>' in matrix and matrix.count("<td class=") == 6
    assert "Before the first lesson" in browser.get(f"{url}/stops").text
    asked = browser.get(f"{url}/questions").text
    assert "What wakes flour up?" in asked and "Fewer than 5 people answered it" in asked
    for kind in ("people", "matrix", "stops", "questions"):
        table = browser.get(f"/reports/{kind}.csv?course={written.course}&show=busy")
        assert table.mimetype == "text/csv" and "no-store" in table.headers["Cache-Control"], kind
        assert "Yusuf" not in table.text
        book = load_workbook(io.BytesIO(browser.get(f"/reports/{kind}.xlsx?course={written.course}&show=busy").data))
        lines = [tuple("" if value is None else str(value) for value in row) for row in book.active.values]
        read = [tuple(row) for row in csv.reader(io.StringIO(table.text.lstrip("\ufeff")))]
        assert len(lines) > 1 and lines == read, kind
    assert browser.get("/reports/matrix.csv").status_code == 404


def test_who_needs_help_says_why(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        queries.course_for(member(cast, "participant"), written.course).enrolment.active_at = clock.now() - timedelta(days=9)
    browser = cast.client(app, "trainer")
    page = browser.get("/reports").text
    assert "Sanne de Wit" in page and "Inactive for 9 days" in page and "Yusuf" not in page
    assert "Sanne" not in browser.get("/reports?why=late").text and "Sanne" not in browser.get("/reports?name=yus").text
    assert "Inactive for 9 days" in browser.get("/reports/help.csv").text


@pytest.mark.parametrize("path", ["", "/matrix", "/stops", "/questions"])
def test_a_report_costs_the_same_for_two_and_for_forty(app: HostedFlask, cast: Cast, written: Written, path: str) -> None:
    browser, costs = cast.client(app, "trainer"), []
    browser.get(f"/reports/{written.course}{path}")
    for lap in range(2):
        for url in (f"/reports/{written.course}{path}", "/reports"):
            with counted() as sent:
                assert browser.get(url).status_code == 200
            costs.append(len([one for one in sent if not one.startswith("RESET")]))
        with db.scope(cast.academy.scope, commit=True):
            course = courses.course_to_edit(member(cast, "author"), written.course)
            for number in range(38):
                person = Member(email=f"q{lap}-{number}@x.example", first_name=f"Q{number:02}", last_name="Test")
                db.session.add(person)
                db.session.flush()
                actions.enrol(person, course).enrolled_at = clock.now() - timedelta(days=8)
    assert costs[:2] == costs[2:] and costs[0] <= (8 if path == "/matrix" else 10) and costs[1] <= 8, costs
