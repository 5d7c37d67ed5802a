"""Whom exercises tell of what, and what they may still read of it: hand-ins, questions, feedback, answers, peers' work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import db
from tenants.courses.models import Page
from tenants.exercises.models import WAITING, HandIn, HandInMessage, Review
from tenants.exercises.queries import exercise_on, faces_of
from tenants.groups.sight import sees_member, visible_to
from tenants.learning.models import Enrolment
from tenants.learning.queries import is_current, is_open_now
from tenants.learning.rules import TAUGHT_BY
from tenants.notifications.actions import notify
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, describes, tells
from tenants.people.models import Member, MemberRole


@tells("hand_in")
def tell_reviewers(hand_in_id: UUID) -> None:
    """Tell who reviews it: the trainer in whose queue it waits, else every trainer who sees the participant."""
    hand_in = db.session.get(HandIn, hand_in_id)
    if hand_in is not None and hand_in.is_waiting:
        notify("hand_in", reviewers_of(hand_in), subject_id=hand_in.id, thread_id=hand_in.block_id, link=f"/review/{hand_in.id}")


def reviewers_of(hand_in: HandIn) -> list[UUID]:
    """Return whose hand-in it is to review; where nobody is a trainer, the managers and owners."""
    if hand_in.claimed_by or hand_in.trainer_id:
        return [one for one in (hand_in.claimed_by or hand_in.trainer_id,) if one is not None]
    author = hand_in.enrolment.member_id
    for roles in (("trainer",), ("manager", "owner")):
        wanted = sa.select(Member).where(Member.state == "active", Member.id != author)
        wanted = wanted.where(Member.id.in_(sa.select(MemberRole.member_id).where(MemberRole.role.in_(roles))))
        found = [one.id for one in db.session.scalars(wanted).unique() if sees_member(one, author)]
        if found:
            return found
    return []


@tells("review")
def tell_author(review_id: UUID) -> None:
    """Tell the participant that somebody gave feedback."""
    review = db.session.get(Review, review_id)
    if review is not None and review.sent_at is not None:
        hand_in = review.hand_in
        notify("feedback", [hand_in.enrolment.member_id], subject_id=review.id, thread_id=hand_in.block_id, link=_page(hand_in))


@tells("thread_message")
def tell_other_side(message_id: UUID) -> None:
    """Tell the participant of an answer, or the reviewers of a question."""
    message = db.session.get(HandInMessage, message_id)
    if message is None:
        return
    hand_in = db.session.get_one(HandIn, message.hand_in_id)
    author = hand_in.enrolment.member_id
    if message.by_id == author:
        notify("question", _asked(hand_in), subject_id=message.id, thread_id=hand_in.block_id, link=f"/review/{hand_in.id}")
    else:
        notify("answer", [author], subject_id=message.id, thread_id=hand_in.block_id, link=_page(hand_in))


def _asked(hand_in: HandIn) -> list[UUID]:
    """Return who is asked: the trainer who said something last, else who reviews the hand-in."""
    spoke = sa.select(Review.by_id).where(Review.hand_in_id == hand_in.id, Review.kind == "trainer", Review.sent_at.is_not(None))
    last = db.session.scalar(spoke.order_by(Review.sent_at.desc()).limit(1))
    return [last] if last is not None else reviewers_of(hand_in)


@tells("peer_reviews")
def tell_peers(hand_in_id: UUID) -> None:
    """Tell those who got a review to write when this was handed in."""
    hand_in = db.session.get(HandIn, hand_in_id)
    if hand_in is None:
        return
    course = sa.select(Enrolment.course_id).where(Enrolment.id == hand_in.enrolment_id).scalar_subquery()
    given = (
        sa.select(Review).join(HandIn, HandIn.id == Review.hand_in_id).join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        .where(HandIn.block_id == hand_in.block_id, Enrolment.course_id == course, Review.kind == "peer", Review.saved_at.is_(None))
    )
    for review in db.session.scalars(given).all():
        if review.by_id is not None:
            notify("peer", [review.by_id], subject_id=review.id, thread_id=hand_in.block_id, link=f"/peer-reviews/{review.id}")


def _page(hand_in: HandIn) -> str:
    return f"/learn/{hand_in.enrolment.course_id}/{hand_in.lesson_id}/exercises/{hand_in.block_id}"


@describes("hand_in")
def of_hand_ins(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say of hand-ins whose they are, to who may review them. It is open while it waits."""
    return _for_reviewers(reader, {one.id: one.subject_id for one in notices})


