"""Reads of certificates: one's own, the academy's, and what a public page may tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.crypto import normalised
from core.db import db
from core.errors import NotFound
from core.sealed import stored, unseal_rows
from tenants.certificates.models import Certificate, CertificateDesign, CertifiedCourse
from tenants.certificates.numbers import number_of
from tenants.courses.models import Course
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.people.models import Member

PER_PAGE = 25
MANAGERS = frozenset({"manager", "owner"})
AUTHORS = MANAGERS | {"author"}
SHOWN = ("valid", "soon", "expired", "replaced", "revoked")


@dataclass(frozen=True)
class OwnAcademy:
    """What certificates say of the academy at hand."""

    name: str
    slug: str
    colour: str
    zone: str

    @property
    def today(self) -> date:
        """Return today's date in the academy."""
        return clock.today(self.zone)


def own_academy() -> OwnAcademy:
    """Return the academy at hand, as core tells the asking role."""
    row = db.session.execute(sa.text("SELECT name, slug, colour, zone FROM local.own_academy()")).one()
    return OwnAcademy(row.name, row.slug, row.colour, row.zone)


def designs(archived: bool = False) -> list[CertificateDesign]:
    """Return the designs by title; with `archived` those out of use too, last."""
    wanted = sa.select(CertificateDesign).order_by(CertificateDesign.archived_at.is_not(None), CertificateDesign.title)
    if not archived:
        wanted = wanted.where(CertificateDesign.archived_at.is_(None))
    return list(db.session.scalars(wanted))


def design(member: Member, design_id: UUID, lock: bool = False) -> CertificateDesign:
    """Return a design that the member may change. Raises NotFound."""
    wanted = sa.select(CertificateDesign).where(CertificateDesign.id == design_id)
    found = db.session.scalar(wanted.with_for_update() if lock else wanted) if member.roles & AUTHORS else None
    if found is None:
        raise NotFound("no such design")
    return found


def courses_by_design() -> dict[UUID, list[str]]:
    """Return the titles of the courses that give each design."""
    rows = db.session.execute(
        sa.select(CertifiedCourse.design_id, Course.title).join(Course, Course.id == CertifiedCourse.course_id)
        .where(CertifiedCourse.design_id.is_not(None)).order_by(Course.title)
    )
    found: dict[UUID, list[str]] = {}
    for design_id, title in rows:
        assert design_id is not None, "asked for in SQL"
        found.setdefault(design_id, []).append(title)
    return found


def course_to_certify(member: Member, course_id: UUID) -> tuple[Course, CertifiedCourse | None]:
    """Return a course with what it gives when it is done. Raises NotFound."""
    rows: Any = sa.select(Course, CertifiedCourse).where(Course.id == course_id)
    rows = rows.outerjoin(CertifiedCourse, CertifiedCourse.course_id == Course.id)
    found = db.session.execute(rows).one_or_none() if member.roles & AUTHORS else None
    if found is None:
        raise NotFound("no such course")
    return found[0], found[1]


def done_before(course_id: UUID) -> int:
    """Return how many people have done the course."""
    counted = sa.select(sa.func.count(sa.distinct(Enrolment.member_id))).where(Enrolment.course_id == course_id, Enrolment.done_at.is_not(None))
    return db.session.scalar(counted) or 0


def certificates_of(member: Member) -> list[Certificate]:
    """Return the member's certificates, the newest first. One statement."""
    wanted = sa.select(Certificate).where(Certificate.member_id == member.id)
    return list(db.session.scalars(wanted.order_by(Certificate.issued_on.desc(), Certificate.id.desc())))


def own_certificate(member: Member, certificate_id: UUID) -> Certificate:
    """Return a certificate of the member. Raises NotFound."""
    return _one(sa.select(Certificate).where(Certificate.id == certificate_id, Certificate.member_id == member.id))


