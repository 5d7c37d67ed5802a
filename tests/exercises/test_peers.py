"""Fellow participants give feedback: everybody gets their share, names stay hidden where that was promised."""

from __future__ import annotations

import io
from collections import Counter
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core.db import db
from core.errors import NotFound
from tenants.audit.models import Event
from tenants.exercises import actions, peers, queries
from tenants.exercises.models import HandIn, Review
from tenants.exercises.peers import Finished, NothingSaid
from tenants.learning.queries import lesson_for
from tenants.people.models import Member
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import PDF, Exercise, handed_in, more_people, opened, reviewed, write_exercise


@pytest.fixture
def found(cast: Cast) -> Exercise:
    return write_exercise(cast, enrolled=("participant", "second"), peers=2)


def tasks(cast: Cast, found: Exercise, who: str) -> list[UUID]:
    with db.scope(cast.academy.scope):
        return [one.review_id for one in queries.peer_tasks(member(cast, who), found.block, found.course)]


def test_the_first_waits_and_gets_a_task_when_the_second_hands_in(cast: Cast, found: Exercise) -> None:
    handed_in(cast, found)
    assert tasks(cast, found, "participant") == []
    handed_in(cast, found, "second")
    assert len(tasks(cast, found, "participant")) == len(tasks(cast, found, "second")) == 1


def test_everybody_gives_and_gets_alike(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        people = [one.id for one in more_people(cast, found, 7)]
    for person_id in people:
        with db.scope(cast.academy.scope, commit=True):
            open_ = lesson_for(db.session.get_one(Member, person_id), found.course, found.lesson, lock=True)
            actions.hand_in(open_, found.block, uuid4(), "work")
    with db.scope(cast.academy.scope):
        rows = db.session.execute(sa.select(Review.by_id, Review.hand_in_id, HandIn).join(HandIn, HandIn.id == Review.hand_in_id)).all()
        assert set(Counter(row[0] for row in rows).values()) == {2}
        received = Counter(row[1] for row in rows)
        assert len(received) == 7 and max(received.values()) - min(received.values()) <= 1
        assert all(row[0] != row[2].enrolment.member_id for row in rows)


def give(cast: Cast, review_id: UUID, who: str, words: str = "Good crust", sent: UUID | None = None, **levels: str) -> None:
    with db.scope(cast.academy.scope, commit=True):
        peers.send_peer_review(peers.task_for(member(cast, who), review_id, lock=True), words, levels, sent or uuid4())


def test_feedback_of_a_peer_is_sent_once_and_shows_no_name(cast: Cast, found: Exercise) -> None:
    handed_in(cast, found)
    handed_in(cast, found, "second")
    [review_id], sent = tasks(cast, found, "second"), uuid4()
    with pytest.raises(NothingSaid):
        give(cast, review_id, "second", " ")
    for words in ("Good crust", "changed by a resend"):
        give(cast, review_id, "second", words, sent, c1="l2")
    with pytest.raises(Finished):
        give(cast, review_id, "second", "more")
    with db.scope(cast.academy.scope):
        enrolment = opened(cast, found).taken.enrolment
        [said] = queries.thread_of(enrolment, found.block, member(cast, "participant")).versions[0].said
        assert (said.review.text, said.name, said.review.verdict) == ("Good crust", None, None)
        assert [level["title"] for _, level in said.levels] == ["Well"]
        [seen] = queries.thread_of(enrolment, found.block, member(cast, "trainer")).versions[0].said
        assert seen.name == "Yusuf Demir", "trainers see both"
        task = peers.task_for(member(cast, "second"), review_id)
        assert task.author is None
        event = db.session.scalars(sa.select(Event).where(Event.act == "exercise.peer_reviewed")).one()
        assert event.facts["review"] == str(review_id)
        assert db.session.scalars(sa.select(HandIn.feedback_at).where(HandIn.enrolment_id == enrolment.id)).one() is not None


def test_names_show_where_they_are_not_hidden(cast: Cast) -> None:
    found = write_exercise(cast, enrolled=("participant", "second"), peers=1, anonymous=False)
    handed_in(cast, found)
    handed_in(cast, found, "second")
    [review_id] = tasks(cast, found, "second")
    give(cast, review_id, "second")
    with db.scope(cast.academy.scope):
        assert peers.task_for(member(cast, "second"), review_id).author == "Sanne de Wit"
        [said] = queries.thread_of(opened(cast, found).taken.enrolment, found.block, member(cast, "participant")).versions[0].said
        assert said.name == "Yusuf Demir"


@pytest.mark.parametrize("who", ["participant", "trainer", "owner", "author"])
def test_a_task_is_its_peers_alone(cast: Cast, found: Exercise, who: str) -> None:
    handed_in(cast, found)
    handed_in(cast, found, "second")
    [review_id] = tasks(cast, found, "second")
    with db.scope(cast.academy.scope), pytest.raises(NotFound):
        peers.task_for(member(cast, who), review_id)


def test_who_has_not_begun_reads_the_newest_version(cast: Cast, found: Exercise) -> None:
    first = handed_in(cast, found)
    handed_in(cast, found, "second")
    reviewed(cast, first, "again", "Once more")
    newest = handed_in(cast, found, words="Much better")
    [review_id] = tasks(cast, found, "second")
    with db.scope(cast.academy.scope, commit=True):
        task = peers.task_for(member(cast, "second"), review_id)
        assert (task.hand_in.id, task.hand_in.text) == (newest, "Much better")
        peers.begin(task)
    reviewed(cast, newest, "again", "And again")
    handed_in(cast, found, words="Best")
    with db.scope(cast.academy.scope):
        assert peers.task_for(member(cast, "second"), review_id).hand_in.id == newest, "what was begun stays"


def test_a_peer_finds_the_files_of_the_work_only(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        actions.add_files(opened(cast, found), found.block, [(io.BytesIO(PDF), "sanne.pdf")], uuid4(), member(cast, "participant"))
    handed_in(cast, found)
    handed_in(cast, found, "second")
    [review_id] = tasks(cast, found, "second")
    with db.scope(cast.academy.scope):
        task = peers.task_for(member(cast, "second"), review_id)
        assert peers.file_of(task, task.files[0].id)[1] == 1
        with pytest.raises(NotFound):
            peers.file_of(task, uuid4())
