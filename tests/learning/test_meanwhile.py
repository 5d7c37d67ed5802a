"""An author publishes while somebody is in the lesson: what they do belongs to the version that stands before them."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import actions as writing
from tenants.courses import block_actions, publishing
from tenants.courses import queries as courses
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft
from tenants.courses.models import Course, Lesson, Page
from tenants.exercises.models import HandIn
from tenants.learning import actions, queries
from tenants.learning.models import Answer, Attempt, Progress, Tick
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, text, write_course
from tests.exercises.making import write_exercise

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def written(cast: Cast) -> Written:
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        found = write_course(author)
        block_actions.add_block(_lesson(cast, found.course, found.last), "checklist", {"title": "Do", "items": [{"id": "one", "text": "Heat"}]})
        course = publish(author, found.course)
        actions.enrol(member(cast, "participant"), course, author)
    return found


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "participant")


def _course(cast: Cast, course_id: UUID) -> Course:
    return courses.course_to_edit(member(cast, "author"), course_id, lock=True)


def _lesson(cast: Cast, course_id: UUID, lesson_id: UUID) -> Lesson:
    return courses.lesson_of(_course(cast, course_id), lesson_id)


def url(written: Written, question: UUID) -> str:
    return f"/learn/{written.course}/{written.asking}/questions/{question}"


def page_in(html: str) -> str:
    """Return the id of the page that the forms of a lesson name."""
    found = re.search(r'name="page" value="([0-9a-f-]{36})"', html)
    assert found is not None
    return found[1]


def opened(browser: FlaskClient, written: Written, lesson: UUID | None = None) -> str:
    """Open a lesson and return the page that stands before the participant."""
    return page_in(browser.get(f"/learn/{written.course}/{lesson or written.asking}").text)


def change(cast: Cast, written: Written, again: tuple[UUID, ...] = ()) -> None:
    """Publish another first question, without the second one."""
    with db.scope(cast.academy.scope, commit=True):
        blocks = _lesson(cast, written.course, written.asking).live_blocks
        single, multiple = (next(b for b in blocks if b.question and b.question.id == one) for one in (written.single, written.multiple))
        drafts = [ChoiceDraft(None, "Milk", True, ""), ChoiceDraft(None, "Sand", False, "")]
        block_actions.save_question(single, QuestionDraft("single", "What wakes yeast up?", "", "", drafts))
        block_actions.remove_block(multiple)
        publishing.publish_course(_course(cast, written.course), again=[str(one) for one in again])


def take_out(cast: Cast, written: Written, lesson: UUID) -> None:
    """Publish the course without a lesson."""
    with db.scope(cast.academy.scope, commit=True):
        writing.remove_lesson(_lesson(cast, written.course, lesson))
        publishing.publish_course(_course(cast, written.course))


def choices(cast: Cast, page_id: str, question: UUID, *texts: str) -> list[str]:
    with db.scope(cast.academy.scope):
        found = queries.question_on(db.session.get_one(Page, UUID(page_id)), question)
        return [one["id"] for one in found["choices"] if one["text"] in texts]


class Kept(NamedTuple):
    """An answer as it is stored."""

    page_id: UUID
    given: str | None
    is_right: bool | None


def kept(cast: Cast, question: UUID) -> Kept:
    with db.scope(cast.academy.scope):
        answer = db.session.scalars(sa.select(Answer).where(Answer.question_id == question)).one()
        return Kept(answer.page_id, answer.given, answer.is_right)


def test_a_draft_belongs_to_the_page_that_was_seen_and_the_person_is_told(browser: FlaskClient, cast: Cast, written: Written) -> None:
    page = opened(browser, written)
    water, = choices(cast, page, written.single, "Water")
    change(cast, written)
    for _ in range(2):
        answer = browser.post(url(written, written.single), data={"choice": water, "page": page, "client_id": str(uuid4())}, headers=SCRIPT)
        assert (answer.status_code, answer.headers["X-Lesson"]) == (204, "changed")
    assert str(kept(cast, written.single).page_id) == page and water in str(kept(cast, written.single).given)
    fresh = opened(browser, written)
    milk, = choices(cast, fresh, written.single, "Milk")
    answer = browser.post(url(written, written.single), data={"choice": milk, "page": fresh, "client_id": str(uuid4())}, headers=SCRIPT)
    assert answer.status_code == 204 and "X-Lesson" not in answer.headers
    assert str(kept(cast, written.single).page_id) == fresh


def test_a_check_is_judged_by_the_question_that_was_seen(browser: FlaskClient, cast: Cast, written: Written) -> None:
    page = opened(browser, written)
    change(cast, written)
    for question, right in ((written.single, ("Water",)), (written.multiple, ("Flour", "Water"))):
        sent = {"choice": choices(cast, page, question, *right), "page": page, "do": "check", "attempt_id": str(uuid4())}
        answer = browser.post(url(written, question), data=sent, headers=SCRIPT)
        assert answer.status_code == 200 and answer.headers["X-Lesson"] == "changed"
        assert "That is right" in answer.text and page_in(answer.text) == page
        assert str(kept(cast, question).page_id) == page and kept(cast, question).is_right
    plain = browser.post(url(written, written.multiple), data={**sent, "attempt_id": str(uuid4())})
    assert plain.status_code == 302 and "changed while you had it open" in browser.get(plain.location).text


def test_what_was_answered_before_an_author_asked_again_is_asked_again(browser: FlaskClient, cast: Cast, written: Written) -> None:
    page = opened(browser, written)
    change(cast, written, again=(written.single,))
    sent = {"page": page, "do": "check"}
    browser.post(url(written, written.single), data={**sent, "choice": choices(cast, page, written.single, "Water")})
    course = browser.get(f"/learn/{written.course}").text
    assert "1 question to answer again" in course and "Changed lesson:" in course
    fresh = opened(browser, written)
    browser.post(url(written, written.single), data={"page": fresh, "do": "check", "choice": choices(cast, fresh, written.single, "Milk")})
    assert "answer again" not in browser.get(f"/learn/{written.course}").text


def test_a_lesson_is_done_by_the_rule_of_now(browser: FlaskClient, cast: Cast, written: Written) -> None:
    """The second question is gone: who answers the others is done, though the page before them still shows it."""
    page = opened(browser, written)
    change(cast, written)
    browser.post(url(written, written.single), data={"page": page, "do": "check", "choice": choices(cast, page, written.single, "Water")})
    answer = browser.post(url(written, written.open), data={"page": page, "do": "check", "text": "Rye"}, headers=SCRIPT)
    assert answer.status_code == 200 and "Handed in" in answer.text
    assert "1 of 3 lessons done" in browser.get(f"/learn/{written.course}").text


def test_marking_an_old_page_counts_and_the_change_is_still_told(browser: FlaskClient, cast: Cast, written: Written) -> None:
    page = opened(browser, written, written.reading)
    with db.scope(cast.academy.scope, commit=True):
        text(_lesson(cast, written.course, written.reading), "And salt.")
        publishing.publish_course(_course(cast, written.course), again=[str(written.reading)])
    learn = f"/learn/{written.course}"
    assert browser.post(f"{learn}/{written.reading}/completion", data={"page": page}).status_code == 302
    course = browser.get(learn).text
    assert "1 of 3 lessons done" in course and "Changed lesson:" in course and "Please do this again" in course
    assert "I did this lesson again" in browser.get(f"{learn}/{written.reading}").text


def test_what_is_typed_in_a_lesson_that_is_gone_is_kept(browser: FlaskClient, cast: Cast, written: Written) -> None:
    page = opened(browser, written)
    take_out(cast, written, written.asking)
    saved = browser.post(url(written, written.open), data={"text": "My bread", "page": page, "client_id": str(uuid4())}, headers=SCRIPT)
    assert (saved.status_code, saved.headers["X-Lesson"]) == (204, "gone")
    attempt = uuid4()
    checked = browser.post(url(written, written.open), data={"text": "My own bread", "page": page, "do": "check", "attempt_id": str(attempt)}, headers=SCRIPT)
    assert checked.status_code == 200 and checked.headers["X-Lesson"] == "gone" and "Handed in" in checked.text
    assert "My own bread" in str(kept(cast, written.open).given)
    with db.scope(cast.academy.scope):
        assert "My own bread" in str(db.session.get_one(Attempt, attempt).given)
    block = re.search(r'data-block="([0-9a-f-]+)"', cast_page(cast, page))
    assert block is not None
    assert browser.post(f"/learn/{written.course}/{written.asking}/place", data={"block": block[1], "page": page}).status_code == 204
    for path in (url(written, written.open), f"/learn/{written.course}/{written.asking}/completion"):
        answer = browser.post(path, data={"text": "Plain", "page": page})
        assert answer.status_code == 302
        assert "taken out of the course" in browser.get(answer.location, follow_redirects=True).text
    assert "My own bread" not in str(kept(cast, written.open).given) and "Plain" in str(kept(cast, written.open).given)


def cast_page(cast: Cast, page_id: str) -> str:
    """Return the blocks of a page as the player names them."""
    with db.scope(cast.academy.scope):
        return "".join(f'data-block="{block["id"]}"' for block in db.session.get_one(Page, UUID(page_id)).content["blocks"])


def test_ticks_in_a_lesson_that_changed_or_went_are_kept(browser: FlaskClient, cast: Cast, written: Written) -> None:
    page = opened(browser, written, written.last)
    with db.scope(cast.academy.scope):
        block = next(b["id"] for b in db.session.get_one(Page, UUID(page)).content["blocks"] if b["kind"] == "checklist")
    take_out(cast, written, written.last)
    tick = f"/learn/{written.course}/{written.last}/checklists/{block}"
    assert browser.post(tick, data={"item": "one", "page": page}, headers=SCRIPT).headers["X-Lesson"] == "gone"
    with db.scope(cast.academy.scope):
        assert "one" in str(db.session.scalars(sa.select(Tick)).one().items)


def test_a_page_of_elsewhere_or_never_opened_is_404(browser: FlaskClient, app: HostedFlask, cast: Cast, written: Written) -> None:
    page, other = opened(browser, written), opened(browser, written, written.last)
    for wrong in (other, str(uuid4())):
        assert browser.post(url(written, written.open), data={"text": "x", "page": wrong}).status_code == 404
    with db.scope(cast.academy.scope, commit=True):
        actions.enrol(member(cast, "second"), _course(cast, written.course))
    take_out(cast, written, written.asking)
    stranger = cast.client(app, "second")
    assert stranger.post(url(written, written.open), data={"text": "x", "page": page}).status_code == 404
    assert stranger.get(f"/learn/{written.course}/{written.asking}").status_code == 404
    with db.scope(cast.academy.scope):
        assert db.session.query(Answer).count() == 0 and db.session.query(Progress).count() == 2


def test_an_exercise_that_was_taken_out_keeps_what_was_written(browser: FlaskClient, cast: Cast) -> None:
    found = write_exercise(cast)
    page = page_in(browser.get(f"/learn/{found.course}/{found.lesson}").text)
    assert page_in(browser.get(found.url()).text) == page
    with db.scope(cast.academy.scope, commit=True):
        lesson = _lesson(cast, found.course, found.lesson)
        block_actions.remove_block(lesson.live_blocks[0])
        text(lesson, "Later.")
        lesson.done_when = "marked"
        publishing.publish_course(_course(cast, found.course))
    assert browser.post(found.url(), data={"text": "Half a loaf", "page": page}, headers=SCRIPT).headers["X-Lesson"] == "changed"
    answer = browser.post(found.url(), data={"text": "My loaf", "page": page, "do": "hand_in", "sent_id": str(uuid4())})
    assert answer.status_code == 302 and "exercise was taken out" in browser.get(answer.location).text
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(HandIn)).one()
        assert (row.state, row.text, str(row.page_id)) == ("draft", "My loaf", page)


def test_who_sends_a_survey_that_was_taken_out_is_told(browser: FlaskClient, cast: Cast, written: Written) -> None:
    sent = f"/learn/{written.course}/{written.last}/surveys/{uuid4()}"
    assert browser.post(sent, data={"q-1": "x"}).status_code == 404, "who was never there learns nothing"
    opened(browser, written, written.last)
    answer = browser.post(sent, data={"q-1": "x"})
    assert answer.location == f"/learn/{written.course}" and "survey was taken out" in browser.get(answer.location).text
