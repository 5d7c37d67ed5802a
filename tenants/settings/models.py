"""Settings of one academy that live with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core.db import AcademyBase
from core.schema import column


class Setting(AcademyBase):
    """One named choice of the academy."""

    __tablename__ = "settings"

    name: Mapped[str] = column(Text, purpose="which choice", primary_key=True)
    value: Mapped[Any] = column(JSONB, purpose="what was chosen")
