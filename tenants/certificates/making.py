"""What the background makes of a certificate that was issued: its signed badge and its PDF."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from core.paper import CannotPrint
from core.urls import academy_url
from tenants.audit.actions import record
from tenants.certificates import badge, printing, queries, signing
from tenants.certificates.models import Certificate
from tenants.certificates.queries import OwnAcademy
from tenants.files import storage
from tenants.files.actions import store_made
from tenants.files.models import File

MADE_FOR = "certificates"


def make(certificate_id: UUID) -> Certificate | None:
    """Sign and print the certificate unless that was done; None if it is gone. Raises Unavailable without room."""
    certificate = db.session.get(Certificate, certificate_id, with_for_update=True)
    if certificate is None or certificate.pdf_state not in ("waiting", "failed"):
        return certificate
    own = queries.own_academy()
    if certificate.badge is None:
        certificate.badge = signed(certificate, own)
    try:
        content = pdf(certificate, own)
    except CannotPrint:
        certificate.pdf_state = "failed"
        record("certificates.not_printed", certificate=str(certificate.id))
    else:
        file = store_made(content, "application/pdf", f"certificate-{certificate.number}.pdf", MADE_FOR)
        certificate.pdf_id, certificate.pdf_state = file.id, "ready"
    db.session.flush()
    return certificate


def signed(certificate: Certificate, own: OwnAcademy) -> str:
    """Return the certificate's credential, signed with the academy's key."""
    signer = signing.signer()
    awarded = badge.Awarded(
        certificate.id, certificate.course_id, certificate.number, certificate.name or "", certificate.earned_at,
        certificate.issued_on, certificate.expires_on, certificate.facts, signing.issuer_of(signer),
        academy_url(own.slug), own.zone,
    )
    return badge.signed(badge.credential(awarded), signer)


def pdf(certificate: Certificate, own: OwnAcademy) -> bytes:
    """Return the certificate as PDF. Raises CannotPrint."""
    facts = certificate.facts
    return printing.pdf(
        facts, certificate.name or "", certificate.number, certificate.issued_on, certificate.expires_on,
        check_address(own.slug, certificate.number), logo_bytes(facts.logo_id), clock.now(),
    )


def check_address(slug: str, number: str) -> str:
    """Return where anybody can check the number."""
    return academy_url(slug, f"/verify/{number}")


def logo_bytes(logo_id: str | UUID | None) -> bytes | None:
    """Return the logo's content, or None when there is none (any more)."""
    file = db.session.get(File, UUID(str(logo_id))) if logo_id else None
    return b"".join(storage.read(file.id)) if file is not None else None


def sweep_pdfs() -> int:
    """Delete PDFs whose certificate is gone, with its person; the bytes follow within a day. Return how many."""
    used = sa.select(Certificate.id).where(Certificate.pdf_id == File.id)
    gone = sa.delete(File).where(File.made_for == MADE_FOR, ~used.exists()).returning(File.id)
    lost = list(db.session.scalars(gone))
    for file_id in lost:
        db.after_commit(partial(storage.remove, file_id))
    return len(lost)
