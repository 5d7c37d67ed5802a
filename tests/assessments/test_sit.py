"""Sitting a test: beginning, saving, handing in, time and grace, attempts, what counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from jobs import assessments as jobs
from tenants.assessments import actions, queries, reviewing
from tenants.assessments.models import Sitting, SittingAnswer
from tenants.assessments.rules import GRACE, Allowance
from tenants.assessments.settings import Draw
from tenants.audit.models import Event
from tenants.bank.actions import bank_block
from tenants.courses.queries import course_to_edit
from tenants.learning.models import Enrolment
from tests.assessments.making import (
    all_right,
    answered,
    begun,
    handed_in,
    opened,
    progress,
    row,
    statements,
    write_test,
)
from tests.cast import Cast
from tests.courses.writing import member


def test_a_passed_test_makes_the_lesson_done_and_keeps_its_exact_result(cast: Cast) -> None:
    found = write_test(cast)
    sitting_id = handed_in(cast, found, all_right(found))
    one = row(cast, sitting_id)
    assert (one.state, one.points, one.most, one.percent, one.is_passed, one.ended_by) == ("final", 2, 2, 100, True, "person")
    assert progress(cast, found) == (Decimal(100), True)
    with db.scope(cast.academy.scope):
        acts = set(db.session.scalars(sa.select(Event.act)))
        assert {"assessments.begin", "assessments.hand_in", "assessments.result"} <= acts
        with pytest.raises(sa.exc.IntegrityError):
            sitting = db.session.get_one(Sitting, sitting_id)
            for number in (8, 9):
                db.session.add(Sitting(enrolment_id=sitting.enrolment_id, lesson_id=sitting.lesson_id, title="", number=number,
                                       state="open", settings={}, seed=1, paper={}, started_at=clock.now(), extension_s=0))  # fmt: skip
            db.session.flush()


def test_a_failed_test_leaves_the_lesson_open_and_the_best_or_last_attempt_counts(cast: Cast) -> None:
    best = write_test(cast)
    handed_in(cast, best, {best.single: best.right("single")})
    assert progress(cast, best) == (Decimal(50), False)
    handed_in(cast, best, all_right(best))
    handed_in(cast, best, {})
    assert progress(cast, best) == (Decimal(100), True)
    last = write_test(cast, counts="last")
    handed_in(cast, last, all_right(last))
    handed_in(cast, last, {})
    assert progress(cast, last) == (Decimal(0), True), "the last result counts; what is done stays done"


def test_two_tabs_share_one_sitting_and_an_older_save_takes_nothing_back(cast: Cast) -> None:
    found = write_test(cast)
    sitting_id = begun(cast, found)
    assert begun(cast, found) == sitting_id
    now, save = int(clock.now().timestamp() * 1000), uuid4()
    assert answered(cast, found, sitting_id, found.single, found.right("single"), sequence=now - 1000, save_id=save) == "saved"
    assert answered(cast, found, sitting_id, found.single, found.wrong(), sequence=now - 1000, save_id=save) == "saved", "a resend"
    assert answered(cast, found, sitting_id, found.single, found.wrong(), sequence=now - 5000) == "older"
    assert answered(cast, found, sitting_id, found.single, found.right("single"), sequence=now + 10**9) == "saved"
    assert answered(cast, found, sitting_id, found.single, found.right("single")) == "saved", "no clock locks another tab out"
    with db.scope(cast.academy.scope):
        kept = db.session.scalars(sa.select(SittingAnswer).where(SittingAnswer.save_id.is_not(None))).all()
        assert [queries.given_in(one) for one in kept] == [found.right("single")]


def test_saving_an_answer_costs_two_statements(cast: Cast) -> None:
    found = write_test(cast)
    sitting_id = begun(cast, found)
    with db.scope(cast.academy.scope, commit=True):
        person = member(cast, "participant")
        with statements(cast) as seen:
            to_save = queries.answer_to_save(person, found.course, found.lesson, sitting_id, found.single)
            actions.save_answer(to_save, found.right("single"), uuid4(), None)
    assert len(seen) == 2


def test_what_comes_after_the_grace_is_kept_beside_and_the_saved_answers_are_graded(cast: Cast) -> None:
    found = write_test(cast, minutes=20)
    sitting_id = begun(cast, found)
    answered(cast, found, sitting_id, found.single, found.right("single"))
    with clock.shifted(timedelta(minutes=20) + GRACE - timedelta(seconds=2)):
        assert answered(cast, found, sitting_id, found.multiple, {"choices": [found.choices["Gold"]]}) == "saved"
    with clock.shifted(timedelta(minutes=20) + GRACE + timedelta(seconds=2)):
        assert answered(cast, found, sitting_id, found.multiple, found.right("multiple")) == "late"
        with db.scope(cast.academy.scope, commit=True):
            actions.end_overdue(opened(cast, found).taken.enrolment, found.lesson)
        assert answered(cast, found, sitting_id, found.single, found.right("single")) == "saved", "it is there already"
    one = row(cast, sitting_id)
    assert (one.state, one.ended_by, one.percent) == ("final", "time", 50) and one.handed_in_at == one.ends_at
    with db.scope(cast.academy.scope):
        answers = {a.question_id: a for a in queries.answers_of(db.session.get_one(Sitting, sitting_id))}
        assert queries.late_in(answers[found.multiple]) == found.right("multiple")
        assert queries.given_in(answers[found.multiple]) == {"choices": [found.choices["Gold"]]}


def test_the_clock_ends_what_nobody_hands_in_and_looks_again_at_what_was_prolonged(cast: Cast) -> None:
    found = write_test(cast, minutes=20, enrolled=("participant", "second"))
    mine, theirs = begun(cast, found), begun(cast, found, "second")
    with db.scope(cast.academy.scope, commit=True):
        enrolment = db.session.scalars(sa.select(Enrolment).where(Enrolment.member_id == cast.ids["second"])).one()
        reviewing.allow(enrolment, found.lesson, reviewing.Given(Allowance(5, Decimal("1.5")), "dyslexia"), member(cast, "trainer"))
    assert row(cast, theirs).extension_s == 15 * 60
    with clock.shifted(timedelta(minutes=21)):
        for sitting_id in (mine, theirs):
            for _ in range(2):
                with db.scope(cast.academy.scope, commit=True):
                    jobs.end(str(sitting_id))
    assert (row(cast, mine).state, row(cast, theirs).state) == ("final", "open")
    with clock.shifted(timedelta(minutes=36)), db.scope(cast.academy.scope, commit=True):
        jobs.day()
    assert row(cast, theirs).state == "final"
    with db.scope(cast.academy.scope), pytest.raises(reviewing.NoReason):
        reviewing.allow(enrolment, found.lesson, reviewing.Given(Allowance(5), " "), member(cast, "trainer"))


def test_attempts_wait_and_extra_attempts(cast: Cast) -> None:
    found = write_test(cast, attempts=1, wait_hours=2)
    handed_in(cast, found)
    with db.scope(cast.academy.scope, commit=True):
        with pytest.raises(actions.NotNow) as error:
            actions.begin(opened(cast, found))
        assert error.value.bar.why == "attempts"
        reviewing.allow(opened(cast, found).taken.enrolment, found.lesson, reviewing.Given(Allowance(0, Decimal(1), 1), "ill"), member(cast, "trainer"))
        with pytest.raises(actions.NotNow) as error:
            actions.begin(opened(cast, found))
        assert error.value.bar.why == "wait"
    with clock.shifted(timedelta(hours=2, seconds=5)):
        begun(cast, found)


def test_a_draw_takes_questions_of_the_bank_frozen_when_it_begins(cast: Cast) -> None:
    found = write_test(cast, own_count=1, draws=(Draw(("salt",), 5, Decimal("2.5")),), shuffle_questions=True, shuffle_choices=True)
    with db.scope(cast.academy.scope, commit=True):
        lesson = course_to_edit(member(cast, "author"), found.course).live_modules[0].live_lessons[1]
        asked = [block for block in lesson.live_blocks if block.question]
        asked[0].question.prompt = "Another question"  # type: ignore[union-attr]
        item = bank_block(asked[0], by=member(cast, "author"), language="en")
        item.tags = ["salt", "bread"]
        drawn = item.content["id"]
    sitting_id = begun(cast, found)
    with db.scope(cast.academy.scope, commit=True):
        sitting = queries.sitting_with_paper(sitting_id)
        assert sitting is not None
        questions = [one["question"] for one in sitting.paper["questions"]]
        assert len(questions) == 2 and drawn in [one["id"] for one in questions]
        assert {a.worth for a in queries.answers_of(sitting)} == {Decimal(1), Decimal("2.5")}
        db.session.delete(db.session.merge(item))
    question = next(one for one in questions if one["id"] == drawn)
    given = {"choices": [choice["id"] for choice in question["choices"] if choice["is_right"]]}
    assert answered(cast, found, sitting_id, UUID(drawn), given) == "saved"


def test_an_open_answer_waits_for_points_and_a_deciding_failure_for_a_human(cast: Cast) -> None:
    found = write_test(cast, with_open=True, is_deciding=True)
    assert found.open is not None
    sitting_id = handed_in(cast, found, {found.open: {"text": "For the smell."}, found.single: found.right("single")})
    assert row(cast, sitting_id).state == "marking" and progress(cast, found) == (None, False)
    with db.scope(cast.academy.scope), pytest.raises(actions.NotNow):
        actions.begin(opened(cast, found))

    def trainer(act: str, **more: object) -> None:
        with db.scope(cast.academy.scope, commit=True):
            sitting = queries.locked_sitting(sitting_id)
            assert sitting is not None
            by, seen = member(cast, "trainer"), more.pop("seen", sitting.reviewed_at)
            if act == "points":
                reviewing.give_points(sitting, by, more["points"], "Good", seen)  # type: ignore[arg-type]
            else:
                reviewing.decide(sitting, by, act, "Seen", seen)  # type: ignore[arg-type]

    with pytest.raises(reviewing.BadPoints):
        trainer("points", points={found.open: Decimal(2)})
    with pytest.raises(reviewing.LookedMeanwhile):
        trainer("stands")
    trainer("points", points={found.open: Decimal("0.5")})
    one = row(cast, sitting_id)
    assert (one.state, one.percent, one.is_passed) == ("judging", Decimal(50), None) and progress(cast, found) == (None, False)
    with pytest.raises(reviewing.LookedMeanwhile):
        trainer("points", points={found.open: Decimal(0)}, seen=None)
    trainer("stands")
    assert row(cast, sitting_id).is_passed is False and progress(cast, found) == (Decimal(50), False)
    trainer("points", points={found.multiple: Decimal("0.6")})
    assert row(cast, sitting_id).is_passed and progress(cast, found) == (Decimal(70), True), "70 reaches 70 exactly"
