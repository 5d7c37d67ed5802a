"""Who may read a handed-in file: who handed it in, and who may review and sees them. Fellow participants read it through their task,
without its name (`peers.file_of`); everybody else finds nothing."""

from __future__ import annotations

import sqlalchemy as sa

from tenants.exercises.models import HandIn, HandInFile
from tenants.files.access import Condition, claims_files
from tenants.files.models import File
from tenants.groups.sight import visible_to
from tenants.learning.models import Enrolment
from tenants.learning.rules import TAUGHT_BY
from tenants.people.models import Member


@claims_files
def handed_in_files(member: Member) -> tuple[Condition, Condition]:
    """Return (is a handed-in file, the member may read it); a draft's file is its participant's alone."""
    link = sa.select(sa.literal(1)).select_from(HandInFile).where(HandInFile.file_id == File.id)
    in_hand = link.join(HandIn, HandIn.id == HandInFile.hand_in_id)
    own = in_hand.join(Enrolment, Enrolment.id == HandIn.enrolment_id).where(Enrolment.member_id == member.id)
    seen = in_hand.join(Enrolment, Enrolment.id == HandIn.enrolment_id) if member.roles & TAUGHT_BY else None
    if seen is not None:
        seen = seen.where(HandIn.state != "draft", visible_to(member, Enrolment.member_id))
    may = own.exists() if seen is None else sa.or_(own.exists(), seen.exists())
    return link.exists(), may
