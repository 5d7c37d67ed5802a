"""Who may see the images of questions drawn from the bank, which no published page shows: who was asked them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from tenants.assessments.models import Sitting
from tenants.files.access import Condition, claims_files
from tenants.files.models import File
from tenants.learning.models import Enrolment
from tenants.people.models import Member


@claims_files
def files_of_papers(member: Member) -> tuple[Condition, Condition]:
    """Return (the member was asked about this image in a sitting, yes); for everybody else it is decided as before."""
    asked = (
        sa.select(sa.literal(1)).select_from(Sitting).join(Enrolment, Enrolment.id == Sitting.enrolment_id)
        .where(Enrolment.member_id == member.id, sa.cast(Sitting.files, JSONB).has_key(sa.cast(File.id, sa.Text)))
    )  # fmt: skip
    return asked.exists(), sa.true()
