"""Starting somebody anew: nothing is lost, nothing of it counts, and for 30 days it can be put back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.models import Event
from tenants.catalogue.lasting import past_in
from tenants.courses.models import Course
from tenants.learning import actions, own_work, queries, resets
from tenants.learning.models import Answer, Attempt, Enrolment
from tenants.learning.overview import person_in
from tenants.learning.queries import OpenLesson
from tenants.learning.resets import NothingDone, TooLate
from tests.cast import Cast
from tests.courses.writing import Written, member, publish, write_course


@pytest.fixture
def written(cast: Cast) -> Written:
    """Return a course in which the participant did one lesson and answered two questions."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        found = write_course(author)
        course = publish(author, found.course)
        for who in ("participant", "second"):
            actions.enrol(member(cast, who), course, author)
        actions.mark_done(lesson(cast, found, found.reading))
        open_ = lesson(cast, found)
        question = queries.question_on(open_.page, found.single)
        actions.check_answer(open_, found.single, {"choices": [question["choices"][0]["id"]]}, uuid4())
        actions.check_answer(open_, found.open, {"text": "Rye rolls on Sundays"}, uuid4())
    return found


def lesson(cast: Cast, written: Written, which: UUID | None = None) -> OpenLesson:
    return queries.lesson_for(member(cast, "participant"), written.course, which or written.asking, lock=True)


def present(cast: Cast, written: Written, who: str = "participant") -> Enrolment:
    wanted = sa.select(Enrolment).where(Enrolment.member_id == member(cast, who).id, Enrolment.course_id == written.course, queries.is_current())
    return db.session.scalars(wanted).one()


def start_anew(cast: Cast, written: Written) -> tuple[UUID, UUID]:
    """Return the ids of the attempt set aside and of the new one."""
    with db.scope(cast.academy.scope, commit=True):
        old = present(cast, written).id
        return old, resets.reset(present(cast, written), member(cast, "trainer")).id


def test_a_new_attempt_is_empty_and_the_old_one_is_kept_whole(cast: Cast, written: Written) -> None:
    old, new = start_anew(cast, written)
    with db.scope(cast.academy.scope):
        taken = queries.course_for(member(cast, "participant"), written.course)
        assert (taken.enrolment.id, taken.way.done, taken.way.is_begun) == (new, 0, False)
        assert len(queries.courses_of(member(cast, "participant"))) == 1
        open_ = lesson(cast, written)
        assert open_.rows == {}
        before = person_in(member(cast, "trainer"), written.course, member(cast, "participant").id, old)
        said = {one.text or one.lines[0] for part in before.lessons for one in part.said if one.attempts}
        assert before.person.way.done == 1 and "Rye rolls on Sundays" in said and len(said) == 2
        assert db.session.scalar(sa.select(sa.func.count(Attempt.id))) == 2


def test_the_new_attempt_does_not_touch_the_old_answers(cast: Cast, written: Written) -> None:
    old, new = start_anew(cast, written)
    with db.scope(cast.academy.scope, commit=True):
        actions.check_answer(lesson(cast, written), written.open, {"text": "Only wheat now"}, uuid4())
    with db.scope(cast.academy.scope):
        rows = db.session.execute(sa.select(Answer.enrolment_id, Answer).where(Answer.question_id == written.open)).all()
        assert {enrolment_id: "Rye" in (answer.given or "") for enrolment_id, answer in rows} == {old: True, new: False}


def test_put_back_swaps_the_attempts_and_loses_neither(cast: Cast, written: Written) -> None:
    old, new = start_anew(cast, written)
    with db.scope(cast.academy.scope, commit=True):
        actions.check_answer(lesson(cast, written), written.open, {"text": "Only wheat now"}, uuid4())
        resets.put_back(db.session.get_one(Enrolment, old), member(cast, "trainer"))
    with db.scope(cast.academy.scope, commit=True):
        taken = queries.course_for(member(cast, "participant"), written.course)
        assert (taken.enrolment.id, taken.way.done) == (old, 1)
        earlier = resets.earlier_of(taken.enrolment)
        assert [(one.enrolment.id, one.may_return, one.lessons_done) for one in earlier] == [(new, True, 0)]
        resets.put_back(db.session.get_one(Enrolment, new), member(cast, "trainer"))
        assert present(cast, written).id == new
        acts = list(db.session.scalars(sa.select(Event.act).where(Event.act.in_(("learning.reset", "learning.put_back")))))
        assert sorted(acts) == ["learning.put_back", "learning.put_back", "learning.reset"]


def test_an_attempt_in_which_nothing_was_done_is_not_listed(cast: Cast, written: Written) -> None:
    old, _new = start_anew(cast, written)
    with db.scope(cast.academy.scope):
        resets.put_back(db.session.get_one(Enrolment, old), member(cast, "trainer"))
        assert resets.earlier_of(present(cast, written)) == []


def test_who_was_taken_off_meanwhile_stays_off_after_putting_back(cast: Cast, written: Written) -> None:
    old, _new = start_anew(cast, written)
    with db.scope(cast.academy.scope):
        actions.end_enrolment(present(cast, written))
        found = resets.put_back(db.session.get_one(Enrolment, old), member(cast, "trainer"))
        assert found.state == "ended" and found.done_at is None and found.ended_at is not None


