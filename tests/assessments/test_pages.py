"""The pages of tests: participants, with and without a script; trainers; authors; and what the network never says."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.assessments import queries
from tenants.assessments.models import Sitting
from tenants.courses.queries import course_to_edit
from tests.assessments.making import SECRETS, Test, all_right, begun, handed_in, progress, row, statements, write_test
from tests.cast import Cast
from tests.courses.writing import member, publish

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "participant")


@pytest.fixture
def trainer(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "trainer")


def fields(page: str) -> dict[str, str]:
    """Return the hidden marks of a paper, as its form would send them untouched."""
    return {name: value for name, value in re.findall(r'name="([0-9a-f-]+-mark)" value="([0-9a-f]+)"', page)}


def says_nothing_of_what_is_right(text: str) -> bool:
    return not any(secret in text for secret in (*SECRETS, "is_right", "That is right", "Not yet", "is-right"))


def test_a_whole_test_without_a_script(browser: FlaskClient, cast: Cast) -> None:
    found = write_test(cast, minutes=20, attempts=2, shown="answers")
    assert browser.get(f"/learn/{found.course}/{found.lesson}").headers["Location"] == found.url()
    page = browser.get(found.url()).text
    for words in ("You have 20 minutes.", "You can try 2 times.", "You pass with 70%.", "Your best attempt counts.", "Begin the test"):
        assert words in page, words
    where = browser.post(found.url()).headers["Location"]
    page = browser.get(where).text
    assert "Until " in page and "Read each question twice." in page and "A loaf has four parts." in page
    assert says_nothing_of_what_is_right(page) and re.search(r"<test-clock[^>]* data-ends=\"\d{13}\"", page)
    form = {**fields(page), f"{found.single}-choice": found.choices["Flour"]}
    saved = browser.post(where, data={**form, "do": "save"}, follow_redirects=True)
    assert "Saved" in saved.text and f'value="{found.choices["Flour"]}" checked' in saved.text
    answer = browser.post(where, data={**form, **fields(saved.text), "do": "hand_in"})
    assert answer.status_code == 200 and "A question has no answer yet" in answer.text and 'value="anyway"' in answer.text
    form |= {f"{found.multiple}-choice": [found.choices["Salt"], found.choices["Water"]]}  # type: ignore[dict-item]
    result = browser.post(where, data={**form, "do": "hand_in"}, follow_redirects=True).text
    assert "Passed" in result and "2 of 2 points, 100%" in result and SECRETS[0] in result and "about flour" in result
    assert progress(cast, found) == (Decimal(100), True)
    again = browser.get(found.url()).text
    assert "1 attempt left." in again and "Attempt 1" in again and "Try again" in again
    browser.post(where, data={**form, f"{found.single}-choice": found.choices["Sand"], "do": "hand_in"})
    assert row(cast, UUID(where.rsplit("/", 1)[1])).percent == 100, "what was handed in stays"


def test_an_old_tab_that_hands_in_takes_nothing_back(browser: FlaskClient, cast: Cast) -> None:
    found = write_test(cast)
    sitting_id = begun(cast, found)
    where = found.url(sitting_id)
    old = fields(browser.get(where).text)
    for question, key in ((found.single, "single"), (found.multiple, "multiple")):
        sent = {f"{question}-choice": found.right(key)["choices"], "client_id": str(uuid4())}
        assert browser.post(f"{where}/answers/{question}", data=sent, headers=SCRIPT).status_code == 204
    browser.post(where, data={**old, f"{found.single}-mark": "=", f"{found.single}-choice": found.choices["Sand"], "do": "anyway"})
    assert row(cast, sitting_id).percent == 100


def test_no_answer_of_the_network_says_what_is_right_before_the_review_opens(browser: FlaskClient, cast: Cast) -> None:
    closing = (clock.now() + timedelta(hours=5)).replace(tzinfo=None).isoformat(timespec="minutes")
    found = write_test(cast, shown="answers", shown_when="after_close", closes_at=closing)
    sitting_id = begun(cast, found)
    where, lesson = found.url(sitting_id), f"/learn/{found.course}/{found.lesson}"
    saved = browser.post(f"{where}/answers/{found.single}", data={f"{found.single}-choice": found.choices["Sand"]}, headers=SCRIPT)
    refused = browser.post(f"{where}/answers/{found.single}", data={f"{found.single}-choice": "nonsense"}, headers=SCRIPT)
    assert (saved.status_code, refused.status_code) == (204, 422)
    bad = browser.post(where, data={f"{found.single}-mark": "", f"{found.single}-choice": "nonsense", "do": "hand_in"})
    assert bad.status_code == 422 and "Some answers cannot be stored" in bad.text and row(cast, sitting_id).is_open
    for path in (f"{lesson}/questions/{found.single}", f"{lesson}/completion", f"{lesson}/place"):
        sent = browser.post(path, data={"do": "check", "choice": found.choices["Flour"], "attempt_id": str(uuid4())}, headers=SCRIPT)
        assert sent.status_code == 404 and says_nothing_of_what_is_right(sent.text), path
    pages = [browser.get(path).text for path in (where, found.url(), "/", f"/learn/{found.course}", "/own-work", f"{where}/clock")]
    browser.post(where, data={"do": "anyway"})
    pages += [saved.text, refused.text, bad.text, browser.get(where).text, browser.get(found.url()).text]
    assert all(says_nothing_of_what_is_right(page) for page in pages) and "You see your result from" in pages[-2]
    with clock.shifted(timedelta(hours=9)):
        assert SECRETS[1] in browser.get(where).text


def test_late_answers_are_refused_in_words_and_kept_and_the_clock_follows_the_trainer(
    app: HostedFlask, browser: FlaskClient, trainer: FlaskClient, cast: Cast
) -> None:
    found = write_test(cast, minutes=10)
    sitting_id = begun(cast, found)
    where = found.url(sitting_id)
    person = f"/tests/{found.course}/{found.lesson}/people/{cast.ids['participant']}"
    first = browser.get(f"{where}/clock").json
    refused = trainer.post(person, data={"extra_minutes": "x", "factor": "9", "reason": " "})
    assert refused.status_code == 422 and "Give whole minutes" in refused.text and "Write down why" in refused.text and "from 1 to 5" in refused.text
    assert trainer.post(person, data={"extra_minutes": "5", "reason": "Slow line"}).status_code == 302
    assert "Slow line" in trainer.get(person).text and "Slow line" not in browser.get(found.url()).text
    second = browser.get(f"{where}/clock").json
    assert first and second and second["ends"] - first["ends"] == 300_000 and second["open"]
    assert "You have 5 minutes more." in browser.get(found.url()).text
    with clock.shifted(timedelta(minutes=16)):
        late = browser.post(f"{where}/answers/{found.single}", data={f"{found.single}-choice": found.choices["Flour"]}, headers=SCRIPT)
        assert (late.status_code, late.headers["X-Kept"]) == (200, "late") and "Your time was over at" in late.text
        whole = browser.post(where, data={f"{found.multiple}-mark": "", f"{found.multiple}-choice": found.choices["Salt"], "do": "hand_in"}, follow_redirects=True)
        assert "What came later does not count" in whole.text
    assert row(cast, sitting_id).percent == 0
    assert trainer.get(f"/tests/sittings/{sitting_id}").text.count("Came too late") == 2
    for who, status in (("second", 404), ("author", 404)):
        assert cast.client(app, who).get(where).status_code == status


def test_a_trainer_marks_and_judges_before_a_failure_counts(browser: FlaskClient, trainer: FlaskClient, cast: Cast) -> None:
    found = write_test(cast, with_open=True, is_deciding=True, shown="answers")
    assert found.open is not None
    sitting_id = handed_in(cast, found, {found.open: {"text": "For the smell."}, found.single: found.wrong()})
    where, desk = found.url(sitting_id), f"/tests/sittings/{sitting_id}"
    assert "A trainer reads your open answers first." in browser.get(where).text and SECRETS[1] not in browser.get(where).text
    assert "Tests (1)" in trainer.get("/review").text
    page = trainer.get("/tests").text
    assert "Sanne de Wit" in page and "Open answers to mark" in page
    assert "For the smell." in trainer.get(desk).text
    bad = trainer.post(desk, data={f"points-{found.open}": "1.555", "note": "typed", "seen": "", "do": "points"})
    assert bad.status_code == 422 and "Give points from 0" in bad.text and "1.555" in bad.text and "typed" in bad.text
    assert "decide about that now" in trainer.post(desk, data={f"points-{found.open}": "1", "seen": "", "do": "points"}, follow_redirects=True).text
    hidden = browser.get(where).text
    assert "A trainer looks at it first." in hidden and "33" not in re.sub(r"<[^>]+>", "", hidden) and progress(cast, found)[0] is None
    clash = trainer.post(desk, data={"do": "stands", "note": "mine", "seen": ""})
    assert clash.status_code == 409 and "mine" in clash.text
    seen = re.search(r'name="seen" value="([^"]+)"', trainer.get(desk).text)
    assert seen and trainer.post(desk, data={"do": "passed", "note": "You know it.", "seen": unescape(seen[1])}).headers["Location"] == "/tests"
    result = browser.get(where).text
    assert "Passed" in result and "You know it." in result and SECRETS[1] in result and progress(cast, found)[1]


def test_results_show_people_and_questions_in_a_fixed_number_of_statements(trainer: FlaskClient, cast: Cast) -> None:
    found = write_test(cast, enrolled=("participant", "second"), with_open=True)
    handed_in(cast, found, all_right(found))
    path, counts = f"/tests/{found.course}/{found.lesson}", []
    for number in range(2):
        with statements(cast) as seen:
            page = trainer.get(path).text
            queue = trainer.get("/tests")
        counts.append(len(seen))
        assert queue.status_code == 200 and "Final test" in queue.text
        if not number:
            handed_in(cast, found, {found.single: found.wrong(), found.open: {"text": "x"}}, "second")  # type: ignore[dict-item]
            handed_in(cast, found, {found.single: found.right("single")})
    assert counts[0] == counts[1]
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)) for one in page.split("<tr>")]
    assert any("Sanne de Wit Not yet passed 66.66% 1 , 2" in one for one in rows), rows
    assert any("What is ground?" in one and "3 3 66.7%" in one for one in rows), rows
    assert any("What else is in bread?" in one and "3 1 33.3%" in one for one in rows), rows


def test_an_author_makes_a_test_and_its_settings_are_published(app: HostedFlask, cast: Cast, browser: FlaskClient) -> None:
    found = write_test(cast)
    author = cast.client(app, "author")
    editor, test = f"/courses/{found.course}/lessons/{found.lesson}", f"/courses/{found.course}/lessons/{found.lesson}/test"
    assert "Make it a lesson again" in author.get(editor).text and 'name="done_when"' not in author.get(editor).text
    form = {"pass_percent": "62,5", "minutes": "15", "attempts": "", "counts": "last", "shown": "answers", "shown_when": "at_once",
            "draw_tags": ["salt", ""], "draw_count": ["0", ""], "draw_points": ["1", "1"], f"points-{found.single}": "2"}  # fmt: skip
    bad = author.post(test, data=form)
    assert bad.status_code == 422 and "Give at least one tag" in bad.text and 'value="62,5"' in bad.text
    assert author.post(test, data={**form, "draw_count": ["3", ""]}).headers["Location"] == f"{editor}#test"
    page = author.get(editor).text
    assert 'value="62.5"' in page and 'value="salt"' in page and "Publish 1 change" in page
    assert "You have 15 minutes." not in browser.get(found.url()).text, "participants see it after publishing"
    with db.scope(cast.academy.scope, commit=True):
        publish(member(cast, "author"), found.course)
    assert "You have 15 minutes." in browser.get(found.url()).text
    author.post(test, data={"do": "unmake"})
    with db.scope(cast.academy.scope):
        lesson = course_to_edit(member(cast, "author"), found.course).live_modules[0].live_lessons[1]
        assert lesson.done_when == "marked" and "test" not in lesson.rules
    author.post(test, data={"do": "make"})
    for block in re.findall(r'/blocks/([0-9a-f-]+)/removal', author.get(editor).text):
        author.post(f"/courses/{found.course}/blocks/{block}/removal")
    assert "A test needs at least one question" in author.post(f"/courses/{found.course}/publications", follow_redirects=True).text


def test_own_work_holds_the_tests_that_somebody_sat(browser: FlaskClient, cast: Cast) -> None:
    found = write_test(cast, shown="score")
    handed_in(cast, found, {found.single: found.right("single")})
    pack = zipfile.ZipFile(BytesIO(browser.get("/own-work.zip").data))
    course = json.loads(pack.read("own-work.json"))["courses"][0]
    one = course["tests"][0]
    assert (one["test"], one["attempt"], one["percent"], one["is_passed"]) == ("Final test", 1, "50.00", False)
    assert one["answers"][0] == {"question": "What is ground?", "answered": ["Flour"]}
    assert "Final test, attempt 1" in pack.read("own-work.html").decode()


def test_an_ended_enrolment_loses_no_answer_and_a_stranger_finds_nothing(app: HostedFlask, browser: FlaskClient, cast: Cast) -> None:
    found = write_test(cast)
    sitting_id = begun(cast, found)
    where = found.url(sitting_id)
    with db.scope(cast.academy.scope, commit=True):
        sitting = db.session.get_one(Sitting, sitting_id)
        sitting.enrolment.state = "ended"
    assert browser.get(found.url()).status_code == 404 and browser.get(where).status_code == 200
    sent = {f"{found.single}-choice": found.choices["Flour"]}
    assert browser.post(f"{where}/answers/{found.single}", data=sent, headers=SCRIPT).status_code == 204
    assert browser.post(where, data={"do": "anyway"}).status_code == 302 and row(cast, sitting_id).percent == 50
    stranger = cast.client(app, "second")
    assert [stranger.get(path).status_code for path in (where, f"{where}/clock", "/tests", f"/tests/sittings/{sitting_id}")] == [404, 404, 403, 403]
    assert stranger.post(f"{where}/answers/{found.single}", data=sent).status_code == 404
    with db.scope(cast.academy.scope):
        assert queries.published_settings(found.course, uuid4()) is None


def test_a_test_that_asks_nothing_says_so(browser: FlaskClient, cast: Cast) -> None:
    found: Test = write_test(cast, opens_at="2040-01-01T09:00")
    answer = browser.post(found.url())
    assert answer.status_code == 422 and "This test opens on 1 January 2040, 09:00." in answer.text
