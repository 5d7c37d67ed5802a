"""Past certificates: numbers that people bring from another system.

They are marked as imported: they get no badge, for nobody here saw them being earned, and their old numbers are no
address on the public page, for old numbers can be counted up. Files are read by tenants/past.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from uuid import UUID

import sqlalchemy as sa

from core import clock, ids
from core.crypto import normalised
from core.db import db
from core.sealed import blind
from tenants.certificates.models import Certificate, plain
from tenants.certificates.numbers import new_number
from tenants.certificates.queries import OwnAcademy
from tenants.certificates.rules import Facts
from tenants.people.models import Member


def taken_over(own: OwnAcademy, member: Member, title: str, course_id: UUID | None, day: date, until: date | None, number: str) -> Certificate:
    """Return an imported certificate, added to the session. It carries no hours: those stand with the past result."""
    facts = Facts(title=title, course=title, academy=own.name, colour=own.colour)
    certificate = Certificate(
        id=ids.uuid7(), number=new_number(), member_id=member.id, course_id=course_id, origin="imported",
        earned_at=datetime.combine(day, time(12), UTC), issued_on=day, expires_on=until, state="valid", name=member.name,
        facts_json=plain(facts.plain()), old_number=number, share="facts", pdf_state="none", made_at=clock.now(),
    )  # fmt: skip
    db.session.add(certificate)
    return certificate


def numbers_here(numbers: Iterable[str]) -> set[str]:
    """Return which of these old numbers stand here already, as they are compared."""
    wanted = {blind(Certificate, "old_number", number): normalised(number) for number in numbers}
    column = Certificate.old_number_index  # type: ignore[attr-defined]
    return {wanted[bytes(one)] for one in db.session.scalars(sa.select(column).where(column.in_(wanted)))}
