"""The participant's pages: the dashboard, the course, the player, checking, going on."""

from __future__ import annotations

import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import actions as writing
from tenants.courses import publishing
from tenants.courses import queries as courses
from tenants.learning import actions, queries
from tenants.learning.models import Answer, Attempt, Progress
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, write_course
from tests.statements import note


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        found = write_course(author)
        course = publish(author, found.course)
        actions.enrol(member(cast, "participant"), course, author)
    return found


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "participant")


def at(written: Written, lesson: object = None, more: str = "") -> str:
    return f"/learn/{written.course}/{lesson or written.asking}{more}"


def choice_ids(cast: Cast, written: Written, question: object, *texts: str) -> list[str]:
    with db.scope(cast.academy.scope):
        page = queries.lesson_for(member(cast, "participant"), written.course, written.asking).page
        found = queries.question_on(page, question)  # type: ignore[arg-type]
        return [c["id"] for c in found["choices"] if c["text"] in texts]


def test_the_dashboard_says_where_to_go_on(browser: FlaskClient, written: Written) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert "Start lesson" in page.text and "Bread for beginners" in page.text
    assert "0/3" in page.text and "Sanne" in page.text
    assert page.text.count("<h1") == 1
    browser.get(at(written))
    page = browser.get("/")
    assert "Resume lesson" in page.text and "Lesson 2 of 3" in page.text and "10 minutes left" in page.text


def test_the_dashboard_without_courses_says_what_will_appear(app: HostedFlask, cast: Cast) -> None:
    page = cast.client(app, "second").get("/")
    assert page.status_code == 200 and "appear here" in page.text


def test_a_stranger_is_sent_to_sign_in(app: HostedFlask, cast: Cast, written: Written) -> None:
    for path in ("/", at(written), f"/learn/{written.course}", "/own-work"):
        answer = cast.client(app, None).get(path)
        assert answer.status_code == 302 and "sign" in answer.headers["Location"], path


@pytest.mark.parametrize("who", ["second", "trainer", "author"])
def test_who_is_not_enrolled_sees_404(app: HostedFlask, cast: Cast, written: Written, who: str) -> None:
    browser = cast.client(app, who)
    assert browser.get(f"/learn/{written.course}").status_code == 404
    assert browser.get(at(written)).status_code == 404
    assert browser.post(at(written, more="/completion")).status_code == 404
    assert browser.post(at(written, more=f"/questions/{written.single}"), data={"do": "check"}).status_code == 404


def test_the_player_shows_the_lesson_and_its_rule_in_words(browser: FlaskClient, written: Written) -> None:
    reading, asking = browser.get(at(written, written.reading)).text, browser.get(at(written)).text
    assert "<strong>ground</strong>" in reading and "You mark this lesson as done yourself" in reading
    assert "Mark as done and continue" in reading
    assert "Done when all 3 questions are right" in asking and "What wakes flour up?" in asking
    assert "Mark as done" not in asking
    assert "is_right" not in asking and "data-right" not in asking and "about water" not in asking


def test_marking_leads_on_to_the_next_open_lesson(browser: FlaskClient, written: Written) -> None:
    answer = browser.post(at(written, written.reading, "/completion"))
    assert answer.status_code == 302 and str(written.asking) in answer.headers["Location"]
    assert "1/3" in browser.get("/").text


def test_a_lesson_done_by_questions_cannot_be_marked(browser: FlaskClient, written: Written) -> None:
    answer = browser.post(at(written, more="/completion"))
    assert answer.status_code == 422 and "when every question in it is right" in answer.text


@pytest.mark.parametrize("script", [True, False])
def test_checking_says_right_or_not_yet_at_once(
    browser: FlaskClient, cast: Cast, written: Written, script: bool
) -> None:
    headers = {"HX-Request": "true"} if script else {}
    url = at(written, more=f"/questions/{written.single}")
    for text, words in (("Salt", "Not yet"), ("Water", "That is right")):
        given = {"do": "check", "client_id": str(uuid4()), "choice": choice_ids(cast, written, written.single, text)}
        answer = browser.post(url, data=given, headers=headers)
        if script:
            assert answer.status_code == 200 and "<html" not in answer.text and 'id="actionbar"' in answer.text
            shown = answer.text
        else:
            assert answer.status_code == 302 and "#block-" in answer.headers["Location"]
            shown = browser.get(answer.headers["Location"]).text
        assert words in shown and f'id="question-{written.single}"' in shown
    assert "about water" in shown