def test_it_can_be_put_back_for_thirty_days(cast: Cast, written: Written) -> None:
    old, _new = start_anew(cast, written)
    with db.scope(cast.academy.scope):
        trainer = member(cast, "trainer")
        with clock.shifted(timedelta(days=31)):
            assert not resets.earlier_of(present(cast, written))[0].may_return
            with pytest.raises(TooLate):
                resets.put_back(db.session.get_one(Enrolment, old), trainer)
        with clock.shifted(timedelta(days=29)):
            assert resets.put_back(db.session.get_one(Enrolment, old), trainer).id == old


def test_nothing_done_is_nothing_to_reset(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope), pytest.raises(NothingDone):
        resets.reset(present(cast, written, "second"), member(cast, "trainer"))


def test_days_after_enrolment_count_anew_and_the_end_stays(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope, commit=True):
        enrolment = present(cast, written)
        enrolment.enrolled_at -= timedelta(days=100)
        enrolment.ends_at = ends_at = clock.now() + timedelta(days=5)
    start_anew(cast, written)
    with db.scope(cast.academy.scope):
        fresh = present(cast, written)
        assert clock.now() - fresh.enrolled_at < timedelta(hours=1) and fresh.ends_at == ends_at


def test_what_comes_late_for_the_old_attempt_finishes_nothing_in_the_new(cast: Cast, written: Written) -> None:
    old, new = start_anew(cast, written)
    with db.scope(cast.academy.scope, commit=True):
        attempt = db.session.get_one(Enrolment, old)
        actions.note_result(attempt, written.asking, Decimal(90), True)
        actions.note_approval(attempt, written.asking, uuid4(), "approved")
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Enrolment, new).done_at is None
        assert queries.course_for(member(cast, "participant"), written.course).way.done == 0


def test_enrolling_again_and_lists_know_one_attempt(cast: Cast, written: Written) -> None:
    _old, new = start_anew(cast, written)
    with db.scope(cast.academy.scope):
        course = db.session.get_one(Course, written.course)
        assert actions.enrol(member(cast, "participant"), course).id == new
        assert past_in(member(cast, "trainer"), course) == []
        actions.end_enrolment(present(cast, written))
        assert [one.enrolment.id for one in past_in(member(cast, "trainer"), course)] == [new]


def test_own_work_holds_every_attempt(cast: Cast, written: Written) -> None:
    start_anew(cast, written)
    with db.scope(cast.academy.scope):
        found = own_work.own_work(member(cast, "participant"))["courses"]
        assert [bool(one["set_aside_at"]) for one in found] == [True, False]
        assert [len(one["answers"]) for one in found] == [2, 0]


def address(cast: Cast, written: Written, who: str = "participant") -> str:
    with db.scope(cast.academy.scope):
        return f"/reports/{written.course}/people/{member(cast, who).id}"


def test_a_trainer_starts_somebody_anew_and_takes_it_back(app: HostedFlask, cast: Cast, written: Written) -> None:
    url, client = address(cast, written), cast.client(app, "trainer")
    assert "begin this course anew" in client.get(url).text
    page = client.post(f"{url}/reset", follow_redirects=True)
    assert page.status_code == 200
    for words in ("Set aside. Sanne de Wit begins the course anew.", "Earlier attempts", "1 lesson done", "Can be put back until"):
        assert words in page.text, words
    assert "begin this course anew" not in page.text
    with db.scope(cast.academy.scope):
        old = resets.earlier_of(present(cast, written))[0].enrolment.id
    before = client.get(f"{url}?attempt={old}").text
    assert "An earlier attempt" in before and "Rye rolls on Sundays" in before and "begin this course anew" not in before
    table = client.get(f"/reports/{written.course}").text
    assert table.count("Sanne de Wit") == 1 + table.count("Sanne de Wit,") and "Everyone (2)" in table
    assert "You begin this course anew since" in cast.client(app, "participant").get(f"/learn/{written.course}").text
    back = client.post(f"{url}/attempts/{old}/return", follow_redirects=True)
    assert "Put back." in back.text and "1 of 3" in back.text


@pytest.mark.parametrize("who", ["participant", "author"])
def test_only_who_follows_people_resets_them(app: HostedFlask, cast: Cast, written: Written, who: str) -> None:
    assert cast.client(app, who).post(f"{address(cast, written)}/reset").status_code in (403, 404)


def test_a_refusal_says_why(app: HostedFlask, cast: Cast, written: Written) -> None:
    page = cast.client(app, "trainer").post(f"{address(cast, written, 'second')}/reset")
    assert page.status_code == 422
    assert "nothing to set aside" in page.text


def test_an_attempt_of_somebody_else_is_not_found(app: HostedFlask, cast: Cast, written: Written) -> None:
    old, _new = start_anew(cast, written)
    client, other = cast.client(app, "trainer"), address(cast, written, "second")
    assert client.get(f"{other}?attempt={old}").status_code == 404
    assert client.post(f"{other}/attempts/{old}/return").status_code == 404
    with db.scope(cast.academy.scope), pytest.raises(NotFound):
        resets.attempt_in(written.course, member(cast, "participant").id, present(cast, written).id)


def test_an_archived_course_is_not_begun_anew(cast: Cast, written: Written) -> None:
    with db.scope(cast.academy.scope), pytest.raises(Refused):
        db.session.get_one(Course, written.course).state = "archived"
        db.session.flush()
        resets.reset(present(cast, written), member(cast, "trainer"))
