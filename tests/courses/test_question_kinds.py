"""True or false, a word, a number, and hints: written by an author, published, answered, and seen by the trainer."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import block_actions, queries
from tenants.courses.content import snapshot_of
from tenants.courses.models import Block, Course, Lesson
from tenants.learning import actions as learning
from tests.cast import Cast
from tests.courses.writing import Written, member, write_course

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def written(cast: Cast) -> Written:
    """Write a course."""
    with db.scope(cast.academy.scope, commit=True):
        return write_course(member(cast, "author"))


@pytest.fixture
def author(app: HostedFlask, cast: Cast) -> FlaskClient:
    """Return the author's browser."""
    return cast.client(app, "author")


def new_question(cast: Cast, written: Written) -> UUID:
    """Return the id of an empty question block at the end of the last lesson, which its questions finish."""
    with db.scope(cast.academy.scope, commit=True):
        lesson = db.session.get_one(Lesson, written.last)
        lesson.done_when = "question"
        return block_actions.add_block(lesson, "question").id


def save(author: FlaskClient, written: Written, block: UUID, **values: str) -> int:
    """Send the block's form as a script would; return the status."""
    return author.post(f"/courses/{written.course}/blocks/{block}", data=values, headers=SCRIPT).status_code


def question_of(cast: Cast, block: UUID) -> tuple[str, dict[str, object], list[tuple[str, bool]]]:
    """Return kind, rule and choices of the block's question."""
    with db.scope(cast.academy.scope):
        question = db.session.get_one(Block, block).question
        assert question is not None
        return question.kind, question.rule, [(one.text, one.is_right) for one in question.choices]


def published(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written, block: UUID) -> tuple[FlaskClient, str]:
    """Publish, enrol the participant; return their browser and the address of the question."""
    assert author.post(f"/courses/{written.course}/publications").status_code in (302, 303)
    with db.scope(cast.academy.scope, commit=True):
        course = db.session.get_one(Course, written.course)
        assert course.publication_id is not None, "published"
        learning.enrol(member(cast, "participant"), course)
        question = db.session.get_one(Block, block).question
        assert question is not None
        path = f"/learn/{written.course}/{written.last}/questions/{question.id}"
    return cast.client(app, "participant"), path


def check(browser: FlaskClient, path: str, **values: str):
    """Send an answer to be checked, as a script does."""
    return browser.post(path, data={"do": "check", "attempt_id": str(uuid4()), **values}, headers=SCRIPT)


def test_a_number_with_margin_and_unit(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written) -> None:
    block = new_question(cast, written)
    assert save(author, written, block, kind="number", prompt="How much is 2% of 800 g?", value="16", tolerance="0,5",
                unit="g", hint="One percent is 8 g.") == 204  # fmt: skip
    assert question_of(cast, block)[:2] == ("number", {"value": "16", "tolerance": "0.5", "unit": "g"})
    browser, path = published(app, cast, author, written, block)
    page = browser.get(f"/learn/{written.course}/{written.last}").text
    assert 'inputmode="decimal"' in page and "One percent is 8 g." in page and "Your answer in g" in page
    wrong = check(browser, path, text="sixteen")
    assert wrong.status_code == 422 and "cannot be read as a number" in wrong.text and 'value="sixteen"' in wrong.text
    assert "Not yet" in check(browser, path, text="17").text
    right = check(browser, path, text="16,4 g").text
    assert "That is right" in right and "One percent" not in right
    assert "1/3" in browser.get("/").text, "the lesson is done"
    seen = cast.client(app, "trainer").get(f"/reports/{written.course}/people/{cast.ids['participant']}").text
    assert "16,4 g" in seen and "2 attempts" in seen


def test_no_number_is_told_in_dutch_too(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written) -> None:
    block = new_question(cast, written)
    save(author, written, block, kind="number", prompt="Hoeveel?", value="1")
    browser, path = published(app, cast, author, written, block)
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "participant").language = "nl"
    assert "niet als getal te lezen" in check(browser, path, text="veel").text


def test_a_word_with_typing_mistakes(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written) -> None:
    block = new_question(cast, written)
    assert save(author, written, block, kind="short", prompt="What makes dough rise?", accepted="Yeast\n\nsourdough starter\n",
                typos="1") == 204  # fmt: skip
    assert question_of(cast, block)[:2] == ("short", {"accepted": ["Yeast", "sourdough starter"], "typos": 1, "case": False})
    browser, path = published(app, cast, author, written, block)
    assert "Not yet" in check(browser, path, text="salt").text
    assert check(browser, path, text="   ").status_code == 422
    assert check(browser, path, text="x" * 501).status_code == 422
    assert "That is right" in check(browser, path, text="yaest.").text