def test_a_check_counts_what_it_brings_even_under_the_id_of_the_last_draft(
    browser: FlaskClient, cast: Cast, written: Written
) -> None:
    url, same = at(written, more=f"/questions/{written.single}"), str(uuid4())
    wrong, right = (choice_ids(cast, written, written.single, text) for text in ("Salt", "Water"))
    browser.post(url, data={"client_id": same, "choice": wrong}, headers={"HX-Request": "true"})
    answer = browser.post(url, data={"do": "check", "client_id": same, "attempt_id": str(uuid4()), "choice": right},
                          headers={"HX-Request": "true"})  # fmt: skip
    assert "That is right" in answer.text and "is-wrong" not in answer.text
    with db.scope(cast.academy.scope):
        assert json.loads(db.session.scalars(sa.select(Attempt)).one().given or "") == {"choices": right}


def test_nothing_chosen_is_said_and_not_an_attempt(browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = at(written, more=f"/questions/{written.single}")
    for headers in ({}, {"HX-Request": "true"}):
        answer = browser.post(url, data={"do": "check"}, headers=headers)
        assert answer.status_code == 422 and "Choose or write an answer first." in answer.text
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count(Attempt.id))) == 0


def test_what_was_typed_stays_when_it_cannot_be_stored(browser: FlaskClient, written: Written) -> None:
    url = at(written, more=f"/questions/{written.open}")
    answer = browser.post(url, data={"do": "check", "text": "long " * 5000})
    assert answer.status_code == 422 and "long long long" in answer.text and "cannot be stored" in answer.text


def test_a_draft_is_kept_and_resumed(browser: FlaskClient, written: Written) -> None:
    url = at(written, more=f"/questions/{written.open}")
    sent = browser.post(url, data={"text": "half a thought", "client_id": str(uuid4())}, headers={"HX-Request": "true"})
    assert (sent.status_code, sent.text) == (204, "")
    resumed = browser.get(f"/learn/{written.course}/resume")
    assert str(written.asking) in resumed.headers["Location"] and "#block-" in resumed.headers["Location"]
    page = browser.get(resumed.headers["Location"]).text
    anchor = resumed.headers["Location"].split("#")[1]
    assert "half a thought" in page and f'id="{anchor}"' in page
    assert "You stopped at part 4 of 4" in browser.get("/").text


def test_the_last_answer_finishes_the_course(browser: FlaskClient, cast: Cast, written: Written) -> None:
    browser.post(at(written, written.reading, "/completion"))
    browser.post(at(written, written.last, "/completion"))
    for question, texts in ((written.single, ("Water",)), (written.multiple, ("Flour", "Water"))):
        browser.post(at(written, more=f"/questions/{question}"),
                     data={"do": "check", "choice": choice_ids(cast, written, question, *texts)})  # fmt: skip
    answer = browser.post(at(written, more=f"/questions/{written.open}"), data={"do": "check", "text": "Rolls"},
                          headers={"HX-Request": "true"})  # fmt: skip
    assert "Back to the course" in answer.text and "Handed in" in answer.text
    assert "You finished this course" in browser.get(f"/learn/{written.course}").text
    assert browser.get(f"/learn/{written.course}/resume").headers["Location"].endswith(f"/learn/{written.course}")
    assert "3/3" in browser.get("/").text


def test_a_place_is_kept_and_a_strange_one_refused(browser: FlaskClient, cast: Cast, written: Written) -> None:
    page = browser.get(at(written, written.reading)).text
    block = re.findall(r'data-block="([0-9a-f-]+)"', page)[1]
    assert browser.post(at(written, written.reading, "/place"), data={"block": block}).status_code == 204
    assert browser.post(at(written, written.reading, "/place"), data={"block": "x"}).status_code == 422
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(Progress)).one().place["block"] == block


def test_a_removed_lesson_is_explained(browser: FlaskClient, cast: Cast, written: Written) -> None:
    browser.get(at(written))
    with db.scope(cast.academy.scope, commit=True):
        course = courses.course_to_edit(member(cast, "author"), written.course, lock=True)
        writing.remove_lesson(courses.lesson_of(course, written.asking))
        publishing.publish_course(course)
    assert browser.get(at(written)).location == f"/learn/{written.course}"
    assert "taken out of the course" in browser.get("/").text
    assert "was removed from the course" in browser.get("/").text
    page = browser.get(f"/learn/{written.course}/resume", follow_redirects=True)
    assert page.status_code == 200 and "was removed from the course" in page.text


def test_extra_form_fields_are_ignored(browser: FlaskClient, cast: Cast, written: Written) -> None:
    url = at(written, more=f"/questions/{written.open}")
    browser.post(url, data={"do": "check", "text": "x", "is_right": "1", "enrolment_id": str(uuid4()), "role": "owner"})
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(Attempt)).one().is_right is None


