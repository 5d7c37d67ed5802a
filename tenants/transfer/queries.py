"""Reads of archives: each goes through the person who asked for it, or the course that they may write."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from core import clock
from core.db import db
from core.errors import Gone, NotFound
from tenants.courses.models import Course
from tenants.courses.rules import may_edit
from tenants.files.models import File
from tenants.people.models import Member
from tenants.transfer.models import Transfer


def exports_of(course: Course, member: Member) -> list[Transfer]:
    """Return the exports of the course that the member asked for and that have not expired, newest first. One statement."""
    mine = (Transfer.course_id == course.id, Transfer.kind == "export", Transfer.made_by == member.id)
    wanted = sa.select(Transfer).where(*mine, Transfer.expires_at > clock.now())
    return list(db.session.scalars(wanted.options(joinedload(Transfer.file)).order_by(Transfer.id.desc())))


def export_to_send(member: Member, transfer_id: UUID) -> tuple[Transfer, File]:
    """Return the member's own export that is ready, with its archive. Raises NotFound; Gone once it has expired."""
    wanted = sa.select(Transfer).where(Transfer.id == transfer_id, Transfer.kind == "export", Transfer.made_by == member.id)
    transfer = db.session.scalar(wanted.options(joinedload(Transfer.file))) if may_edit(member.roles) else None
    if transfer is None or transfer.state != "ready":
        raise NotFound("no such archive")
    if transfer.expires_at <= clock.now() or transfer.file is None:
        raise Gone("archive expired")
    return transfer, transfer.file


def import_of(member: Member, transfer_id: UUID, lock: bool = False) -> Transfer:
    """Return an import of the member's own. Raises NotFound."""
    wanted = sa.select(Transfer).where(Transfer.id == transfer_id, Transfer.kind == "import", Transfer.made_by == member.id)
    transfer = db.session.scalar(wanted.with_for_update() if lock else wanted) if may_edit(member.roles) else None
    if transfer is None:
        raise NotFound("no such import")
    return transfer


def imports_of(member: Member) -> list[Transfer]:
    """Return the member's imports that have not expired, newest first. One statement."""
    wanted = sa.select(Transfer).where(Transfer.made_by == member.id, Transfer.kind == "import", Transfer.expires_at > clock.now())
    return list(db.session.scalars(wanted.order_by(Transfer.id.desc()).limit(20)))