@pytest.mark.parametrize(("language", "words"), [("en", ["True", "False"]), ("nl", ["Waar", "Niet waar"])])
def test_true_or_false_speaks_the_language_of_the_course(
    app: HostedFlask, cast: Cast, author: FlaskClient, written: Written, language: str, words: list[str]
) -> None:
    with db.scope(cast.academy.scope, commit=True):
        queries.course_to_edit(member(cast, "author"), written.course).language = language
    block = new_question(cast, written)
    page = author.post(f"/courses/{written.course}/blocks/{block}", data={"kind": "single", "do": "kind:truefalse", "prompt": "Salt wakes flour up"})
    assert page.status_code == 302
    assert question_of(cast, block)[2] == [(words[0], False), (words[1], False)]
    editor = author.get(f"/courses/{written.course}/lessons/{written.last}").text
    keys = re.findall(r'name="choice" value="([^"]+)"', editor)
    save(author, written, block, kind="truefalse", prompt="Salt wakes flour up", right=keys[1], choice=keys)
    assert question_of(cast, block)[2] == [(words[0], False), (words[1], True)]
    browser, path = published(app, cast, author, written, block)
    assert words[1] in browser.get(f"/learn/{written.course}/{written.last}").text
    assert "Not yet" in check(browser, path, choice=keys[0]).text
    assert check(browser, path, choice=keys).status_code == 422, "one of the two"
    assert "That is right" in check(browser, path, choice=keys[1]).text


@pytest.mark.parametrize(("values", "sentence"), [
    ({"kind": "short", "accepted": " \n "}, "at least one answer that counts"),
    ({"kind": "number", "value": "many"}, "Write the right number"),
    ({"kind": "number", "value": "1", "tolerance": "-2"}, "margin is a number"),
    ({"kind": "number", "value": "1", "tolerance": "some"}, "margin is a number"),
])  # fmt: skip
def test_what_nobody_could_answer_is_not_published(
    cast: Cast, author: FlaskClient, written: Written, values: dict[str, str], sentence: str
) -> None:
    block = new_question(cast, written)
    assert save(author, written, block, prompt="?", **values) == 204
    refused = author.post(f"/courses/{written.course}/publications", follow_redirects=True)
    assert sentence in refused.text
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Course, written.course).publication_id is None


def test_a_question_keeps_its_choices_through_other_kinds(cast: Cast, author: FlaskClient, written: Written) -> None:
    with db.scope(cast.academy.scope):
        question = queries.course_to_edit(member(cast, "author"), written.course)
        block = next(b.id for m in question.live_modules for le in m.live_lessons for b in le.live_blocks
                     if b.question and b.question.id == written.multiple)  # fmt: skip
    before = question_of(cast, block)[2]
    save(author, written, block, kind="number", prompt="?", value="3")
    save(author, written, block, kind="short", prompt="?", accepted="three")
    assert question_of(cast, block) == ("short", {"value": "3", "tolerance": "", "unit": "", "accepted": ["three"], "typos": 0,
                                                  "case": False}, before)  # fmt: skip


def test_a_copy_copies_rule_and_hint(cast: Cast, author: FlaskClient, written: Written) -> None:
    block = new_question(cast, written)
    save(author, written, block, kind="short", prompt="?", accepted="Yeast\nstarter", typos="2", case="1", hint="It lives.")
    with db.scope(cast.academy.scope, commit=True):
        twin = block_actions.copy_block(db.session.get_one(Block, block)).question
        assert twin is not None
        assert (twin.rule, twin.hint) == ({"accepted": ["Yeast", "starter"], "typos": 2, "case": True}, "It lives.")


def test_a_course_published_before_there_were_hints_counts_as_unchanged(
    app: HostedFlask, cast: Cast, author: FlaskClient, written: Written
) -> None:
    """The shape of a question without hint and rule is the one that the first release published."""
    with db.scope(cast.academy.scope):
        course = queries.course_to_edit(member(cast, "author"), written.course)
        pages = snapshot_of(course).pages.values()
        shapes = {frozenset(block["question"]) for page in pages for block in page["blocks"] if block["kind"] == "question"}
    assert shapes == {frozenset({"id", "kind", "prompt", "feedback_right", "feedback_again", "choices"})}