@describes("question")
def of_questions(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say of questions who asks about which exercise."""
    asked = sa.select(HandInMessage.id, HandInMessage.hand_in_id).where(HandInMessage.id.in_([one.subject_id for one in notices]))
    about = {message_id: hand_in_id for message_id, hand_in_id in db.session.execute(asked)}
    found = _for_reviewers(reader, {one.id: about[one.subject_id] for one in notices if one.subject_id in about})
    return {key: Said(said.what, said.who) for key, said in found.items()}


def _for_reviewers(reader: Member, about: Mapping[UUID, UUID]) -> dict[UUID, Said]:
    """Return what is said of hand-ins by the notice's id: {notice: hand-in}."""
    if reader.roles.isdisjoint(TAUGHT_BY):
        return {}
    rows = db.session.execute(
        sa.select(HandIn, Member).join(Enrolment, Enrolment.id == HandIn.enrolment_id).join(Member, Member.id == Enrolment.member_id)
        .where(HandIn.id.in_(list(about.values())), HandIn.state != "draft", Enrolment.member_id != reader.id, is_current())
        .where(visible_to(reader, Enrolment.member_id))
    ).unique()
    found = {hand_in.id: Said(hand_in.title, author.name, is_open=hand_in.state in WAITING) for hand_in, author in rows}
    return {notice: found[hand_in] for notice, hand_in in about.items() if hand_in in found}


@describes("feedback")
def of_feedback(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say of feedback who gave it, unless the exercise hides that. Who left the course is told nothing."""
    rows = db.session.execute(
        sa.select(Review, HandIn, Page).join(HandIn, HandIn.id == Review.hand_in_id).join(Page, Page.id == HandIn.page_id)
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        .where(Review.id.in_([one.subject_id for one in notices]), Enrolment.member_id == reader.id, is_open_now())
    ).all()
    names = {key: face.name for key, face in faces_of([review.by_id for review, *_ in rows]).items()}
    found = {review.id: Said(hand_in.title, _giver(review, page, hand_in, names), is_open=_is_unseen(hand_in, review.sent_at)) for review, hand_in, page in rows}
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}


def _giver(review: Review, page: Page, hand_in: HandIn, names: Mapping[UUID | None, str]) -> str:
    hidden = review.kind == "peer" and exercise_on(page, hand_in.block_id)["anonymous"]
    return "" if hidden else names.get(review.by_id, "")


def _is_unseen(hand_in: HandIn, said_at: Any) -> bool:
    return hand_in.seen_at is None or said_at is None or hand_in.seen_at < said_at


@describes("answer")
def of_answers(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say of answers who wrote, about which exercise."""
    rows = db.session.execute(
        sa.select(HandInMessage, HandIn).join(HandIn, HandIn.id == HandInMessage.hand_in_id).join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        .where(HandInMessage.id.in_([one.subject_id for one in notices]), Enrolment.member_id == reader.id, is_open_now())
    ).all()
    names = {key: face.name for key, face in faces_of([message.by_id for message, _hand_in in rows]).items()}
    found = {message.id: Said(hand_in.title, names.get(message.by_id, ""), is_open=_is_unseen(hand_in, message.made_at)) for message, hand_in in rows}
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}


@describes("peer")
def of_peer_reviews(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say of work to look at which exercise it is of; only while the reader takes the course."""
    course = sa.select(Enrolment.course_id).where(Enrolment.member_id == reader.id, is_open_now())
    rows = db.session.execute(
        sa.select(Review.id, HandIn.title, Review.sent_at).join(HandIn, HandIn.id == Review.hand_in_id)
        .join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        .where(Review.id.in_([one.subject_id for one in notices]), Review.by_id == reader.id, is_current(), Enrolment.course_id.in_(course))
    )
    found = {review_id: Said(title, is_open=sent_at is None) for review_id, title, sent_at in rows}
    return {one.id: found[one.subject_id] for one in notices if one.subject_id in found}
