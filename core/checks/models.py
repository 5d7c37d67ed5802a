"""What each nightly check of the installation found: sentences about machines, never about people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core.db import CoreBase
from core.schema import column, key, moment


class CheckRun(CoreBase):
    """One run of the checks that `./run doctor` does."""

    __tablename__ = "check_runs"

    id: Mapped[UUID] = key()
    ran_at: Mapped[datetime] = moment(purpose="when it ran", index=True)
    findings: Mapped[list[str]] = column(JSONB, purpose="a sentence for each thing that is not in order, with what to mend")
