"""The pages of surveys: writing one in a lesson and at the end of a course, answering, reading; who may what."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses import block_actions, publishing, queries
from tenants.courses.models import Block
from tenants.surveys.models import Survey, SurveyBallot
from tests.cast import Cast
from tests.courses.writing import member
from tests.statements import note
from tests.surveys.asking import count, form_of
from tests.surveys.conftest import Asked
from tests.surveys.test_anonymous import send


def editor_form(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what the editor's form of a survey sends."""
    sent: dict[str, Any] = {"title": body["title"], "intro": body["intro"], "mode": body["mode"],
                            "question": [question["id"] for question in body["questions"]]}  # fmt: skip
    for question in body["questions"]:
        key = question["id"]
        sent |= {f"kind-{key}": question["kind"], f"prompt-{key}": question["prompt"], f"low-{key}": question["low"],
                 f"high-{key}": question["high"], f"options-{key}": "\n".join(one["text"] for one in question["options"])}  # fmt: skip
    return {**sent, **changes}


def stored_body(asked: Asked) -> dict[str, Any]:
    with db.scope(asked.cast.academy.scope):
        return dict(db.session.get_one(Block, asked.block).body)


def test_an_author_writes_a_survey_in_a_lesson(app: HostedFlask, asked: Asked) -> None:
    browser = asked.cast.client(app, "author")
    page = browser.get(f"/courses/{asked.course}/lessons/{asked.lesson}")
    assert page.status_code == 200 and "Who answered" in page.text and "Question 5: Own words" in page.text
    url = f"/courses/{asked.course}/blocks/{asked.block}/survey"
    sent = editor_form(asked.body, title="  Short   look ")
    assert browser.post(url, data=sent, headers={"HX-Request": "true"}).status_code == 204
    assert stored_body(asked)["title"] == "Short look"
    assert stored_body(asked)["questions"] == asked.body["questions"], "ids and kinds stay"
    assert browser.post(url, data={**sent, "do": "add:nps"}).status_code == 302
    added = stored_body(asked)["questions"][-1]
    assert added["kind"] == "nps" and "recommend" in added["prompt"]
    first = asked.body["questions"][0]["id"]
    browser.post(url, data={**sent, "do": f"remove:{first}"})
    assert [one["kind"] for one in stored_body(asked)["questions"]] == ["nps", "single", "multiple", "open"]
    preview = browser.get(f"/courses/{asked.course}/lessons/{asked.lesson}/preview")
    assert preview.status_code == 200 and "Would you recommend it?" in preview.text and "Send answers" not in preview.text


def test_an_older_state_is_not_written_over(app: HostedFlask, asked: Asked) -> None:
    browser = asked.cast.client(app, "author")
    sent = editor_form(asked.body, seen="2020-01-01T00:00:00+00:00", title="Mine")
    answer = browser.post(f"/courses/{asked.course}/blocks/{asked.block}/survey", data=sent)
    assert answer.status_code == 422 and "Someone else changed this block" in answer.text and 'value="Mine"' in answer.text
    assert stored_body(asked)["title"] == "How was it?"


def test_the_promise_cannot_be_changed_after_publication(app: HostedFlask, asked: Asked) -> None:
    url = f"/courses/{asked.course}/blocks/{asked.block}/survey"
    asked.cast.client(app, "author").post(url, data=editor_form(asked.body, mode="named"))
    assert stored_body(asked)["mode"] == "anonymous"
    page = asked.cast.client(app, "author").get(f"/courses/{asked.course}/lessons/{asked.lesson}").text
    assert "cannot be changed any more" in page


