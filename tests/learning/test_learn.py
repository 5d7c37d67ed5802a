"""Participants resume, answer, check and finish; nothing that was acknowledged is lost or doubled."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import NotFound, Refused
from tenants.courses import actions as writing
from tenants.courses import publishing
from tenants.courses import queries as courses
from tenants.learning import actions, queries
from tenants.learning.actions import NotDoneYet, NothingGiven
from tenants.learning.models import Answer, Attempt, Enrolment, Progress
from tenants.learning.queries import OpenLesson
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


def lesson(cast: Cast, written: Written, which: UUID | None = None, who: str = "participant") -> OpenLesson:
    return queries.lesson_for(member(cast, who), written.course, which or written.asking, lock=True)


def choice(open_: OpenLesson, question_id: UUID, *texts: str) -> dict[str, list[str]]:
    question = queries.question_on(open_.page, question_id)
    return {"choices": [c["id"] for c in question["choices"] if c["text"] in texts]}


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_enrolling_twice_is_one_enrolment_and_coming_back_keeps_progress(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        open_ = lesson(cast, written, written.reading)
        actions.mark_done(open_)
        actions.end_enrolment(open_.taken.enrolment)
        assert queries.courses_of(member(cast, "participant")) == []
    with db.scope(cast.academy.scope):
        course = courses.course_to_edit(member(cast, "author"), written.course)
        actions.enrol(member(cast, "participant"), course)
        actions.enrol(member(cast, "participant"), course)
        assert count(Enrolment) == 1
        assert queries.course_for(member(cast, "participant"), written.course).way.done == 1


@pytest.mark.parametrize("who", ["second", "author", "trainer", "owner"])
def test_who_is_not_enrolled_finds_no_course(cast: Cast, written: Written, who: str) -> None:
    with db.scope(cast.academy.scope), pytest.raises(NotFound):
        lesson(cast, written, who=who)


def test_a_right_single_answer_is_graded_and_kept(cast: Cast, written: Written) -> None:
    attempt_id = uuid4()
    with db.scope(cast.academy.scope, commit=True):
        open_ = lesson(cast, written)
        attempt = actions.check_answer(open_, written.single, choice(open_, written.single, "Water"), attempt_id)
        assert (attempt.is_right, attempt.number) == (True, 1)
    with db.scope(cast.academy.scope):
        given = lesson(cast, written).answers[str(written.single)]
        assert (given.is_checked, given.is_right, len(given.choices)) == (True, True, 1)


def test_a_wrong_answer_may_be_tried_again_without_end(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        for number in (1, 2, 3):
            open_ = lesson(cast, written)
            attempt = actions.check_answer(open_, written.multiple, choice(open_, written.multiple, "Flour"), uuid4())
            assert (attempt.is_right, attempt.number) == (False, number)


def test_a_form_sent_twice_is_one_attempt(cast: Cast, written: Written) -> None:
    attempt_id = uuid4()
    for text in ("rye", "changed by a resend"):
        with db.scope(cast.academy.scope, commit=True):
            actions.check_answer(lesson(cast, written), written.open, {"text": text}, attempt_id)
    with db.scope(cast.academy.scope):
        attempt = db.session.scalars(sa.select(Attempt)).one()
        assert json.loads(attempt.given or "") == {"text": "rye"}


def test_somebody_elses_attempt_id_is_refused(cast: Cast, written: Written) -> None:
    attempt_id = uuid4()
    with db.scope(cast.academy.scope):
        actions.enrol(member(cast, "second"), courses.course_to_edit(member(cast, "author"), written.course))
        actions.check_answer(lesson(cast, written), written.open, {"text": "mine"}, attempt_id)
        with pytest.raises(Refused):
            actions.check_answer(lesson(cast, written, who="second"), written.open, {"text": "theirs"}, attempt_id)


def test_a_resent_draft_changes_nothing_and_a_new_one_does(cast: Cast, written: Written) -> None:
    save_id = uuid4()
    for text, sent in (("first", save_id), ("a resend", save_id), ("second", uuid4())):
        with db.scope(cast.academy.scope, commit=True):
            actions.save_answer(lesson(cast, written), written.open, {"text": text}, sent)
            stored = db.session.scalars(sa.select(Answer)).one().given
            assert json.loads(stored or "") == {"text": {"a resend": "first"}.get(text, text)}
    with db.scope(cast.academy.scope):
        given = lesson(cast, written).answers[str(written.open)]
        assert (given.text, given.is_checked, count(Attempt)) == ("second", False, 0)


def test_a_changed_answer_loses_its_verdict_until_checked_again(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        open_ = lesson(cast, written)
        right = choice(open_, written.single, "Water")
        actions.check_answer(open_, written.single, right, uuid4())
        actions.save_answer(open_, written.single, right, uuid4())
        assert lesson(cast, written).answers[str(written.single)].is_right is True
        actions.save_answer(open_, written.single, choice(open_, written.single, "Salt"), uuid4())
        assert lesson(cast, written).answers[str(written.single)].is_checked is False


@pytest.mark.parametrize("given", [{"choices": []}, {}, {"text": "words for a choice"}])
def test_nothing_given_is_not_an_attempt(cast: Cast, written: Written, given: dict[str, object]) -> None:
    with db.scope(cast.academy.scope):
        with pytest.raises(NothingGiven):
            actions.check_answer(lesson(cast, written), written.single, given, uuid4())
        assert count(Attempt) == 0


def test_choices_of_another_question_and_two_for_one_are_refused(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        open_ = lesson(cast, written)
        foreign = choice(open_, written.multiple, "Flour")
        both = choice(open_, written.single, "Water", "Salt")
        for given in (foreign, both, {"choices": ["x"]}):
            with pytest.raises(Refused):
                actions.check_answer(open_, written.single, given, uuid4())
        with pytest.raises(Refused):
            actions.save_answer(open_, written.open, {"text": "x" * 20_001}, uuid4())
        with pytest.raises(NotFound):
            actions.check_answer(open_, uuid4(), {"text": "x"}, uuid4())


def test_a_lesson_done_by_its_questions_is_done_at_the_last_right_one(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        with pytest.raises(NotDoneYet):
            actions.mark_done(lesson(cast, written))
        steps = [
            (written.single, ("Water",), None, False), (written.open, (), "rolls", False),
            (written.multiple, ("Flour",), None, False), (written.multiple, ("Flour", "Water"), None, True),
        ]
        for question_id, texts, words, done in steps:
            open_ = lesson(cast, written)
            given = {"text": words} if words else choice(open_, question_id, *texts)
            actions.check_answer(open_, question_id, given, uuid4())
            assert lesson(cast, written).step.is_done is done


def test_a_draft_does_not_make_an_open_question_answered(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        open_ = lesson(cast, written)
        actions.check_answer(open_, written.single, choice(open_, written.single, "Water"), uuid4())
        actions.check_answer(open_, written.multiple, choice(open_, written.multiple, "Flour", "Water"), uuid4())
        actions.save_answer(open_, written.open, {"text": "not handed in"}, uuid4())
        assert not lesson(cast, written).step.is_done


def test_the_course_is_done_with_its_last_lesson(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        actions.mark_done(lesson(cast, written, written.reading))
        actions.mark_done(lesson(cast, written, written.last))
        assert queries.course_for(member(cast, "participant"), written.course).enrolment.done_at is None
        open_ = lesson(cast, written)
        actions.check_answer(open_, written.single, choice(open_, written.single, "Water"), uuid4())
        actions.check_answer(open_, written.multiple, choice(open_, written.multiple, "Flour", "Water"), uuid4())
        actions.check_answer(open_, written.open, {"text": "buns"}, uuid4())
        taken = queries.course_for(member(cast, "participant"), written.course)
        assert taken.enrolment.done_at is not None and taken.way.is_done


def test_one_resumes_at_the_very_question(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        open_ = lesson(cast, written)
        actions.save_answer(open_, written.multiple, choice(open_, written.multiple, "Flour"), uuid4())
    with db.scope(cast.academy.scope):
        resume = queries.course_for(member(cast, "participant"), written.course).way.resume().step
        assert resume is not None and resume.id == str(written.asking)
        block = next(b for b in lesson(cast, written).page.content["blocks"]
                     if b.get("question", {}).get("id") == str(written.multiple))  # fmt: skip
        assert (resume.mark.place["block"], resume.mark.place["nth"]) == (block["id"], 3)
        assert 0 < resume.mark.part < 0.95


def test_the_place_in_a_video_is_kept_to_the_second_and_what_was_seen_never_shrinks(
    cast: Cast, written: Written
) -> None:
    with db.scope(cast.academy.scope):
        open_ = lesson(cast, written, written.reading)
        blocks = open_.page.content["blocks"]
        blocks[1] = blocks[1] | {"kind": "video", "seconds": 100}
        actions.save_place(open_, blocks[1]["id"], 42.42)
        progress = actions.save_place(open_, blocks[0]["id"])
        assert progress.place == {"block": blocks[0]["id"], "kind": "text", "nth": 1, "of": 2}
        assert progress.part == pytest.approx(0.712)
        assert actions.save_place(open_, blocks[1]["id"], 1.0).place["second"] == 1.0
        with pytest.raises(Refused):
            actions.save_place(open_, str(uuid4()))


def test_opening_a_lesson_is_written_once_a_minute(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        open_ = lesson(cast, written)
        assert actions.open_lesson(open_.taken, open_.step) is not None
        assert actions.open_lesson(open_.taken, open_.step) is None
        with clock.shifted(timedelta(minutes=2)):
            assert actions.open_lesson(open_.taken, open_.step) is not None
        assert count(Progress) == 1


def test_a_lesson_removed_by_its_author_is_skipped_and_said(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope):
        actions.mark_done(lesson(cast, written, written.reading))
        open_ = lesson(cast, written)
        actions.open_lesson(open_.taken, open_.step)
        course = courses.course_to_edit(member(cast, "author"), written.course, lock=True)
        writing.remove_lesson(courses.lesson_of(course, written.asking))
        publishing.publish_course(course)
        taken = queries.course_for(member(cast, "participant"), written.course)
        resume = taken.way.resume()
        assert resume.why == "gone" and resume.step is not None and resume.step.id == str(written.last)
        assert (taken.way.done, taken.way.total) == (1, 2)
        with pytest.raises(NotFound):
            lesson(cast, written)


def test_the_dashboard_costs_two_statements_for_three_courses(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        author, person = member(cast, "author"), member(cast, "participant")
        for title in ("Second", "Third"):
            actions.enrol(person, publish(author, write_course(author, title).course))
    with db.scope(cast.academy.scope):
        person, seen = member(cast, "participant"), []
        engine = db.engine_of(db.current())
        sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
        try:
            taken = queries.courses_of(person)
            names = [t.trainer.name if t.trainer else "" for t in taken]
        finally:
            sa.event.remove(engine, "before_cursor_execute", listener)
        assert len(taken) == 3 and names == ["Anouk Prins"] * 3
        assert len(seen) == 2
