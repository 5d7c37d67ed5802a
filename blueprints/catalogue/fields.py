"""Fields that say in our words what was wrong: whole numbers and days, each of which may stay empty."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField
from wtforms.validators import NumberRange, Optional


class Whole(IntegerField):  # type: ignore[misc]
    """A whole number from 1 to `most`, or nothing."""

    def __init__(self, label: Any = None, most: int = 1, **kw: Any) -> None:
        range_ = NumberRange(1, most, _l("Write a whole number from 1 to %(most)d, or leave it empty.", most=most))
        super().__init__(label, [Optional(), range_], render_kw={"inputmode": "numeric", "min": "1", "max": str(most)}, **kw)
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed. Raises ValueError in our words."""
        text = (valuelist[0] if valuelist else "").strip()
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        if text and self.data is None:
            raise ValueError(_l("Write a whole number from 1 to %(most)d, or leave it empty.", most=self.most))


class Day(DateField):  # type: ignore[misc]
    """A day, or nothing."""

    def __init__(self, label: Any = None, **kw: Any) -> None:
        super().__init__(label, [Optional()], **kw)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed. Raises ValueError in our words."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write a day such as 2027-03-31, or leave it empty.")) from None
