"""The review desk as trainers see it: queue, claims, verdicts, conflicts, phrases, substitutes; and the author's form."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import block_actions
from tenants.courses import queries as courses
from tenants.courses.models import Block
from tenants.exercises import actions
from tenants.exercises.models import HandIn, Review, SavedPhrase
from tenants.learning.queries import lesson_for
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import Exercise, handed_in, more_people, reviewed, state_of, write_exercise
from tests.statements import note

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def found(cast: Cast) -> Exercise:
    return write_exercise(cast, enrolled=("participant", "second"), trainer="trainer")


@pytest.fixture
def noor(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "trainer")


@pytest.fixture
def olga(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "owner")


@contextmanager
def statements(cast: Cast) -> Any:
    """Collect what is asked of the database inside the block."""
    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)


def review(cast: Cast) -> Review:
    with db.scope(cast.academy.scope):
        return db.session.scalars(sa.select(Review)).one()


def test_the_queue_says_who_when_which_and_counts(noor: FlaskClient, olga: FlaskClient, cast: Cast, found: Exercise) -> None:
    reviewed(cast, handed_in(cast, found), "again", "Once more", who="owner")
    again, other = handed_in(cast, found), handed_in(cast, found, "second")
    page = noor.get("/review")
    assert page.status_code == 200
    for words in ("Sanne de Wit", "Yusuf Demir", "Bake a loaf", "Bread", "Version 2", "To review (2)", "Try again (1)", "Review next"):
        assert words in page.text, words
    assert page.text.index(str(again)) < page.text.index(str(other))
    assert '<span class="count">2' in page.text, "the navigation says how many wait"
    assert "Nothing waits for you" in olga.get("/review").text and "Sanne" in olga.get("/review?whose=all").text


@pytest.mark.parametrize(("query", "shown"), [
    ("state=again", "Nothing waits for you"), ("whose=all&state=approved", "Nothing here matches"), ("state=nonsense&page=x&course=y", "Sanne"),
    ("whose=all&state=all", "Sanne"), ("course=01a207cf-1a33-7081-a6e6-886f7acd306d", "Nothing waits for you"),
])  # fmt: skip
def test_filters_are_plain_addresses(noor: FlaskClient, cast: Cast, found: Exercise, query: str, shown: str) -> None:
    handed_in(cast, found)
    page = noor.get(f"/review?{query}")
    assert page.status_code == 200 and shown in page.text


@pytest.mark.parametrize(("who", "status"), [("participant", 403), ("author", 403), ("manager", 200), (None, 302)])
def test_only_who_reviews_has_a_desk(app: HostedFlask, cast: Cast, found: Exercise, who: str | None, status: int) -> None:
    hand_in_id = handed_in(cast, found)
    browser = cast.client(app, who)
    assert browser.get("/review").status_code == browser.get(f"/review/{hand_in_id}").status_code == status
    if status == 403:
        assert browser.post(f"/review/{hand_in_id}", data={"do": "approved"}).status_code == 403
        assert "/review" not in browser.get("/").text and state_of(cast, hand_in_id) == "handed_in"


def test_one_screen_shows_queue_answer_and_feedback(noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found, words="Flour\nand water")
    page = noor.get(f"/review/{hand_in_id}").text
    for words in ("Queue (1)", "<p>Flour</p>", "<p>and water</p>", "Complete", "Approve", "0 of 9.5 points, 0 of 2 criteria judged", "Save this text"):
        assert words in page, words
    assert state_of(cast, hand_in_id) == "in_review"


def test_a_draft_is_kept_and_the_points_are_exact(noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    url = f"/review/{handed_in(cast, found)}"
    sent = noor.post(url, data={"text": "Well baked", "level-c1": "l1", "level-c2": "l3", "client_id": str(uuid4())}, headers=SCRIPT)
    assert (sent.status_code, sent.text) == (204, "")
    page = noor.get(url).text
    assert "Well baked</textarea>" in page and "0.3 of 9.5 points" in page and page.count(" checked") == 2
    assert review(cast).sent_at is None


def test_sending_goes_on_to_the_next_and_ends_at_the_queue(noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    first, second = handed_in(cast, found), handed_in(cast, found, "second")
    answer = noor.post(f"/review/{first}?whose=all", data={"text": "Fine", "do": "approved", "sent_id": str(uuid4())})
    assert answer.headers["Location"] == f"/review/{second}?whose=all"
    answer = noor.post(f"/review/{second}?whose=all", data={"text": "Longer", "do": "again"}, follow_redirects=True)
    assert answer.status_code == 200 and "Nothing else waits here" in answer.text
    assert (state_of(cast, first), state_of(cast, second)) == ("approved", "again")


def test_a_double_click_sends_once(noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    form = {"text": "Fine", "do": "approved", "sent_id": str(uuid4())}
    assert {noor.post(f"/review/{hand_in_id}", data=form).status_code for _ in range(2)} == {302}
    assert review(cast).verdict == "approved"


def test_trying_again_needs_words_and_keeps_the_levels(noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    answer = noor.post(f"/review/{hand_in_id}", data={"text": "", "level-c1": "l2", "do": "again"})
    assert answer.status_code == 422 and "Write what is missing" in answer.text and 'value="l2" checked' in answer.text
    assert noor.post(f"/review/{hand_in_id}", data={"text": "x" * 20_001, "do": "approved"}).status_code == 422
    assert state_of(cast, hand_in_id) == "handed_in"


def test_who_looks_at_it_is_said_and_may_be_relieved(noor: FlaskClient, olga: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    noor.get(f"/review/{hand_in_id}")
    page = olga.get(f"/review/{hand_in_id}").text
    assert re.search(r"Noor Haddad is looking at this since \d\d:\d\d", page) and "data-feedback" not in page
    assert "Somebody looks at it" in olga.get("/review?whose=all").text
    assert olga.post(f"/review/{hand_in_id}/claim").status_code == 302
    assert "data-feedback" in olga.get(f"/review/{hand_in_id}").text


def test_the_second_trainer_keeps_what_they_typed_and_sees_the_first(noor: FlaskClient, olga: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    noor.get(f"/review/{hand_in_id}")
    olga.post(f"/review/{hand_in_id}/claim")
    mine = {"text": "Noor typed this for long", "do": "approved", "level-c1": "l2"}
    answer = noor.post(f"/review/{hand_in_id}", data=mine)
    assert answer.status_code == 409 and "Noor typed this for long</textarea>" in answer.text and "Olga Visser looks at this now" in answer.text
    assert 'name="do" value="approved"' not in answer.text and "Take over" in answer.text
    assert noor.post(f"/review/{hand_in_id}", data={"text": "background"}, headers=SCRIPT).status_code == 409
    olga.post(f"/review/{hand_in_id}", data={"text": "Olga was first", "do": "again"})
    answer = noor.post(f"/review/{hand_in_id}", data=mine)
    assert answer.status_code == 409 and "Noor typed this for long</textarea>" in answer.text and "Olga was first" in answer.text
    assert state_of(cast, hand_in_id) == "again"
    with db.scope(cast.academy.scope):
        assert [one.text for one in db.session.scalars(sa.select(Review))] == ["Olga was first"]


def test_phrases_work_without_javascript(noor: FlaskClient, olga: FlaskClient, cast: Cast, found: Exercise) -> None:
    url = f"/review/{handed_in(cast, found)}"
    noor.post(url, data={"text": "Well baked", "do": "phrase"})
    with db.scope(cast.academy.scope):
        phrase_id = db.session.scalars(sa.select(SavedPhrase.id)).one()
    noor.post(url, data={"text": "Hello", "do": f"insert:{phrase_id}", "sent_id": str(uuid4())})
    assert "Hello\n\nWell baked</textarea>" in noor.get(url).text
    olga.post(f"{url}/claim")
    assert olga.post(url, data={"text": "x", "do": f"insert:{phrase_id}"}).status_code == 404
    assert noor.post(f"{url}/claim").status_code == 302
    noor.post(url, data={"text": "Hello", "do": f"delete:{phrase_id}"})
    assert "Well baked" not in noor.get(url).text
    assert noor.post(url, data={"text": "", "do": "phrase"}).status_code == 422


def test_a_message_needs_no_verdict(app: HostedFlask, noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    assert noor.post(f"/review/{hand_in_id}/messages", data={"message": ""}).status_code == 422
    noor.post(f"/review/{hand_in_id}/messages", data={"message": "Which flour?", "client_id": str(uuid4())})
    sanne = cast.client(app, "participant")
    assert "New feedback" in sanne.get("/").text and "Which flour?" in sanne.get(found.url()).text
    assert state_of(cast, hand_in_id) == "handed_in"


def test_a_queue_changes_hands_on_the_page(noor: FlaskClient, olga: FlaskClient, cast: Cast, found: Exercise) -> None:
    handed_in(cast, found)
    assert noor.post("/review/substitute", data={"do": "give", "member": str(cast.ids["owner"])}).status_code == 302
    assert "Sanne" in olga.get("/review").text and "Olga Visser looks in place of Noor Haddad" in noor.get("/review").text
    noor.post("/review/substitute", data={"do": "back"})
    assert "Sanne" in noor.get("/review").text and "in place of" not in noor.get("/review").text
    olga.post("/review/substitute", data={"do": "take", "member": str(cast.ids["trainer"])})
    assert "Sanne" in olga.get("/review").text
    for wrong in (str(cast.ids["participant"]), str(uuid4()), "x", str(cast.ids["owner"])):
        assert olga.post("/review/substitute", data={"do": "give", "member": wrong}).status_code == 422


def test_the_desk_costs_the_same_for_2_and_for_20(noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    last = handed_in(cast, found)
    handed_in(cast, found, "second")
    costs = []
    for _ in range(2):
        for path in ("/review", f"/review/{last}"):
            noor.get(path)
            with statements(cast) as seen:
                assert noor.get(path).status_code == 200
            costs.append(len(seen))
        with db.scope(cast.academy.scope, commit=True):
            for person in more_people(cast, found, 18):
                open_ = lesson_for(person, found.course, found.lesson, lock=True)
                actions.hand_in(open_, found.block, uuid4(), "work")
    assert noor.get("/review").text.count("data-hand-in") == 20 or noor.get("/review").text.count("data-hand-in") == 25
    assert costs[:2] == costs[2:] and max(costs) <= 22, costs


def test_long_queues_come_in_pages(noor: FlaskClient, cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        for person in more_people(cast, found, 27):
            actions.hand_in(lesson_for(person, found.course, found.lesson, lock=True), found.block, uuid4(), "work")
    first, second = noor.get("/review").text, noor.get("/review?page=2").text
    assert first.count("data-hand-in") == 25 and second.count("data-hand-in") == 2
    assert "1-25 of 27" in first and "26-27 of 27" in second


def body_of(cast: Cast, block_id: UUID) -> dict[str, Any]:
    with db.scope(cast.academy.scope):
        return db.session.get_one(Block, block_id).body


def test_an_author_writes_an_exercise_and_its_rubric(app: HostedFlask, cast: Cast, found: Exercise) -> None:
    author = cast.client(app, "author")
    added = author.post(f"/courses/{found.course}/lessons/{found.reading}/blocks", data={"kind": "exercise"})
    assert added.status_code == 302
    page = author.get(f"/courses/{found.course}/lessons/{found.reading}").text
    assert "What participants hand in" in page and "Exercises are approved" in page
    block_id = UUID(re.findall(r'id="block-([0-9a-f-]{36})"', page)[-1])
    url = f"/courses/{found.course}/blocks/{block_id}"
    form: dict[str, Any] = {"title": "Knead", "markdown": "Knead *well*.", "wants_text": "1", "most_files": "2", "type": ["image", "audio"], "peers": "1"}
    author.post(url, data={**form, "do": "add-criterion"})
    [criterion] = body_of(cast, block_id)["criteria"]
    one, two = criterion["levels"]
    form |= {"criterion": criterion["id"], f"ctitle-{criterion['id']}": "Elastic", f"level-{criterion['id']}": [one["id"], two["id"]],
             f"ltitle-{one['id']}": "No", f"points-{one['id']}": "0", f"ltitle-{two['id']}": "Yes", f"points-{two['id']}": "1,5"}  # fmt: skip
    saved = author.post(url, data={**form, "seen": ""}, headers=SCRIPT)
    assert saved.status_code == 204 and "X-Seen" in saved.headers
    body = body_of(cast, block_id)
    assert (body["title"], body["types"], body["peers"], body["anonymous"]) == ("Knead", ["image", "audio"], 1, False)
    assert [(level["title"], level["points"]) for level in body["criteria"][0]["levels"]] == [("No", "0"), ("Yes", "1.5")]
    author.post(url, data={**form, "do": f"add-level:{criterion['id']}"})
    assert len(body_of(cast, block_id)["criteria"][0]["levels"]) == 3
    author.post(url, data={**form, "do": f"remove-level:{one['id']}"})
    assert [level["title"] for level in body_of(cast, block_id)["criteria"][0]["levels"]] == ["Yes"]
    problems = author.post(f"/courses/{found.course}/publication", data={})
    assert problems.status_code in (404, 422)
    author.post(url, data={**form, "do": f"remove-criterion:{criterion['id']}"})
    assert body_of(cast, block_id)["criteria"] == []
    page = author.get(f"/courses/{found.course}/lessons/{found.reading}").text
    assert "Knead" in page and "Knead *well*." in page


def test_two_authors_of_one_exercise_notice_each_other(app: HostedFlask, cast: Cast, found: Exercise) -> None:
    author, url = cast.client(app, "author"), f"/courses/{found.course}/blocks/{found.block}"
    answer = author.post(url, data={"title": "Other", "seen": "2020-01-01T00:00:00+00:00"})
    assert answer.status_code == 409 or answer.status_code == 422
    assert body_of(cast, found.block)["title"] == "Bake a loaf" and "Other" in answer.text


def test_an_unfinished_rubric_keeps_the_course_from_being_published(app: HostedFlask, cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        course = courses.course_to_edit(member(cast, "author"), found.course, lock=True)
        block = courses.block_of(course, found.block)
        block_actions.save_body(block, {"criteria": [{"id": "c", "title": "", "levels": []}]})
    author = cast.client(app, "author")
    page = author.get(f"/courses/{found.course}").text
    url = re.search(r'action="(/courses/[^"]*publi[^"]*)"', page)
    assert url is not None
    answer = author.post(url.group(1))
    assert answer.status_code == 422 and "Give each criterion a title" in answer.text


def test_a_copied_exercise_is_another_one(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope):
        course = courses.course_to_edit(member(cast, "author"), found.course, lock=True)
        twin = block_actions.copy_block(courses.block_of(course, found.block))
        assert twin.id != found.block and twin.body == courses.block_of(course, found.block).body
        assert db.session.scalar(sa.select(sa.func.count(HandIn.id))) == 0
