"""Participants write, add files, hand in once, and try again; their lesson is done when a trainer approves."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core.db import db
from core.errors import NotFound, Refused
from tenants.audit.models import Event
from tenants.courses import publishing
from tenants.courses import queries as courses
from tenants.exercises import actions, queries
from tenants.exercises.actions import HandedInAlready, NothingToHandIn, TooManyFiles
from tenants.exercises.models import HandIn, HandInFile, HandInMessage
from tenants.files import storage
from tenants.files.looks import NotThat
from tenants.files.models import File
from tenants.learning.actions import NotDoneYet, enrol, mark_done
from tenants.learning.models import Approval, Enrolment, Progress
from tenants.learning.queries import course_for
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import PDF, Exercise, handed_in, opened, reviewed, state_of, write_exercise
from tests.files.making import picture


@pytest.fixture
def found(cast: Cast) -> Exercise:
    return write_exercise(cast, enrolled=("participant", "second"))


def count(model: type, *where: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def test_a_draft_is_kept_and_a_resend_changes_nothing(cast: Cast, found: Exercise) -> None:
    save_id = uuid4()
    for words, sent in (("half", save_id), ("a resend", save_id), ("whole", uuid4())):
        with db.scope(cast.academy.scope, commit=True):
            draft = actions.save_text(opened(cast, found), found.block, words, sent)
            assert draft.text == {"a resend": "half"}.get(words, words) and draft.state == "draft"
    with db.scope(cast.academy.scope):
        assert count(HandIn) == 1 and count(Approval) == 0
        assert db.session.scalars(sa.select(Progress)).one().place["block"] == str(found.block)


def test_handing_in_twice_is_one_hand_in(cast: Cast, found: Exercise) -> None:
    sent_id = uuid4()
    for words in ("My loaf", "changed by a resend"):
        with db.scope(cast.academy.scope, commit=True):
            actions.hand_in(opened(cast, found), found.block, sent_id, words)
    with db.scope(cast.academy.scope):
        one = db.session.scalars(sa.select(HandIn)).one()
        assert (one.text, one.state, one.number) == ("My loaf", "handed_in", 1) and one.handed_in_at is not None
        assert db.session.scalars(sa.select(Approval)).one().state == "waiting"
        event = db.session.scalars(sa.select(Event).where(Event.act == "exercise.handed_in")).one()
        assert event.facts["hand_in"] == str(one.id) and event.actor_id == cast.ids["participant"]
        assert "loaf" not in str(event.facts).lower()


def test_the_id_of_somebody_elses_handing_in_is_refused(cast: Cast, found: Exercise) -> None:
    sent_id = uuid4()
    with db.scope(cast.academy.scope):
        actions.hand_in(opened(cast, found), found.block, sent_id, "mine")
        with pytest.raises(Refused):
            actions.hand_in(opened(cast, found, "second"), found.block, sent_id, "theirs")


def test_what_was_handed_in_stays_as_it_was(cast: Cast, found: Exercise) -> None:
    handed_in(cast, found)
    with db.scope(cast.academy.scope):
        for act in (
            lambda: actions.save_text(opened(cast, found), found.block, "more", uuid4()),
            lambda: actions.hand_in(opened(cast, found), found.block, uuid4(), "more"),
            lambda: actions.add_files(opened(cast, found), found.block, [(io.BytesIO(PDF), "a.pdf")], uuid4(), member(cast, "participant")),
        ):
            with pytest.raises(HandedInAlready):
                act()
        assert db.session.scalars(sa.select(HandIn)).one().text == "My loaf"


def test_nothing_cannot_be_handed_in(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope):
        with pytest.raises(NothingToHandIn):
            actions.hand_in(opened(cast, found), found.block, uuid4(), "  \n ")
        with pytest.raises(Refused):
            actions.hand_in(opened(cast, found), found.block, uuid4(), "x" * 20_001)
        with pytest.raises(NotFound):
            actions.hand_in(opened(cast, found), uuid4(), uuid4(), "x")
        assert count(HandIn, HandIn.state != "draft") == 0


def add(cast: Cast, found: Exercise, *names: str, upload: UUID | None = None) -> None:
    with db.scope(cast.academy.scope, commit=True):
        files = [(picture() if name.endswith("png") else io.BytesIO(PDF), name) for name in names]
        actions.add_files(opened(cast, found), found.block, files, upload or uuid4(), member(cast, "participant"))


def names(cast: Cast) -> list[str]:
    with db.scope(cast.academy.scope):
        hand_in = db.session.scalars(sa.select(HandIn).order_by(HandIn.number.desc())).first()
        assert hand_in is not None
        return [file.name or "" for file in queries.files_of([hand_in.id])[hand_in.id]]


def test_files_are_added_once_and_no_more_than_asked_for(cast: Cast, found: Exercise) -> None:
    upload = uuid4()
    add(cast, found, "plan.pdf", "loaf.png", upload=upload)
    add(cast, found, "plan.pdf", "loaf.png", upload=upload)
    assert names(cast) == ["plan.pdf", "loaf.png"]
    with pytest.raises(TooManyFiles):
        add(cast, found, "a.pdf", "b.pdf")
    assert names(cast) == ["plan.pdf", "loaf.png"]
    with db.scope(cast.academy.scope):
        kinds = set(db.session.scalars(sa.select(File.kind)))
        assert kinds == {"document"}, "handed-in pictures are not among the authors' pictures"


def test_one_refused_file_adds_none(cast: Cast, found: Exercise) -> None:
    with pytest.raises(NotThat), db.scope(cast.academy.scope, commit=True):
        files = [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b"<svg onload=alert(1)>"), "b.txt")]
        actions.add_files(opened(cast, found), found.block, files, uuid4(), member(cast, "participant"))
    with db.scope(cast.academy.scope):
        assert count(HandInFile) == 0 and count(File) == 0


def test_a_type_that_is_not_asked_for_is_refused(cast: Cast) -> None:
    found = write_exercise(cast, types=["image"])
    with db.scope(cast.academy.scope), pytest.raises(NotThat) as refusal:
        actions.add_files(opened(cast, found), found.block, [(io.BytesIO(PDF), "a.pdf")], uuid4(), member(cast, "participant"))
    assert refusal.value.why == "not_asked"


def test_a_removed_file_is_gone_with_its_bytes_unless_an_earlier_version_shows_it(cast: Cast, found: Exercise) -> None:
    add(cast, found, "plan.pdf")
    with db.scope(cast.academy.scope):
        first = db.session.scalars(sa.select(File)).one().id
    remove(cast, found, first)
    with db.scope(cast.academy.scope):
        assert count(File) == 0 and first not in storage.stored_ids()
    add(cast, found, "again.pdf")
    hand_in_id = handed_in(cast, found)
    reviewed(cast, hand_in_id, "again", "Add a photo")
    with db.scope(cast.academy.scope):
        second = db.session.scalars(sa.select(File)).one().id
    remove(cast, found, second)
    assert names(cast) == []
    with db.scope(cast.academy.scope):
        assert [file.id for file in queries.files_of([hand_in_id])[hand_in_id]] == [second]
        assert second in storage.stored_ids()


def remove(cast: Cast, found: Exercise, file_id: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        actions.remove_file(opened(cast, found), found.block, file_id)


def test_trying_again_is_a_new_version_that_begins_as_the_one_before(cast: Cast, found: Exercise) -> None:
    add(cast, found, "plan.pdf")
    first = handed_in(cast, found)
    reviewed(cast, first, "again", "Say how long it rose")
    with db.scope(cast.academy.scope, commit=True):
        thread = queries.thread_of(opened(cast, found).taken.enrolment, found.block, member(cast, "participant"))
        assert (thread.state, thread.may_write, thread.text, len(thread.files)) == ("again", True, "My loaf", 1)
        actions.hand_in(opened(cast, found), found.block, uuid4(), "It rose two hours")
    with db.scope(cast.academy.scope):
        thread = queries.thread_of(opened(cast, found).taken.enrolment, found.block, member(cast, "participant"))
        assert [(v.hand_in.number, v.hand_in.state, v.hand_in.text, len(v.files)) for v in thread.versions] == [
            (1, "again", "My loaf", 1), (2, "handed_in", "It rose two hours", 1),
        ]  # fmt: skip
        assert [said.review.text for said in thread.versions[0].said] == ["Say how long it rose"]


def test_approval_finishes_lesson_and_course_and_leaves_the_participants_place_alone(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True), pytest.raises(NotDoneYet):
        mark_done(opened(cast, found))
    reviewed(cast, handed_in(cast, found), "again", "Once more")
    better = handed_in(cast, found, words="Better")
    with db.scope(cast.academy.scope, commit=True):
        taken = course_for(member(cast, "participant"), found.course)
        taken.enrolment.lesson_id = found.reading
        assert taken.way.done == 0
    reviewed(cast, better, "approved", "")
    with db.scope(cast.academy.scope, commit=True):
        taken = course_for(member(cast, "participant"), found.course)
        assert taken.way.done == 1 and taken.enrolment.done_at is None and taken.enrolment.lesson_id == found.reading
        mark_done(opened(cast, Exercise(found.course, found.reading, found.reading, found.block)))
        assert course_for(member(cast, "participant"), found.course).enrolment.done_at is not None


def test_the_approval_that_was_missing_finishes_the_course(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        mark_done(opened(cast, Exercise(found.course, found.reading, found.reading, found.block)))
    reviewed(cast, handed_in(cast, found), "approved")
    with db.scope(cast.academy.scope):
        enrolment = course_for(member(cast, "participant"), found.course).enrolment
        assert enrolment.done_at is not None
        assert count(Enrolment, Enrolment.done_at.is_not(None)) == 1, "nobody else's"


def test_an_approval_after_the_enrolment_ended_is_kept_for_when_they_come_back(cast: Cast, found: Exercise) -> None:
    hand_in_id = handed_in(cast, found)
    with db.scope(cast.academy.scope, commit=True):
        course_for(member(cast, "participant"), found.course).enrolment.state = "ended"
    reviewed(cast, hand_in_id, "approved")
    assert state_of(cast, hand_in_id) == "approved"
    with db.scope(cast.academy.scope):
        enrol(member(cast, "participant"), courses.course_to_edit(member(cast, "author"), found.course))
        assert opened(cast, found).is_approved and not opened(cast, found).step.is_done
        mark_done(opened(cast, found))
        assert opened(cast, found).step.is_done


def test_a_message_is_stored_once_and_by_whom(cast: Cast, found: Exercise) -> None:
    hand_in_id, message_id = handed_in(cast, found), uuid4()
    with db.scope(cast.academy.scope, commit=True):
        hand_in = db.session.get_one(HandIn, hand_in_id)
        for _ in range(2):
            actions.write_message(hand_in, member(cast, "participant"), "Is rye fine?", message_id)
        assert hand_in.feedback_at is None
        with pytest.raises(Refused):
            actions.write_message(hand_in, member(cast, "trainer"), "taken id", message_id)
        with pytest.raises(Refused):
            actions.write_message(hand_in, member(cast, "trainer"), "  ", uuid4())
        actions.write_message(hand_in, member(cast, "trainer"), "Yes", uuid4())
        assert hand_in.has_news and count(HandInMessage) == 2


def test_publishing_an_exercise_again_does_not_disturb_who_writes(cast: Cast, found: Exercise) -> None:
    with db.scope(cast.academy.scope, commit=True):
        actions.save_text(opened(cast, found), found.block, "half", uuid4())
        course = courses.course_to_edit(member(cast, "author"), found.course, lock=True)
        block = courses.block_of(course, found.block)
        block.body = {**block.body, "title": "Bake two loaves"}
        publishing.publish_course(course)
    handed_in(cast, found, words="two")
    with db.scope(cast.academy.scope):
        one = db.session.scalars(sa.select(HandIn)).one()
        assert (one.title, one.text, one.page_id) == ("Bake two loaves", "two", opened(cast, found).page.id)
