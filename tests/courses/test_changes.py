"""What publishing would change: as many parts as the button counts, words before and after that can be put together."""

from __future__ import annotations

import copy
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import actions, block_actions, queries
from tenants.courses.changes import Edit, difference, edits_of, word_changes
from tenants.courses.rules import Snapshot, count_changes
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, text, write_course

WORDS = st.text(st.sampled_from("ab \n"), max_size=30)


@st.composite
def snapshots(draw: Any) -> Snapshot:
    """Return a course of a few of the same modules, lessons and blocks, in any order and place."""
    lessons = draw(st.permutations(["l1", "l2", "l3"]))[: draw(st.integers(0, 3))]
    blocks = draw(st.permutations(["b1", "b2", "b3", "b4"]))
    modules: list[dict[str, Any]] = [{"id": one, "title": draw(st.sampled_from("xy")), "lessons": []}
                                     for one in draw(st.permutations(["m1", "m2"]))[: draw(st.integers(1, 2))]]  # fmt: skip
    pages: dict[str, Any] = {}
    for lesson in lessons:
        mine, blocks = blocks[:2], blocks[2:]
        page = {"title": draw(st.sampled_from("xy")), "minutes": draw(st.integers(5, 6)), "done_when": "marked",
                "blocks": [{"id": one, "kind": "text", "markdown": draw(st.sampled_from(["a", "b"])), "html": ""} for one in mine]}  # fmt: skip
        pages[lesson] = page
        draw(st.sampled_from(modules))["lessons"].append({"id": lesson, **page})
    return Snapshot({"title": draw(st.sampled_from("xy")), "modules": modules}, pages)


@given(snapshots(), snapshots())
def test_the_difference_has_as_many_parts_as_the_button_counts(draft: Snapshot, live: Snapshot) -> None:
    groups = difference(draft, live)
    assert sum(len(group.parts) for group in groups) == count_changes(draft, live)
    assert difference(draft, draft) == []


@given(WORDS, WORDS)
def test_both_texts_can_be_put_together_from_the_pieces(before: str, after: str) -> None:
    found = word_changes(before, after)
    assert "".join(text for how, text in found if how != "added") == before
    assert "".join(text for how, text in found if how != "removed") == after


def test_a_text_of_many_words_is_compared_in_no_time() -> None:
    found = word_changes("a " * 50_000, "b " * 50_000)
    assert [how for how, _ in found] == ["removed", "added"]


def test_fields_are_named_rows_are_known_by_their_ids_and_ids_are_never_shown() -> None:
    before = {"kind": "question", "question": {"id": "q", "prompt": "Why?", "choices": [
        {"id": "1", "text": "Yes", "is_right": True}, {"id": "2", "text": "No", "is_right": False}]}, "file_id": "f1"}  # fmt: skip
    after: Any = copy.deepcopy(before)
    after["question"]["choices"].reverse()
    after["question"]["choices"][0] |= {"text": "Not at all", "is_right": True}
    after["question"]["hint"] = "Think"
    after["file_id"] = "f2"
    edits = edits_of(before, after)
    assert {edit.name for edit in edits} == {"text", "is_right", "order", "hint", "file_id"}
    assert Edit("is_right", False, True) in edits and Edit("file_id") in edits
    text_edit = next(edit for edit in edits if edit.name == "text")
    assert (text_edit.before, text_edit.after) == ("No", "Not at all")
    after["question"]["choices"].append({"id": "3", "text": "New", "is_right": False})
    after["question"]["choices"][:2] = reversed(after["question"]["choices"][:2])
    assert "order" not in {edit.name for edit in edits_of(before, after)}


def change_much(cast: Cast, written: Written) -> None:
    """Change a text and a question, add a lesson, take one away."""
    with db.scope(cast.academy.scope, commit=True):
        course = queries.course_to_edit(member(cast, "author"), written.course, lock=True)
        block_actions.save_body(queries.lesson_of(course, written.reading).live_blocks[0], {"markdown": "Flour is <b>fine</b> grain."})
        asking = queries.lesson_of(course, written.asking).live_blocks[1]
        draft = block_actions.draft_of(asking.question)  # type: ignore[arg-type]
        draft.prompt = "What wakes the flour?"
        block_actions.save_question(asking, draft)
        text(actions.add_lesson(course.live_modules[0], "Yeast"), "It lives.")
        actions.remove_lesson(queries.lesson_of(course, written.last))