def certificate_to_manage(member: Member, certificate_id: UUID, lock: bool = False) -> Certificate:
    """Return a certificate of anybody whom the member sees, for those who manage them. Raises NotFound."""
    if not member.roles & MANAGERS:
        raise NotFound("no such certificate")
    wanted = sa.select(Certificate).where(Certificate.id == certificate_id, visible_to(member, Certificate.member_id))
    return _one(wanted.with_for_update() if lock else wanted)


def _one(wanted: sa.Select[Certificate]) -> Certificate:
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("no such certificate")
    return found


def follower_of(certificate: Certificate) -> Certificate | None:
    """Return the certificate that replaced or renewed this one, or None."""
    return db.session.scalar(sa.select(Certificate).where(Certificate.replaces_id == certificate.id))


def shown_to_all(typed: str) -> Certificate | None:
    """Return the certificate with this number whose holder lets others check it, or None."""
    number = number_of(typed)
    if number is None:
        return None
    return db.session.scalar(sa.select(Certificate).where(Certificate.number == number, Certificate.share != "nothing"))


@dataclass(frozen=True)
class IssuedPage:
    """One page of the academy's certificates."""

    rows: list[Certificate]
    total: int
    number: int

    @property
    def first(self) -> int:
        """Return the place of the first one on this page, from 1."""
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """Return the place of the last one on this page."""
        return self.first + len(self.rows) - 1


def issued_page(
    viewer: Member, today: date, page: int = 1, search: str = "", show: str = "", course_id: UUID | None = None
) -> IssuedPage:
    """Return the certificates of whom the viewer sees, newest first, 25 a page: of this standing, this course, whose name or number has
    `search`. Names are sealed, so they are opened and compared here. Two statements."""
    columns = (Certificate.id, Certificate.number, stored(Certificate, "name"))
    wanted: Any = sa.select(*columns).where(visible_to(viewer, Certificate.member_id)).order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    if show in SHOWN:
        wanted = wanted.where(standing(show, today))
    if course_id is not None:
        wanted = wanted.where(Certificate.course_id == course_id)
    ids = _matching(db.session.execute(wanted).all(), search)
    page = max(1, min(page, -(-len(ids) // PER_PAGE) or 1))
    here = ids[(page - 1) * PER_PAGE : page * PER_PAGE]
    by_id = {row.id: row for row in db.session.scalars(sa.select(Certificate).where(Certificate.id.in_(here)))}
    return IssuedPage([by_id[one] for one in here if one in by_id], len(ids), page)


def _matching(rows: Sequence[Any], search: str) -> list[UUID]:
    sought = normalised(search)
    if not sought:
        return [row[0] for row in rows]
    names = unseal_rows(Certificate, "name", [(row[0], row[2]) for row in rows])
    return [row[0] for row, name in zip(rows, names, strict=True)
            if sought in normalised(name or "") or sought in normalised(row[1])]  # fmt: skip


def standing(show: str, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that Certificate.standing states for one row."""
    if show in ("replaced", "revoked"):
        return Certificate.state == show
    left = Certificate.expires_on - today
    ends = {"expired": left < 0, "soon": left.between(0, 60), "valid": sa.or_(Certificate.expires_on.is_(None), left > 60)}
    return sa.and_(Certificate.state == "valid", ends[show])


def holders_of(course_id: UUID) -> set[UUID]:
    """Return who has a certificate of this course that was neither replaced nor revoked."""
    wanted = sa.select(Certificate.member_id).where(Certificate.course_id == course_id, Certificate.state == "valid")
    return set(db.session.scalars(wanted))


def courses_with_certificates() -> list[tuple[UUID, str]]:
    """Return the courses of which certificates were issued, by title."""
    wanted = sa.select(Course.id, Course.title).where(Course.id.in_(sa.select(Certificate.course_id))).order_by(Course.title)
    return [(course_id, title) for course_id, title in db.session.execute(wanted)]
