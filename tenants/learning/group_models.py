"""Courses that whole groups take."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from core import clock
from core.db import AcademyBase
from core.schema import column, moment, ref


class GroupCourse(AcademyBase):
    """A group was enrolled in a course; while it is `followed`, who comes into the group later is enrolled too."""

    __tablename__ = "group_courses"

    group_id: Mapped[UUID] = ref("groups.id", purpose="which group", primary_key=True)
    course_id: Mapped[UUID] = ref("courses.id", purpose="which course", primary_key=True, index=True)
    is_followed: Mapped[bool] = column(purpose="whether later joiners are enrolled too", default=True)
    enrolled_by: Mapped[UUID | None] = ref("members.id", purpose="who enrolled it", ondelete="SET NULL", nullable=True)
    enrolled_at: Mapped[datetime] = moment(purpose="when the group was enrolled last", default=clock.now)