def test_own_work_holds_what_the_person_did_and_nobody_else(
    app: HostedFlask, browser: FlaskClient, cast: Cast, written: Written
) -> None:
    browser.post(at(written, more=f"/questions/{written.open}"), data={"do": "check", "text": "My own buns"})
    with db.scope(cast.academy.scope, commit=True):
        actions.enrol(member(cast, "second"), courses.course_to_edit(member(cast, "author"), written.course))
    assert "My own buns" in browser.get("/own-work").text
    packed = zipfile.ZipFile(io.BytesIO(browser.get("/own-work.zip").data))
    work = json.loads(packed.read("own-work.json"))
    assert work["courses"][0]["answers"][0]["written"] == "My own buns"
    assert "My own buns" in packed.read("own-work.html").decode()
    assert "My own buns" not in cast.client(app, "second").get("/own-work").text


def test_the_dashboard_costs_at_most_six_statements(browser: FlaskClient, cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        for title in ("Second", "Third"):
            actions.enrol(member(cast, "participant"), publish(author, write_course(author, title).course))
    browser.get("/")
    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        page = browser.get("/")
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert page.text.count('class="row"') == 3
    assert 3 <= len(seen) <= 6, seen


def test_a_draft_costs_three_statements_and_keeps_what_the_long_way_keeps(
    browser: FlaskClient, cast: Cast, written: Written
) -> None:
    """One for the session, one that reads what decides, one that writes the answer, the place and the activity."""
    url = at(written, more=f"/questions/{written.open}")

    def save(text: str, client_id: UUID) -> None:
        sent = browser.post(url, data={"text": text, "client_id": str(client_id)}, headers={"HX-Request": "true"})
        assert sent.status_code == 204, sent.text

    def kept() -> SimpleNamespace:
        with db.scope(cast.academy.scope):
            answer, stand = db.session.scalars(sa.select(Answer)).one(), db.session.scalars(sa.select(Progress)).one()
            names = "saved_at", "checked_at", "save_id", "page_id", "given"
            return SimpleNamespace(place=stand.place, part=stand.part, **{name: getattr(answer, name) for name in names})

    browser.post(url, data={"do": "check", "text": "Rolls", "attempt_id": str(uuid4())})
    checked = kept()
    save("Rolls", uuid4())
    assert kept().saved_at == checked.saved_at, "the same words keep their verdict"
    last, seen = uuid4(), []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        save("Rolls and buns", last)
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert len(seen) == 3, seen
    save("sent again under its own id", last)
    now = kept()
    assert json.loads(now.given or "") == {"text": "Rolls and buns"} and now.saved_at > checked.saved_at
    assert now.save_id == last and now.page_id == checked.page_id and now.checked_at == checked.checked_at
    assert now.place == {"block": now.place["block"], "kind": "question", "nth": 4, "of": 4} and now.part == 0.75


def test_a_check_costs_four_statements_and_a_resend_keeps_what_came_later(browser: FlaskClient, cast: Cast, written: Written) -> None:
    """The session; the lesson; the answers; then answer, attempt, place and activity in one."""
    url, first = at(written, more=f"/questions/{written.open}"), str(uuid4())

    def check(text: str, attempt_id: str) -> Any:
        sent = browser.post(url, data={"do": "check", "text": text, "attempt_id": attempt_id}, headers={"HX-Request": "true"})
        assert sent.status_code == 200, sent.text
        return sent

    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    for text, attempt_id in (("Rolls", first), ("Buns", str(uuid4()))):
        seen.clear()
        sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
        try:
            page = check(text, attempt_id)
        finally:
            sa.event.remove(engine, "before_cursor_execute", listener)
        assert len(seen) == 4, seen
        assert text in page.text
    check("Rolls", first)
    with db.scope(cast.academy.scope):
        kept = db.session.scalars(sa.select(Answer)).one()
        assert json.loads(kept.given or "") == {"text": "Buns"}, "a resend of the first check changes nothing"
        numbers = db.session.scalars(sa.select(Attempt.number).order_by(Attempt.number)).all()
        assert numbers == [1, 2]


def test_twelve_drafts_at_once_leave_one_answer_that_somebody_sent(app: HostedFlask, cast: Cast, written: Written) -> None:
    url, texts = at(written, more=f"/questions/{written.open}"), [f"thought {number}" for number in range(12)]

    def save(text: str) -> int:
        form = {"text": text, "client_id": str(uuid4())}
        return cast.client(app, "participant").post(url, data=form, headers={"HX-Request": "true"}).status_code

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(save, texts)) == {204}
    with db.scope(cast.academy.scope):
        kept = db.session.scalars(sa.select(Answer)).one()
        assert json.loads(kept.given or "")["text"] in texts
