"""Lessons that open later and deadlines, before an author and before a participant; reminders (T53)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.audit.models import Event
from tenants.courses import actions as writing
from tenants.courses import queries as courses
from tenants.courses.models import Course
from tenants.learning import actions, deadlines, queries
from tenants.learning.models import Progress
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, write_course


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        found = write_course(member(cast, "author"))
        course = publish(member(cast, "author"), found.course)
        actions.enrol(member(cast, "participant"), course)
    return found


def rule(app: HostedFlask, cast: Cast, written: Written, lesson: object, **form: str) -> int:
    return cast.client(app, "author").post(f"/courses/{written.course}/lessons/{lesson}/rules", data=form).status_code


def publish_now(app: HostedFlask, cast: Cast, written: Written) -> None:
    assert cast.client(app, "author").post(f"/courses/{written.course}/publications").status_code == 302


def test_an_author_says_when_a_lesson_opens_and_the_participant_reads_why_it_is_closed(
    app: HostedFlask, cast: Cast, written: Written
) -> None:
    day = (clock.now() + timedelta(days=40)).date()
    assert rule(app, cast, written, written.last, release_on=day.isoformat(), release_after=str(written.reading)) == 302
    editor = cast.client(app, "author").get(f"/courses/{written.course}/lessons/{written.last}").text
    assert f'value="{day.isoformat()}"' in editor and f'value="{written.reading}" selected' in editor
    participant = cast.client(app, "participant")
    assert participant.get(f"/learn/{written.course}/{written.last}").status_code == 200, "not published yet"
    publish_now(app, cast, written)

    closed = participant.get(f"/learn/{written.course}/{written.last}")
    assert closed.status_code == 403
    assert "Opens when you have finished Flour." in closed.text and f"Opens on {day.day} " in closed.text
    assert "Hot." not in closed.text
    assert participant.post(f"/learn/{written.course}/{written.last}/completion").status_code == 403
    outline = participant.get(f"/learn/{written.course}").text
    assert "Opens when you have finished Flour" in outline and f'href="/learn/{written.course}/{written.last}' not in outline

    participant.post(f"/learn/{written.course}/{written.reading}/completion")
    assert "finished Flour" not in participant.get(f"/learn/{written.course}").text
    with clock.shifted(timedelta(days=41)), db.scope(cast.academy.scope):
        assert queries.lesson_for(member(cast, "participant"), written.course, written.last).step.number == 3


def test_lessons_in_order_open_one_by_one_and_the_course_says_what_is_left(
    app: HostedFlask, cast: Cast, written: Written
) -> None:
    author, participant = cast.client(app, "author"), cast.client(app, "participant")
    assert author.post(f"/courses/{written.course}/pace", data={"in_order": "1", "deadline_days": "7"}).status_code == 302
    publish_now(app, cast, written)
    assert participant.get(f"/learn/{written.course}/{written.asking}").status_code == 403
    after = participant.post(f"/learn/{written.course}/{written.reading}/completion")
    assert f"/learn/{written.course}/{written.asking}" in after.headers["Location"]
    page = participant.get(f"/learn/{written.course}/{written.asking}").text
    assert "3 questions to go" in page and "Next lesson" not in page, "the next one is closed"
    home = participant.get("/").text
    assert "By " in home
    with db.scope(cast.academy.scope):
        taken = queries.course_for(member(cast, "participant"), written.course)
        assert taken.way.due_at is not None


def test_seen_to_the_end_makes_a_lesson_done_by_its_last_block_or_by_going_on(
    app: HostedFlask, cast: Cast, written: Written
) -> None:
    author, participant = cast.client(app, "author"), cast.client(app, "participant")
    for lesson in (written.reading, written.last):
        author.post(f"/courses/{written.course}/lessons/{lesson}", data={"done_when": "viewed"})
    publish_now(app, cast, written)
    with db.scope(cast.academy.scope):
        open_ = queries.lesson_for(member(cast, "participant"), written.course, written.reading)
        first, second = (block["id"] for block in open_.page.content["blocks"])
    done = sa.select(Progress.done_at).where(Progress.lesson_id == written.reading)
    for block, is_done in ((first, False), (second, True)):
        participant.post(f"/learn/{written.course}/{written.reading}/place", data={"block": block})
        with db.scope(cast.academy.scope):
            assert (db.session.scalar(done) is not None) == is_done
    assert ">Finish<" in participant.get(f"/learn/{written.course}/{written.last}").text
    assert participant.post(f"/learn/{written.course}/{written.last}/completion").status_code == 302


def test_bad_rules_are_said_at_the_field_and_nothing_typed_is_lost(app: HostedFlask, cast: Cast, written: Written) -> None:
    author = cast.client(app, "author")
    url = f"/courses/{written.course}/lessons/{written.last}/rules"
    answer = author.post(url, data={"release_on": "soon", "release_days": "3", "deadline_days": "9"})
    assert answer.status_code == 422 and "2026-12-01" in answer.text
    assert 'value="soon"' in answer.text and 'value="9"' in answer.text
    assert author.post(f"/courses/{written.course}/pace", data={"deadline_days": "x", "deadline_on": "2030-01-02"}).status_code == 422
    assert rule(app, cast, written, written.last, release_after=str(written.last)) == 422, "a lesson cannot wait for itself"
    assert rule(app, cast, written, written.reading, release_after=str(written.last)) == 302
    refused = author.post(f"/courses/{written.course}/publications")
    assert refused.status_code == 422 and "so nobody could open it" in refused.text
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Course, written.course).rules == {}


def test_reminders_come_once_for_each_mark_and_not_to_who_is_done(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        course = courses.course_to_edit(author, written.course)
        writing.rule_course(course, False, {"days": 10})
        writing.rule_lesson(courses.lesson_of(course, written.reading), {}, {"days": 5})
        actions.enrol(member(cast, "second"), publish(author, written.course))
    told: list[tuple[int, int]] = []
    for day in (0, 0, 4, 4, 9, 11, 12, 30):
        with clock.shifted(timedelta(days=day)), db.scope(cast.academy.scope, commit=True):
            told.append((day, deadlines.remind_all()))
            if day == 0:
                open_ = queries.lesson_for(member(cast, "second"), written.course, written.reading, lock=True)
                actions.mark_done(open_)
    # both: lesson a week before (day 0); Sanne's lesson a day before (4) and both courses a week before (4);
    # lesson late (9), both courses a day before (9), late (11)
    assert told == [(0, 2), (0, 0), (4, 3), (4, 0), (9, 3), (11, 2), (12, 0), (30, 0)]
    with db.scope(cast.academy.scope):
        noted = db.session.scalars(sa.select(Event).where(Event.act == "learning.deadline")).all()
    assert len(noted) == 10 and {event.facts["mark"] for event in noted} == {"1", "7", "late"}
