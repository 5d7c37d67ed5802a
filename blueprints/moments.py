"""A form for one day and time, as people write it who live by the clock of Amsterdam: what operators plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField
from wtforms.validators import DataRequired, ValidationError

from core import clock
from core.i18n import ZONE


class MomentForm(FlaskForm):  # type: ignore[misc]
    """A moment that is to come; `PAST` says what to do about one that is not."""

    PAST: Any = _l("This moment is past. Choose a later one.")

    at = DateTimeLocalField(
        _l("Day and time"), [DataRequired(_l("Choose a day and a time."))], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        description=_l("In the time of Amsterdam."),
    )  # fmt: skip

    def validate_at(self, field: DateTimeLocalField) -> None:
        """Refuse a moment that is past."""
        if field.data and self.moment <= clock.now():
            raise ValidationError(self.PAST)

    @property
    def moment(self) -> datetime:
        """Return the moment that was chosen."""
        chosen: datetime = self.at.data.replace(tzinfo=ZoneInfo(ZONE))
        return chosen.astimezone(UTC)
