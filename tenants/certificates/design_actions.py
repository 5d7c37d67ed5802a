"""Verbs on designs, and what a course gives when it is done. They flush; the edge commits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

import sqlalchemy as sa

from core import clock, ids
from core.db import db
from core.errors import Refused
from tenants.audit.actions import record
from tenants.certificates import actions
from tenants.certificates.models import CertificateDesign, CertifiedCourse
from tenants.certificates.rules import MAX_BODY, MAX_TITLE, unknown_values
from tenants.courses.models import Course
from tenants.files.actions import store_file
from tenants.people.models import Member


@dataclass(frozen=True)
class DesignDraft:
    """What the form of a design says."""

    title: str
    body: str
    signers: str = ""
    orientation: str = "landscape"
    language: str = "nl"
    valid_months: int | None = None


def create_design(draft: DesignDraft, by: Member) -> CertificateDesign:
    """Return a new design. Raises Refused."""
    design = CertificateDesign(id=ids.uuid7(), made_at=clock.now())
    db.session.add(_filled(design, draft))
    record("certificates.design", actor_id=by.id, design=str(design.id))
    db.session.flush()
    return design


def change_design(design: CertificateDesign, draft: DesignDraft, by: Member) -> None:
    """Change a design; certificates that were issued stay as they are. Raises Refused."""
    _filled(design, draft)
    record("certificates.design", actor_id=by.id, design=str(design.id))
    db.session.flush()


def _filled(design: CertificateDesign, draft: DesignDraft) -> CertificateDesign:
    title, body = " ".join(draft.title.split()), draft.body.strip()
    if not title or len(title) > MAX_TITLE or not body or len(body) > MAX_BODY or unknown_values(body):
        raise Refused("design text")
    design.title, design.body, design.signers = title, body, draft.signers.strip() or None
    design.orientation, design.language, design.valid_months = draft.orientation, draft.language, draft.valid_months
    design.changed_at = clock.now()
    return design


def set_logo(design: CertificateDesign, source: BinaryIO, name: str, by: Member) -> None:
    """Put an image on the design; it is drawn anew without its metadata. Raises NotThat."""
    design.logo_id = store_file("image", source, name, by).id
    design.changed_at = clock.now()
    db.session.flush()


def remove_logo(design: CertificateDesign) -> None:
    """Take the logo off the design; certificates that were issued keep it."""
    design.logo_id, design.changed_at = None, clock.now()
    db.session.flush()


def archive_design(design: CertificateDesign) -> None:
    """Take the design out of use: courses that gave it give no certificate until another is chosen."""
    design.archived_at = clock.now()
    taken = sa.update(CertifiedCourse).where(CertifiedCourse.design_id == design.id).values(design_id=None)
    db.session.execute(taken)
    db.session.flush()


def restore_design(design: CertificateDesign) -> None:
    """Put the design back to use."""
    design.archived_at = None
    db.session.flush()


def certify(course: Course, design: CertificateDesign | None, hours: Decimal | None, earlier: bool, by: Member) -> None:
    """Say what the course gives when it is done. `earlier`: those who have done it already get one too."""
    found = db.session.get(CertifiedCourse, course.id, with_for_update=True)
    if found is None:
        found = CertifiedCourse(course_id=course.id)
        db.session.add(found)
    if design is not None and (found.design_id is None or earlier):
        found.since = None if earlier else clock.now()
    found.design_id, course.study_hours = design.id if design else None, hours
    record("certificates.course", actor_id=by.id, course=str(course.id))
    db.session.flush()
    if design is not None and earlier:
        actions.queue_missing()
