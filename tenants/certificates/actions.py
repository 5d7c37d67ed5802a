"""Verbs on issued certificates: issue, give by hand, replace, renew, revoke, share. They flush; the edge commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core import clock, ids, queue
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.certificates import queries
from tenants.certificates.models import SHARES, Certificate, CertificateDesign, CertifiedCourse, plain
from tenants.certificates.numbers import new_number
from tenants.certificates.queries import OwnAcademy
from tenants.certificates.rules import Facts, expires_on, signers_of
from tenants.courses.models import Course, Publication
from tenants.learning.models import Enrolment
from tenants.people.models import Member

MAX_REASON = 500


def issue_for(enrolment_id: UUID) -> Certificate | None:
    """Return the certificate of a course that was done, issued unless it was before; None if the course gives none.

    The enrolment is locked, so that two jobs for it follow each other.
    """
    row = db.session.execute(_earned().where(Enrolment.id == enrolment_id).with_for_update(of=Enrolment)).one_or_none()
    if row is None:
        return None
    enrolment, course, outline, design, hours = row
    done_at = enrolment.done_at
    assert done_at is not None, "asked for in SQL"
    earlier = sa.select(Certificate).where(
        Certificate.enrolment_id == enrolment.id, Certificate.earned_at == done_at, Certificate.origin == "earned"
    )
    found = db.session.scalars(earlier.limit(1)).first()
    if found is not None:
        return found
    own = queries.own_academy()
    facts = facts_of(own, design, outline or {"title": course.title, "summary": course.summary}, hours)
    return _issue(own, enrolment.member, facts, done_at, _day(done_at, own), "earned", course.id, design,
                  enrolment_id=enrolment.id)  # fmt: skip


def _earned() -> sa.Select[Enrolment, Course, dict[str, str], CertificateDesign, Decimal | None]:
    """Return the SELECT of courses that were done and give a certificate."""
    return (
        sa.select(Enrolment, Course, Publication.outline, CertificateDesign, Course.study_hours)
        .join(Course, Course.id == Enrolment.course_id)
        .join(CertifiedCourse, CertifiedCourse.course_id == Course.id)
        .join(CertificateDesign, CertificateDesign.id == CertifiedCourse.design_id)
        .outerjoin(Publication, Publication.id == Course.publication_id)
        .where(Enrolment.done_at.is_not(None), CertificateDesign.archived_at.is_(None))
        .where(sa.or_(CertifiedCourse.since.is_(None), Enrolment.done_at >= CertifiedCourse.since))
    )


def queue_missing(most: int = 5_000) -> int:
    """Queue the certificates that were earned and not issued yet; return how many. Run each day, and on a new choice."""
    issued = sa.select(Certificate.id).where(
        Certificate.enrolment_id == Enrolment.id, Certificate.earned_at == Enrolment.done_at, Certificate.origin == "earned"
    )
    missing = _earned().where(~issued.exists()).with_only_columns(Enrolment.id).limit(most)
    found = list(db.session.scalars(missing))
    for enrolment_id in found:
        queue.later("certificates.issue", enrolment_id=enrolment_id, priority=7)
    return len(found)


def facts_of(own: OwnAcademy, design: CertificateDesign, course: dict[str, str], hours: Decimal | None) -> Facts:
    """Return what will stand on a certificate of this design for this course."""
    return Facts(
        title=design.title, body=design.body, signers=signers_of(design.signers or ""), course=course["title"],
        summary=course.get("summary", "")[:500], academy=own.name, colour=own.colour, language=design.language,
        orientation=design.orientation, hours=hours, logo_id=str(design.logo_id) if design.logo_id else None,
    )


def _issue(own: OwnAcademy, member: Member, facts: Facts, earned_at: datetime, day: date, origin: str,
           course_id: UUID | None, design: CertificateDesign | None, *, by: Member | None = None, **more: object) -> Certificate:  # fmt: skip
    certificate = Certificate(
        id=ids.uuid7(), number=new_number(), member_id=member.id, course_id=course_id,
        design_id=design.id if design else None, earned_at=earned_at, issued_on=day, origin=origin, state="valid",
        expires_on=expires_on(day, design.valid_months if design else None), name=member.name,
        facts_json=plain(facts.plain()), share="facts", pdf_state="waiting", made_at=clock.now(), **more,
    )  # fmt: skip
    db.session.add(certificate)
    db.session.flush()
    record("certificates.issued", actor_id=by.id if by else None, member=str(member.id), certificate=str(certificate.id))
    queue.later("certificates.print", certificate_id=certificate.id, priority=3)
    queue.later("notifications.tell", what="certificate", subject_id=certificate.id)
    return certificate


def _day(moment: datetime, own: OwnAcademy) -> date:
    return moment.astimezone(ZoneInfo(own.zone)).date()


def give(members: Iterable[Member], course: Course, day: date, by: Member) -> list[Certificate]:
    """Return certificates given by hand; who has one of this course gets no second. Raises Refused."""
    own, design, hours = queries.own_academy(), *_design_of(course)
    if day > own.today:
        raise Refused("future day")
    have = queries.holders_of(course.id)
    earned_at = clock.now() if day == own.today else datetime.combine(day, time(12), ZoneInfo(own.zone))
    facts = facts_of(own, design, {"title": course.title, "summary": course.summary}, hours)
    return [_issue(own, one, facts, earned_at, day, "given", course.id, design, by=by)
            for one in members if one.id not in have]  # fmt: skip


def _design_of(course: Course | None) -> tuple[CertificateDesign, Decimal | None]:
    """Return the design that the course gives now, and its hours. Raises Refused when it gives none."""
    found = db.session.execute(
        sa.select(CertificateDesign, Course.study_hours)
        .join(CertifiedCourse, CertifiedCourse.design_id == CertificateDesign.id)
        .join(Course, Course.id == CertifiedCourse.course_id)
        .where(CertifiedCourse.course_id == (course.id if course else None), CertificateDesign.archived_at.is_(None))
    ).one_or_none()
    if found is None:
        raise Refused("no design")
    return found[0], found[1]


def replace(old: Certificate, reason: str, by: Member) -> Certificate:
    """Return a new certificate with the holder's present name; the old number says that it was replaced."""
    if old.state != "valid" or old.origin == "imported":
        raise Refused("not valid any more")
    _end(old, "replaced", reason)
    member = db.session.get_one(Member, old.member_id)
    design = db.session.get(CertificateDesign, old.design_id) if old.design_id else None
    fresh = _issue(queries.own_academy(), member, old.facts, old.earned_at, old.issued_on, old.origin, old.course_id, design,
                   by=by, enrolment_id=old.enrolment_id, replaces_id=old.id)  # fmt: skip
    fresh.expires_on, fresh.share = old.expires_on, old.share
    db.session.flush()
    return fresh


