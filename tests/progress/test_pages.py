"""The trainer sees who is where and what they answered; others do not."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.courses import queries as courses
from tenants.learning import actions, overview, queries
from tenants.people.models import Member
from tests.cast import Cast
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
    page = cast.client(app, "trainer").get("/progress")
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
    page = cast.client(app, "trainer").get(f"/progress?course={written.course}&{query}").text
    assert shown in page and hidden not in page


def test_the_longest_inactive_comes_first(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        names = [person.name for person in overview.people_in(member(cast, "trainer"), written.course).people]
        assert names == ["Yusuf Demir", "Sanne de Wit"]
        queries.course_for(member(cast, "participant"), written.course).enrolment.active_at = (
            clock.now() - timedelta(days=9)
        )
        here = overview.people_in(member(cast, "trainer"), written.course)
        assert [(p.name, p.standing) for p in here.people] == [("Sanne de Wit", "quiet"), ("Yusuf Demir", "waiting")]
        assert here.counts == {"waiting": 1, "quiet": 1, "busy": 0, "done": 0}


def test_the_persons_page_shows_their_own_words_and_attempts(app: HostedFlask, cast: Cast, written: Written) -> None:
    page = cast.client(app, "trainer").get(f"/progress/{written.course}/{cast.ids['participant']}")
    assert page.status_code == 200
    for words in ("What wakes flour up?", "Water", "Right", "2 attempts", "Rye rolls", "on Sundays", "Handed in", "No answer yet"):
        assert words in page.text, words


def test_a_draft_is_not_shown_before_it_is_handed_in(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        open_ = queries.lesson_for(member(cast, "second"), written.course, written.asking, lock=True)
        actions.save_answer(open_, written.open, {"text": "UNFINISHED"}, uuid4())
    page = cast.client(app, "trainer").get(f"/progress/{written.course}/{cast.ids['second']}").text
    assert "UNFINISHED" not in page and "Begun, not handed in yet" in page


@pytest.mark.parametrize(("who", "status"), [
    ("participant", 403), ("author", 403), ("manager", 200), ("owner", 200), (None, 302),
])  # fmt: skip
def test_only_trainers_managers_and_owners_see_progress(
    app: HostedFlask, cast: Cast, written: Written, who: str | None, status: int
) -> None:
    browser = cast.client(app, who)
    assert browser.get("/progress").status_code == status
    assert browser.get(f"/progress/{written.course}/{cast.ids['participant']}").status_code == status


def test_strange_people_and_courses_are_404(app: HostedFlask, cast: Cast, written: Written) -> None:
    browser = cast.client(app, "trainer")
    assert browser.get(f"/progress?course={uuid4()}").status_code == 404
    assert browser.get(f"/progress/{written.course}/{cast.ids['author']}").status_code == 404
    assert browser.get(f"/progress/{written.course}/{uuid4()}").status_code == 404


def test_without_courses_the_page_says_what_will_appear(app: HostedFlask, cast: Cast) -> None:
    assert "you see here who is where" in cast.client(app, "trainer").get("/progress").text


def test_many_people_come_in_pages_of_25(app: HostedFlask, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course = courses.course_to_edit(member(cast, "author"), written.course)
        for number in range(30):
            person = Member(email=f"p{number}@x.example", first_name=f"P{number:02}", last_name="Test")
            db.session.add(person)
            db.session.flush()
            actions.enrol(person, course)
    browser = cast.client(app, "trainer")
    first, second = browser.get("/progress").text, browser.get("/progress?page=2").text
    assert first.count('<th scope="row"') == 25 and second.count('<th scope="row"') == 7
    assert "26-32 of 32" in second and browser.get("/progress?page=99").text.count('<th scope="row"') == 7
