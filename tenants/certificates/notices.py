"""What certificates tell their holders: that they have one, and that it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

import sqlalchemy as sa

from core.db import db
from core.i18n import format_day
from tenants.certificates.models import Certificate
from tenants.notifications.actions import notify
from tenants.notifications.models import Notice
from tenants.notifications.registry import Said, describes, tells
from tenants.people.models import Member


@tells("certificate")
def tell_holder(certificate_id: UUID) -> None:
    """Tell the holder that they have a certificate."""
    found = db.session.get(Certificate, certificate_id)
    if found is not None and found.state == "valid":
        notify("certificate", [found.member_id], subject_id=found.id, thread_id=found.id, link=f"/certificates/{found.id}")


@tells("certificate_ends")
def tell_end(certificate_id: UUID) -> None:
    """Tell the holder that it ends within weeks."""
    found = db.session.get(Certificate, certificate_id)
    if found is not None and found.state == "valid":
        notify("certificate", [found.member_id], subject_id=uuid5(found.id, "ends"), thread_id=found.id, detail="ends", link=f"/certificates/{found.id}")


@describes("certificate")
def of_certificates(reader: Member, notices: Sequence[Notice]) -> Mapping[UUID, Said]:
    """Say for which course it was given; one that was revoked is told no more."""
    mine = sa.select(Certificate).where(Certificate.member_id == reader.id, Certificate.state == "valid")
    rows = db.session.scalars(mine.where(Certificate.id.in_([one.thread_id for one in notices])))
    found = {one.id: Said(one.facts.course, more=format_day(one.expires_on) if one.expires_on else "") for one in rows}
    return {one.id: found[one.thread_id] for one in notices if one.thread_id in found}
