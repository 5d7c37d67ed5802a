"""Verbs of trainers: take a hand-in in hand, keep and send feedback, save phrases. They flush; the edge commits.

A hand-in is written to with its row locked (`desk.hand_in_for(..., lock=True)`): two trainers follow each other. Who
comes second is told, and overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.exercises.models import VERDICTS, HandIn, Review, SavedPhrase
from tenants.exercises.peers import checked_text
from tenants.exercises.rules import LEASE, MAX_PHRASE, MOST_PHRASES, known_levels, may_claim
from tenants.learning.actions import note_approval
from tenants.people.models import Member


class ReviewedMeanwhile(Refused):
    """Another trainer sent their review of this hand-in first."""


class TakenOver(Refused):
    """Another trainer looks at this hand-in now."""


class NoWords(Refused):
    """Who is to try again needs to read what to do."""


class NotRead(Refused):
    """The verdict is neither "approved" nor "again"."""


def claim(hand_in: HandIn, by: Member) -> bool:
    """Take the hand-in in hand for 15 minutes from now if it is free; return whether it is this trainer's."""
    now = clock.now()
    if not hand_in.is_waiting or not may_claim(hand_in.claimed_by, hand_in.leased_until, by.id, now):
        return False
    if hand_in.claimed_by != by.id:
        _give(hand_in, by.id)
    hand_in.state, hand_in.leased_until = "in_review", now + LEASE
    db.session.flush()
    return True


def take_over(hand_in: HandIn, by: Member) -> None:
    """Take the hand-in in hand whoever had it; they are told when they go on with it."""
    if hand_in.is_waiting and hand_in.claimed_by != by.id:
        record("exercise.taken_over", actor_id=by.id, hand_in=str(hand_in.id))
        _give(hand_in, by.id)
    claim(hand_in, by)


def _give(hand_in: HandIn, member_id: UUID) -> None:
    hand_in.claimed_by, hand_in.claimed_at = member_id, clock.now()
    hand_in.version += 1


def save_feedback(
    hand_in: HandIn, by: Member, criteria: Any, text: str, levels: Mapping[str, str], save_id: UUID
) -> Review:
    """Return the trainer's own draft of their feedback; the same `save_id` again changes nothing.

    Raises ReviewedMeanwhile, TakenOver.
    """
    _check_turn(hand_in, by)
    review = draft_of(hand_in, by)
    if review is not None and review.save_id == save_id:
        return review
    return _fill(review or _new_review(hand_in, by), criteria, text, levels, save_id)


def _new_review(hand_in: HandIn, by: Member) -> Review:
    review = Review(
        id=ids.uuid7(), hand_in_id=hand_in.id, by_id=by.id, kind="trainer", text="", levels={}, made_at=clock.now()
    )
    db.session.add(review)
    return review


def _fill(review: Review, criteria: Any, text: str, levels: Mapping[str, str], save_id: UUID) -> Review:
    review.text, review.levels = checked_text(text), known_levels(criteria, levels)
    review.save_id, review.saved_at = save_id, clock.now()
    db.session.flush()
    return review


def _check_turn(hand_in: HandIn, by: Member) -> None:
    if not hand_in.is_waiting:
        raise ReviewedMeanwhile("reviewed meanwhile")
    if not claim(hand_in, by):
        raise TakenOver("taken over")


def draft_of(hand_in: HandIn, by: Member) -> Review | None:
    """Return what this trainer wrote of this hand-in, sent or not, or None."""
    mine = (Review.hand_in_id == hand_in.id, Review.by_id == by.id, Review.kind == "trainer")
    return db.session.scalar(sa.select(Review).where(*mine))


def send_feedback(
    hand_in: HandIn, by: Member, criteria: Any, verdict: str, text: str, levels: Mapping[str, str], sent_id: UUID
) -> Review:
    """Return the review, sent with its verdict; "approved" may finish the lesson and the course.

    The same `sent_id` again changes nothing. Raises NoWords, ReviewedMeanwhile, TakenOver.
    """
    earlier = draft_of(hand_in, by)
    if earlier is not None and earlier.sent_id == sent_id:
        return earlier
    if verdict not in VERDICTS:
        raise NotRead("no such verdict")
    if verdict == "again" and not text.strip():
        raise NoWords("say what to do")
    _check_turn(hand_in, by)
    review = _fill(earlier or _new_review(hand_in, by), criteria, text, levels, sent_id)
    review.verdict, review.sent_id, review.sent_at = verdict, sent_id, clock.now()
    hand_in.state, hand_in.feedback_at, hand_in.leased_until = verdict, review.sent_at, None
    hand_in.version += 1
    db.session.flush()
    note_approval(hand_in.enrolment, hand_in.lesson_id, hand_in.block_id, verdict)
    record("exercise.reviewed", actor_id=by.id, hand_in=str(hand_in.id), review=str(review.id), verdict=verdict,
           enrolment=str(hand_in.enrolment_id), member=str(hand_in.enrolment.member_id))  # fmt: skip
    queue.later("notifications.tell", what="review", subject_id=review.id)
    return review


def save_phrase(by: Member, text: str) -> SavedPhrase:
    """Return the text as a phrase of this trainer; one that they have already is not kept twice."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text or len(text) > MAX_PHRASE:
        raise Refused("phrase")
    mine = list(db.session.scalars(sa.select(SavedPhrase).where(SavedPhrase.member_id == by.id)))
    known = next((one for one in mine if one.text == text), None)
    if known is not None:
        return known
    if len(mine) >= MOST_PHRASES:
        raise Refused("too many phrases")
    phrase = SavedPhrase(id=ids.uuid7(), member_id=by.id, text=text, made_at=clock.now())
    db.session.add(phrase)
    db.session.flush()
    return phrase


def delete_phrase(by: Member, phrase_id: UUID) -> None:
    """Delete a phrase of this trainer; one that is gone already changes nothing."""
    db.session.execute(sa.delete(SavedPhrase).where(SavedPhrase.id == phrase_id, SavedPhrase.member_id == by.id))
