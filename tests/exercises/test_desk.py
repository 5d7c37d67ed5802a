"""Trainers review: the queue, claims and leases, two at once, feedback once, phrases, substitutes."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.models import Event
from tenants.exercises import actions, desk, reviewing, substitutes
from tenants.exercises.desk import Filters
from tenants.exercises.models import HandIn, Review, SavedPhrase, StandIn
from tenants.exercises.reviewing import NoWords, ReviewedMeanwhile, TakenOver
from tenants.learning import resets
from tenants.learning.queries import lesson_for
from tenants.people.models import MemberRole
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import CRITERIA, Exercise, handed_in, more_people, reviewed, state_of, write_exercise
from tests.statements import number_of


@pytest.fixture
def found(cast: Cast) -> Exercise:
    return write_exercise(cast, enrolled=("participant", "second"), trainer="trainer")


def queue(cast: Cast, who: str = "trainer", **filters: Any) -> list[UUID]:
    with db.scope(cast.academy.scope):
        return desk.queue_for(member(cast, who), Filters(**filters)).ids


def claimed(cast: Cast, hand_in_id: UUID, who: str) -> bool:
    with db.scope(cast.academy.scope, commit=True):
        return reviewing.claim(desk.hand_in_for(member(cast, who), hand_in_id, lock=True), member(cast, who))


def test_the_oldest_comes_first_and_filters_choose(cast: Cast, found: Exercise) -> None:
    other = write_exercise(cast, enrolled=("second",), trainer="owner")
    with clock.shifted(timedelta(hours=-2)):
        old = handed_in(cast, found)
    new = handed_in(cast, found, "second")
    with clock.shifted(timedelta(hours=-1)):
        owners = handed_in(cast, other, "second")
    assert queue(cast) == [old, new]
    assert queue(cast, whose="all") == [old, owners, new]
    assert queue(cast, whose="all", course=other.course) == [owners]
    reviewed(cast, old, "approved")
    assert queue(cast) == [new] and queue(cast, state="approved") == [old] and queue(cast, state="again") == []
    assert queue(cast, whose="all", state="all") == [old, owners, new]
    with db.scope(cast.academy.scope):
        shown = desk.queue_for(member(cast, "trainer"), Filters())
        assert shown.counts == {"waiting": 1, "again": 0, "approved": 1, "all": 2}
        assert [(one.name, one.title, one.number) for one in shown.items] == [("Yusuf Demir", "Bake a loaf", 1)]
        assert number_of(desk.waiting_figure(member(cast, "trainer"))) == 1


def test_a_draft_is_in_no_queue(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        open_ = lesson_for(member(cast, "participant"), found.course, found.lesson, lock=True)
        draft = actions.save_text(open_, found.block, "secret", uuid4()).id
    assert queue(cast, state="all", whose="all") == []
    with db.scope(cast.academy.scope), pytest.raises(NotFound):
        desk.hand_in_for(member(cast, "trainer"), draft)


def test_nobody_reviews_their_own_work(cast: Cast) -> None:
    found = write_exercise(cast, enrolled=("owner", "participant"))
    mine = handed_in(cast, found, "owner")
    assert queue(cast, "owner", whose="all") == [] and queue(cast, "manager") == [mine]
    with db.scope(cast.academy.scope), pytest.raises(NotFound):
        desk.hand_in_for(member(cast, "owner"), mine)


@pytest.mark.parametrize("who", ["participant", "second", "author"])
def test_others_have_no_desk(cast: Cast, found: Exercise, who: str) -> None:
    hand_in_id = handed_in(cast, found)
    with db.scope(cast.academy.scope):
        for look in (lambda: desk.queue_for(member(cast, who), Filters()), lambda: desk.hand_in_for(member(cast, who), hand_in_id)):
            with pytest.raises(NotFound):
                look()


def test_opening_takes_in_hand_until_the_lease_ends(cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    assert claimed(cast, hand_in_id, "trainer") and state_of(cast, hand_in_id) == "in_review"
    assert not claimed(cast, hand_in_id, "owner") and claimed(cast, hand_in_id, "trainer")
    with db.scope(cast.academy.scope):
        on = desk.on_desk(member(cast, "owner"), desk.hand_in_for(member(cast, "owner"), hand_in_id))
        assert on.holder == "Noor Haddad" and on.hand_in.claimed_at is not None
    with clock.shifted(timedelta(minutes=16)):
        assert claimed(cast, hand_in_id, "owner") and not claimed(cast, hand_in_id, "trainer")


def send(cast: Cast, hand_in_id: UUID, who: str, verdict: str = "approved", words: str = "Fine", sent: UUID | None = None, **levels: str) -> Review:
    with db.scope(cast.academy.scope, commit=True):
        hand_in = desk.hand_in_for(member(cast, who), hand_in_id, lock=True)
        return reviewing.send_feedback(hand_in, member(cast, who), desk.criteria_of(hand_in), verdict, words, levels, sent or uuid4())


def reviews(cast: Cast) -> list[tuple[str | None, str | None, bool]]:
    with db.scope(cast.academy.scope):
        return [(one.text, one.verdict, one.sent_at is not None) for one in db.session.scalars(sa.select(Review).order_by(Review.id))]


def test_feedback_is_sent_once_with_its_levels(cast: Cast, found: Exercise) -> None:
    hand_in_id, sent = handed_in(cast, found), uuid4()
    for words in ("Fine", "changed by a resend"):
        send(cast, hand_in_id, "trainer", words=words, sent=sent, c1="l2", c2="unknown", c9="l1")
    assert reviews(cast) == [("Fine", "approved", True)]
    with db.scope(cast.academy.scope):
        one = db.session.scalars(sa.select(Review)).one()
        assert one.levels == {"c1": "l2"} and state_of(cast, hand_in_id) == "approved"
        event = db.session.scalars(sa.select(Event).where(Event.act == "exercise.reviewed")).one()
        assert event.facts["member"] == str(cast.ids["participant"]) and "Fine" not in str(event.facts)


def test_who_tries_again_is_told_what_to_do(cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    with pytest.raises(NoWords):
        send(cast, hand_in_id, "trainer", "again", " ")
    with pytest.raises(Refused):
        send(cast, hand_in_id, "trainer", "excellent", "x")
    assert state_of(cast, hand_in_id) == "handed_in" and reviews(cast) == []


def test_the_second_of_two_trainers_overwrites_nothing(cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    assert claimed(cast, hand_in_id, "trainer")
    with pytest.raises(TakenOver):
        send(cast, hand_in_id, "owner", "again", "Mine")
    with db.scope(cast.academy.scope, commit=True):
        reviewing.take_over(desk.hand_in_for(member(cast, "owner"), hand_in_id, lock=True), member(cast, "owner"))
    with pytest.raises(TakenOver):
        send(cast, hand_in_id, "trainer", words="Too late")
    send(cast, hand_in_id, "owner", "again", "Mine")
    with pytest.raises(ReviewedMeanwhile):
        send(cast, hand_in_id, "trainer", words="Too late")
    assert reviews(cast) == [("Mine", "again", True)] and state_of(cast, hand_in_id) == "again"


def test_two_trainers_who_send_at_the_same_moment_make_one_review(cast: Cast, found: Exercise) -> None:
    hand_in_id, start, ended = handed_in(cast, found), threading.Barrier(2), []

    def go(who: str) -> None:
        start.wait()
        try:
            send(cast, hand_in_id, who, words=who)
            ended.append(who)
        except (TakenOver, ReviewedMeanwhile):
            ended.append("late")

    both = [threading.Thread(target=go, args=(who,)) for who in ("trainer", "owner")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(ended)[0] == "late" and len(reviews(cast)) == 1
    assert reviews(cast)[0][0] in ended


def test_drafts_are_each_trainers_own(cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    for who, words in (("trainer", "Noor thinks"), ("owner", "Olga thinks")):
        with db.scope(cast.academy.scope, commit=True):
            person = member(cast, who)
            hand_in = desk.hand_in_for(person, hand_in_id, lock=True)
            reviewing.take_over(hand_in, person)
            save_id = uuid4()
            reviewing.save_feedback(hand_in, person, CRITERIA, words, {"c1": "l1"}, save_id)
            reviewing.save_feedback(hand_in, person, CRITERIA, "a resend", {}, save_id)
    with db.scope(cast.academy.scope):
        for who, words in (("trainer", "Noor thinks"), ("owner", "Olga thinks")):
            on = desk.on_desk(member(cast, who), desk.hand_in_for(member(cast, who), hand_in_id))
            assert on.draft is not None and on.draft.text == words and on.draft.levels == {"c1": "l1"}
            assert all(version.said == [] for version in on.thread.versions), "drafts are in no thread"


def test_phrases_are_ones_own_and_kept_once(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope):
        noor, olga = member(cast, "trainer"), member(cast, "owner")
        first = reviewing.save_phrase(noor, " Well baked ")
        assert reviewing.save_phrase(noor, "Well baked").id == first.id
        assert [one.text for one in desk.phrases_of(noor)] == ["Well baked"] and desk.phrases_of(olga) == []
        with pytest.raises(NotFound):
            desk.phrase_text(olga, first.id)
        reviewing.delete_phrase(olga, first.id)
        assert desk.phrase_text(noor, first.id) == "Well baked"
        reviewing.delete_phrase(noor, first.id)
        assert db.session.scalar(sa.select(sa.func.count(SavedPhrase.id))) == 0
        for words in ("", "x" * 2_001):
            with pytest.raises(Refused):
                reviewing.save_phrase(noor, words)


def test_the_next_one_is_the_next_that_waits_and_nobody_holds(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        people = [one.id for one in more_people(cast, found, 4)]
    ids = []
    for number, person_id in enumerate(people):
        with clock.shifted(timedelta(minutes=number - 10)), db.scope(cast.academy.scope, commit=True):
            person = db.session.get_one(type(member(cast, "trainer")), person_id)
            ids.append(actions.hand_in(lesson_for(person, found.course, found.lesson, lock=True), found.block, uuid4(), "x").id)
    claimed(cast, ids[2], "owner")
    reviewed(cast, ids[1], "approved")
    with db.scope(cast.academy.scope):
        noor, rows = member(cast, "trainer"), [db.session.get_one(HandIn, one) for one in ids]
        assert [desk.next_waiting(noor, Filters(), one) for one in rows] == [ids[3], ids[3], ids[3], ids[0]]
        assert desk.next_waiting(noor, Filters(course=uuid4()), rows[0]) is None


def test_a_queue_is_handed_over_and_what_comes_in_later_follows(cast: Cast, found: Exercise) -> None:
    first = handed_in(cast, found)
    claimed(cast, first, "trainer")
    assert queue(cast, "owner") == []
    with db.scope(cast.academy.scope, commit=True):
        assert substitutes.hand_over(member(cast, "trainer"), member(cast, "owner"), member(cast, "trainer")) == 1
    second = handed_in(cast, found, "second")
    assert queue(cast, "owner") == [first, second] and queue(cast) == []
    assert claimed(cast, first, "owner"), "the look of who is away ended"
    with db.scope(cast.academy.scope):
        assert [(one.trainer, one.substitute) for one in substitutes.stand_ins()] == [("Noor Haddad", "Olga Visser")]
    with db.scope(cast.academy.scope, commit=True):
        assert substitutes.take_back(member(cast, "trainer"), member(cast, "trainer")) == 2
    assert second in queue(cast) and second not in queue(cast, "owner")
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count(StandIn.id))) == 0


def test_a_substitute_takes_over_from_who_is_absent(cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    reviewed(cast, handed_in(cast, found, "second"), "approved")
    with db.scope(cast.academy.scope, commit=True):
        moved = substitutes.hand_over(substitutes.reviewer(cast.ids["trainer"]), member(cast, "manager"), member(cast, "manager"))
        assert moved == 1, "what was reviewed stays with who reviewed it"
    assert queue(cast, "manager") == [hand_in_id]
    with db.scope(cast.academy.scope):
        for wrong in (cast.ids["author"], uuid4(), None):
            with pytest.raises(Refused):
                substitutes.reviewer(wrong)
        with pytest.raises(Refused):
            substitutes.hand_over(member(cast, "owner"), member(cast, "owner"), member(cast, "owner"))


def test_a_course_whose_trainer_may_not_review_waits_for_everybody(cast: Cast) -> None:
    found = write_exercise(cast)  # its trainer is its author, who has no desk
    hand_in_id = handed_in(cast, found)
    assert queue(cast) == queue(cast, "manager") == [hand_in_id]
    with db.scope(cast.academy.scope):
        assert db.session.get_one(HandIn, hand_in_id).trainer_id is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(MemberRole).where(MemberRole.member_id == cast.ids["author"])) == 1


def test_what_was_handed_in_before_a_reset_waits_for_nobody(cast: Cast, found: Exercise) -> None:
    first = handed_in(cast, found)
    with db.scope(cast.academy.scope, commit=True):
        enrolment = lesson_for(member(cast, "participant"), found.course, found.lesson, lock=True).taken.enrolment
        resets.reset(enrolment, member(cast, "trainer"))
    assert queue(cast) == [] and queue(cast, state="all") == []
    reviewed(cast, first, "approved")
    with db.scope(cast.academy.scope):
        assert lesson_for(member(cast, "participant"), found.course, found.lesson).taken.way.done == 0
        assert number_of(desk.waiting_figure(member(cast, "trainer"))) == 0
    again = handed_in(cast, found, words="Another loaf")
    assert queue(cast) == [again]
