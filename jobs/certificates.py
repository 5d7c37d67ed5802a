"""Certificates: issued when a course is done, made in the background, their ends noted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import queue
from core.academies.models import Academy
from core.db import db
from jobs.registry import every
from tenants.certificates import actions, making


@queue.job("certificates.issue")
def issue(enrolment_id: str) -> None:
    """Issue the certificate of a course that was done, if it gives one and that was not done yet."""
    actions.issue_for(UUID(enrolment_id))


@queue.job("certificates.print", limit_s=120)
def print_one(certificate_id: str) -> None:
    """Sign the badge and make the PDF."""
    making.make(UUID(certificate_id))


@queue.job("certificates.sweep_all", scope="core")
def sweep_all() -> None:
    """Queue the daily look at each answering academy."""
    for number in db.session.scalars(sa.select(Academy.number).where(Academy.state.in_(("active", "closing")))):
        queue.later("certificates.sweep", number=number, once="certificates.sweep", priority=9)


@queue.job("certificates.sweep")
def sweep() -> None:
    """Queue what was earned and not issued; note what ends soon; delete the PDFs of people who are gone."""
    actions.queue_missing()
    actions.note_endings()
    making.sweep_pdfs()


every(timedelta(days=1), "certificates.sweep_all")
