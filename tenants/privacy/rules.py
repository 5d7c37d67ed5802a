"""The clock of a request: one month, once two months more (GDPR, article 12)."""

from __future__ import annotations

import calendar
from datetime import datetime

KINDS = ("erase", "restrict", "object", "correct", "know")
SOURCES = ("self", "phone", "mail", "paper")
STATES = ("open", "done", "refused", "withdrawn")
MONTHS = 1
MONTHS_MORE = 2
MAX_WORDS = 2_000


def months_later(moment: datetime, months: int) -> datetime:
    """Return the same day `months` months later, or the last day of a month that is too short."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def may_extend(is_open: bool, was_extended: bool, due_at: datetime, now: datetime) -> bool:
    """Return whether the time can still be made longer: once, and only within the first month."""
    return is_open and not was_extended and now <= due_at
