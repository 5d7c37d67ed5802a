"""What people of the demo world were told: the same notices that the worker makes of what happened, some of them read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from core import clock
from core.db import db
from tenants.certificates.models import Certificate
from tenants.certificates.notices import tell_holder
from tenants.exercises.models import WAITING, HandIn, Review
from tenants.exercises.notices import tell_author, tell_peers, tell_reviewers
from tenants.notifications.models import Notice
from tenants.people.models import Member
from tenants.sessions.models import LiveSession, Seat
from tenants.sessions.notices import tell_seat


def write(members: Iterable[Member]) -> None:
    """Tell everybody of what waits; what is older than a day was read."""
    with clock.shifted(timedelta(days=-2)):
        for certificate_id in db.session.scalars(sa.select(Certificate.id).where(Certificate.state == "valid")).all():
            tell_holder(certificate_id)
        _tell_seats()
    _read_all(members)
    with clock.shifted(timedelta(hours=-20)):
        for review_id in db.session.scalars(sa.select(Review.id).where(Review.sent_at.is_not(None)).order_by(Review.id)).all():
            tell_author(review_id)
    waiting = db.session.scalars(sa.select(HandIn.id).where(HandIn.state.in_(WAITING)).order_by(HandIn.id)).all()
    for hand_in_id in waiting:
        tell_reviewers(hand_in_id)
        tell_peers(hand_in_id)


def _tell_seats() -> None:
    """Tell of the seats in sessions that are still to come; their letters are written by the worker."""
    coming = sa.select(Seat, LiveSession).join(LiveSession, LiveSession.id == Seat.session_id)
    for seat, session in db.session.execute(coming.where(Seat.state == "seated", LiveSession.starts_at > clock.now())).all():
        tell_seat(seat, session, "seat", has_letter=True)


def _read_all(members: Iterable[Member]) -> None:
    theirs = sa.update(Notice).where(Notice.member_id.in_([one.id for one in members]), Notice.read_at.is_(None))
    db.session.execute(theirs.values(read_at=clock.now() - timedelta(days=1)))