def test_the_author_sees_what_changes_asks_to_redo_and_the_participant_is_told(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        publish(member(cast, "author"), written.course)
    author, learner = cast.client(app, "author"), cast.client(app, "participant")
    url, learn = f"/courses/{written.course}", f"/learn/{written.course}"
    author.post(f"{url}/enrolments", data={"member": [str(cast.ids["participant"])]})
    take(learner, cast, written)
    assert "Changed since" not in learner.get(learn).text
    change_much(cast, written)
    page = author.get(f"{url}/publications").text
    assert 'href="/courses/' in author.get(url).text and "Publish 4 changes" in author.get(url).text
    assert "Publish 4 changes" in page and "<del>" in page and "**ground**</del>" in page
    assert "&lt;b&gt;fine&lt;/b&gt;</ins>" in page and "<b>fine" not in page
    assert "Yeast" in page and "Oven" in page and page.count('name="again"') == 3 and " checked" not in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    late = author.post(f"{url}/publications", data={"seen": "of before", "again": str(written.reading)})
    assert late.status_code == 409 and "changed after you opened" in late.text and late.text.count(" checked") == 1
    assert learner.get(learn).text.count("Changed since") == 0
    asks = [str(written.reading), str(written.single), str(written.last), "nonsense"]
    assert author.post(f"{url}/publications", data={"seen": seen, "again": asks, "next": "https://evil.example"}).location.startswith("/courses/")

    told = learner.get(learn).text
    assert "Changed since you were here" in told and "Please do this again" in told and "1 question to answer again" in told
    assert all(title in told for title in ("Yeast", "Water", "Flour")) and "3 of 3 lessons done" not in told
    assert "Please do this again" in cast.client(app, "participant").get(learn).text
    lesson = learner.get(f"{learn}/{written.reading}").text
    assert "I did this lesson again" in lesson and "fine" in lesson
    learner.post(f"{learn}/{written.reading}/again")
    assert "I did this lesson again" not in learner.get(f"{learn}/{written.reading}").text
    assert learner.post(f"{learn}/{written.reading}/again").status_code == 422
    asked = learner.get(f"{learn}/{written.asking}").text
    assert asked.count("Check answer") == 1 and asked.count("What wakes the flour?") == 1
    answer_right(learner, cast, written, written.single)
    learner.post(f"{learn}/news")
    after = learner.get(learn).text
    assert "Please do this again" not in after and "Changed since" not in after and "2 of 3 lessons done" in after
    assert "Changed since" not in cast.client(app, "second").get(learn).text


def take(learner: FlaskClient, cast: Cast, written: Written) -> None:
    """Do the first two lessons and the last."""
    learner.post(f"/learn/{written.course}/{written.reading}/completion")
    for question in (written.single, written.multiple, written.open):
        answer_right(learner, cast, written, question)
    learner.post(f"/learn/{written.course}/{written.last}/completion")


def answer_right(learner: FlaskClient, cast: Cast, written: Written, question_id: object) -> None:
    """Answer a question right, and check it."""
    with db.scope(cast.academy.scope):
        course = queries.course_to_edit(member(cast, "author"), written.course)
        blocks = queries.lesson_of(course, written.asking).live_blocks
        question = next(b.question for b in blocks if b.question and b.question.id == question_id)
        right = [str(choice.id) for choice in question.choices if choice.is_right]
    url = f"/learn/{written.course}/{written.asking}/questions/{question_id}"
    assert learner.post(url, data={"choice": right, "text": "" if right else "Bread", "do": "check"}).status_code == 302


def test_an_archived_course_is_read_and_nothing_else(app: HostedFlask, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        publish(member(cast, "author"), written.course)
    author, learner = cast.client(app, "author"), cast.client(app, "participant")
    url, learn = f"/courses/{written.course}", f"/learn/{written.course}"
    author.post(f"{url}/enrolments", data={"member": [str(cast.ids["participant"])]})
    take(learner, cast, written)
    author.post(f"{url}/archive")
    home, page = learner.get("/").text, learner.get(f"{learn}/{written.asking}").text
    assert author.post(f"{url}/publications").status_code == 422 and "disabled" in author.get(url).text
    assert "Archived courses" in home and "Resume lesson" not in home
    assert "fieldset" in page and "disabled" in page and "This course is archived" in page and "Mark as done" not in page
    assert "3 of 3 lessons done" in learner.get(learn).text and "Resume" not in learner.get(learn).text
    for path in (f"{written.reading}/completion", f"{written.asking}/questions/{written.single}", f"{written.asking}/place", "news"):
        assert learner.post(f"{learn}/{path}", data={"block": "x"}).status_code == 422
    assert page.count('<fieldset class="read-only" disabled>') == 3, "each question, and nothing else"
    refused = author.post(f"{url}/enrolments", data={"member": [str(cast.ids["second"])]})
    assert refused.status_code == 422 and "archived" in refused.text
    assert cast.client(app, "second").get(learn).status_code == 404
    author.post(f"{url}/return")
    assert "Archived courses" not in learner.get("/").text and learner.post(f"{learn}/news").status_code == 302