def renew(old: Certificate, by: Member) -> Certificate:
    """Return a certificate of today for the same course, as the course gives it now. Raises Refused."""
    if old.state != "valid" or queries.follower_of(old) is not None:
        raise Refused("not valid any more")
    course = db.session.get(Course, old.course_id) if old.course_id else None
    design, hours = _design_of(course)
    assert course is not None, "a course gives the design"
    own, member = queries.own_academy(), db.session.get_one(Member, old.member_id)
    facts = facts_of(own, design, {"title": course.title, "summary": course.summary}, hours)
    fresh = _issue(own, member, facts, clock.now(), own.today, "renewed", course.id, design, by=by, replaces_id=old.id)
    fresh.share = old.share
    return fresh


def revoke(certificate: Certificate, reason: str, by: Member) -> None:
    """End a certificate for good; its page says so to everyone. Raises Refused."""
    if certificate.state != "valid":
        raise Refused("not valid any more")
    _end(certificate, "revoked", reason)
    record("certificates.revoked", actor_id=by.id, member=str(certificate.member_id), certificate=str(certificate.id))
    db.session.flush()


def _end(certificate: Certificate, state: str, reason: str) -> None:
    """Write down why; the new state is flushed before another row takes its place. Raises Refused without a reason."""
    line = " ".join(reason.split())
    if not line or len(line) > MAX_REASON:
        raise Refused("why ended")
    certificate.state, certificate.reason, certificate.ended_at = state, line, clock.now()
    db.session.flush()


def share(certificate: Certificate, choice: str) -> None:
    """Let the public page show nothing, the facts, or the name too. Raises Refused."""
    if choice not in SHARES:
        raise Refused("no such share")
    certificate.share = choice
    db.session.flush()


def note_endings() -> int:
    """Note each certificate that ends within 60 days, once, so that its holder can be told; return how many."""
    today = queries.own_academy().today
    renewed = aliased(Certificate)
    wanted = sa.select(Certificate).where(
        queries.standing("soon", today), Certificate.reminded_at.is_(None),
        ~sa.select(renewed.id).where(renewed.replaces_id == Certificate.id).exists(),
    )  # fmt: skip
    found = list(db.session.scalars(wanted))
    for one in found:
        one.reminded_at = clock.now()
        record("certificates.ending", member=str(one.member_id), certificate=str(one.id))
        queue.later("notifications.tell", what="certificate_ends", subject_id=one.id)
    db.session.flush()
    return len(found)