def test_a_survey_that_is_not_whole_keeps_the_course_from_being_published(cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        from tenants.courses.actions import create_course

        author = member(cast, "author")
        course = create_course("C", by=author, module_title="M", lesson_title="L")
        block_actions.add_block(course.live_modules[0].live_lessons[0], "survey")
        with pytest.raises(publishing.NotReady) as refusal:
            publishing.publish_course(queries.course_to_edit(author, course.id), author)
    assert [problem.kind for problem in refusal.value.problems] == ["no_survey"]


@pytest.mark.parametrize("sent", [{}, {"score": 9}, {"words": "x" * 5_000}])
def test_a_refused_answer_keeps_what_was_typed(app: HostedFlask, asked: Asked, sent: dict[str, Any]) -> None:
    data = {**form_of(asked.body, **sent)} if sent else {}
    answer = asked.cast.client(app, "participant").post(asked.url, data=data)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    if sent:
        assert "checked" in answer.text and sent.get("words", "") in answer.text
    with db.scope(asked.cast.academy.scope):
        assert db.session.scalars(sa.select(SurveyBallot)).all() == [] and db.session.scalars(sa.select(Survey)).all() == []


@pytest.mark.parametrize("who", ["author", "trainer", "owner"])
def test_who_does_not_take_the_course_cannot_answer(app: HostedFlask, asked: Asked, who: str) -> None:
    assert send(app, asked, who).status_code == 404
    assert asked.cast.client(app, "participant").post(asked.url.replace(str(asked.block), str(uuid4()))).status_code == 404


def test_results_are_for_staff_and_unknown_elsewhere(app: HostedFlask, asked: Asked, other: Any) -> None:
    from tests.cast import make_cast

    send(app, asked, "participant")
    with db.scope(asked.cast.academy.scope):
        survey_id = db.session.scalars(sa.select(Survey.id)).one()
    paths = ("/surveys", f"/surveys/{survey_id}", f"/surveys/{survey_id}/results.csv")
    for who, code in (("participant", 403), ("trainer", 200), ("author", 200), ("manager", 200), ("owner", 200)):
        assert [asked.cast.client(app, who).get(path).status_code for path in paths] == [code] * 3
    theirs = make_cast(other).client(app, "owner")
    assert [theirs.get(path).status_code for path in paths[1:]] == [404, 404]
    assert theirs.post(asked.url).status_code == 404
    assert theirs.get(f"/courses/{asked.course}/survey").status_code == 404


def test_the_survey_of_a_course_is_published_answered_and_closed(app: HostedFlask, asked: Asked) -> None:
    author, person = asked.cast.client(app, "author"), asked.cast.client(app, "participant")
    path, answer_path = f"/courses/{asked.course}/survey", f"/learn/{asked.course}/survey"
    assert "What did you think of this course?" in author.get(path).text
    refused = author.post(path, data={"title": "T", "mode": "anonymous", "do": "publish"})
    assert refused.status_code == 422 and "at least one question" in refused.text
    assert author.post(path, data=editor_form(asked.body, title="At the end")).status_code == 302
    assert person.get(answer_path).status_code == 404, "it is a draft"
    assert author.post(path, data=editor_form(asked.body, title="At the end", do="publish")).status_code == 302
    assert person.get(answer_path).status_code == 404, "the course is not finished"
    person.post(f"/learn/{asked.course}/{asked.lesson}/completion")
    assert "Tell us what you thought" in person.get(f"/learn/{asked.course}").text
    page = person.get(answer_path)
    assert page.status_code == 200 and "At the end" in page.text and "This survey is anonymous" in page.text
    assert person.post(answer_path, data={}).status_code == 422
    with db.scope(asked.cast.academy.scope):
        shown = db.session.scalars(sa.select(Survey.asked).where(Survey.block_id.is_(None))).one()
    assert shown is not None
    assert person.post(answer_path, data=form_of(shown)).status_code == 302
    assert "You answered this survey" in person.get(answer_path).text
    author.post(path, data=editor_form(asked.body, mode="named"))
    with db.scope(asked.cast.academy.scope):
        survey = db.session.scalars(sa.select(Survey).where(Survey.block_id.is_(None))).one()
        assert (survey.mode, survey.state) == ("anonymous", "open") and survey.asked != survey.body
    assert author.post(f"{path}/closure").status_code == 302
    assert person.get(answer_path).status_code == 404


def test_lists_and_results_cost_the_same_however_many_answered(app: HostedFlask, asked: Asked) -> None:
    trainer = asked.cast.client(app, "trainer")

    def cost(path: str) -> int:
        seen: list[str] = []
        engine = db.engine_of(asked.cast.academy.scope)
        sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
        try:
            assert trainer.get(path).status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    send(app, asked, "participant", words="<script>alert(1)</script>")
    with db.scope(asked.cast.academy.scope):
        survey_id = db.session.scalars(sa.select(Survey.id)).one()
    trainer.get("/surveys")
    few = cost("/surveys"), cost(f"/surveys/{survey_id}")
    for who in asked.people:
        send(app, asked, who, words="<script>alert(1)</script>")
    count()
    assert (cost("/surveys"), cost(f"/surveys/{survey_id}")) == few and max(few) <= 6
    page = trainer.get(f"/surveys/{survey_id}").text
    assert "&lt;script&gt;" in page and "<script>alert" not in page


def test_a_survey_is_copied_as_one_of_its_own(app: HostedFlask, asked: Asked) -> None:
    author = asked.cast.client(app, "author")
    assert author.post(f"/courses/{asked.course}/blocks/{asked.block}/copy").status_code == 302
    author.post(f"/courses/{asked.course}/publications")
    with db.scope(asked.cast.academy.scope):
        twin = db.session.scalars(sa.select(Block.id).where(Block.id != asked.block)).one()
    send(app, asked, "participant")
    page = asked.cast.client(app, "participant").get(f"/learn/{asked.course}/{asked.lesson}").text
    assert page.count("You answered this survey") == 1 and page.count("Send answers") == 1
    answer = asked.cast.client(app, "participant").post(asked.url.replace(str(asked.block), str(twin)), data=form_of(asked.body))
    assert answer.status_code == 302
    with db.scope(asked.cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Survey)) == 2
