"""The one clock of the house: aware UTC moments, and days in an academy's zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_shift = timedelta(0)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC) + _shift


def today(zone: str) -> date:
    """Return today's date in the IANA zone named."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move this process's clock for the length of the block; tests of deadlines use it."""
    global _shift
    before = _shift
    _shift = before + by
    try:
        yield
    finally:
        _shift = before
