"""Certificates belong to a person's own work: what stands on each, its signed badge and its PDF."""

from __future__ import annotations

from typing import Any

from tenants.certificates.models import Certificate
from tenants.certificates.queries import certificates_of
from tenants.learning.own_work import adds_own, stamp
from tenants.people.models import Member


@adds_own
def certificates_kept(member: Member) -> dict[str, Any]:
    """Return {certificates: [...], files: [{path, id}]} of the member, imported and ended ones too."""
    rows = certificates_of(member)
    files = [{"id": str(row.pdf_id), "path": _path(row)} for row in rows if row.pdf_id]
    return {"certificates": [_certificate(row) for row in rows], "files": files} if rows else {}


def _path(row: Certificate) -> str:
    return f"certificates/{row.number}.pdf"


def _certificate(row: Certificate) -> dict[str, Any]:
    return {
        "number": row.number, "number_before": row.old_number, "course": row.facts.course, "name": row.name,
        "issued_on": row.issued_on.isoformat(), "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "earned_at": stamp(row.earned_at), "state": row.state, "reason": row.reason, "origin": row.origin,
        "hours": str(row.hours) if row.hours is not None else None, "badge": row.badge,
        "file": _path(row) if row.pdf_id else None,
    }
