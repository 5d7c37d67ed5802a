"""When one may sit a test and until when, which save counts, what is shown afterwards, which result counts. No database.

Time is the server's. Whoever has begun has until `ends_at`: the limit, or the closing moment if that comes first, and then
what a trainer gave them besides. What arrives within GRACE after it counts, because a network needs a moment; what comes
later is kept beside the answers and does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from tenants.assessments.settings import Settings

GRACE = timedelta(seconds=30)
MAX_EXTRA_MINUTES = 600
MAX_FACTOR = Decimal(5)
MAX_EXTRA_ATTEMPTS = 20

State = Literal["open", "marking", "judging", "final"]


@dataclass(frozen=True)
class Allowance:
    """What one person gets beyond the settings."""

    extra_minutes: int = 0
    factor: Decimal = Decimal(1)
    extra_attempts: int = 0


@dataclass(frozen=True)
class Past:
    """A sitting as these rules see it."""

    number: int
    state: str
    ended_at: datetime | None = None
    percent: Decimal | None = None
    is_passed: bool | None = None


@dataclass(frozen=True)
class Bar:
    """Why somebody may not begin now; `at` says when they may, where that is known."""

    why: Literal["early", "closed", "attempts", "wait", "pending"]
    at: datetime | None = None


def bar_to(settings: Settings, past: Sequence[Past], allowance: Allowance, now: datetime, zone: str) -> Bar | None:
    """Return why no new sitting may begin, or None. An open one is gone on with; that is not asked here."""
    opens, closes = settings.opens(zone), settings.closes(zone)
    if opens is not None and now < opens:
        return Bar("early", opens)
    if closes is not None and now >= closes:
        return Bar("closed", closes)
    if settings.attempts is not None and len(past) >= settings.attempts + allowance.extra_attempts:
        return Bar("attempts")
    if any(one.state in ("marking", "judging") for one in past):
        return Bar("pending")
    last = max((one.ended_at for one in past if one.ended_at), default=None)
    free_at = last + timedelta(hours=settings.wait_hours) if last else None
    return Bar("wait", free_at) if free_at is not None and now < free_at else None


def attempts_left(settings: Settings, taken: int, allowance: Allowance) -> int | None:
    """Return how many sittings may still begin, None without a limit."""
    return None if settings.attempts is None else max(0, settings.attempts + allowance.extra_attempts - taken)


def ends_at(settings: Settings, allowance: Allowance, began: datetime, zone: str) -> datetime | None:
    """Return when a sitting that began then ends, None if it does not: what a person gets besides may pass the closing."""
    limit = began + timedelta(minutes=settings.minutes) if settings.minutes is not None else None
    ends = [moment for moment in (limit, settings.closes(zone)) if moment is not None]
    return min(ends) + extension(settings, allowance) if ends else None


def extension(settings: Settings, allowance: Allowance) -> timedelta:
    """Return how much longer the person has: the factor is of the time limit."""
    by_factor = (allowance.factor - 1) * (settings.minutes or 0) * 60
    return timedelta(minutes=allowance.extra_minutes, seconds=int(by_factor))


def is_shut(ends: datetime | None, now: datetime) -> bool:
    """Return whether nothing that arrives now counts any more."""
    return ends is not None and now > ends + GRACE


def is_newer(sequence: int, kept: int | None) -> bool:
    """Return whether a save takes the place of the one kept: an older one that was sent again does not."""
    return kept is None or sequence >= kept


def sequence_of(said: int | None, now: datetime) -> int:
    """Return when an answer was given, in milliseconds; never later than now, so that no clock can lock others out."""
    at = int(now.timestamp() * 1000)
    return at if said is None or said > at or said < 0 else said


@dataclass(frozen=True)
class View:
    """What a person sees of a closed sitting: "nothing", "score", "verdicts" or "answers"; and why not (yet) more."""

    level: str
    why: Literal["", "marking", "judging", "until", "never"] = ""
    at: datetime | None = None

    @property
    def score(self) -> bool:
        """Return whether points and result are shown."""
        return self.level != "nothing"

    @property
    def verdicts(self) -> bool:
        """Return whether each question says how right it was."""
        return self.level in ("verdicts", "answers")

    @property
    def answers(self) -> bool:
        """Return whether right answers and feedback are shown."""
        return self.level == "answers"


def view_of(settings: Settings, state: str, now: datetime, zone: str) -> View:
    """Return what the person may see now. A result that somebody has yet to look at is none."""
    if state in ("marking", "judging"):
        return View("nothing", "marking" if state == "marking" else "judging")
    if state != "final" or settings.shown == "nothing":
        return View("nothing", "never")
    closes = settings.closes(zone)
    if settings.shown_when == "after_close" and closes is not None and now < closes:
        return View("nothing", "until", closes)
    return View(settings.shown)


def counted(past: Iterable[Past], counts: str) -> Past | None:
    """Return the sitting whose result counts: the last one, or the best; only final ones do. None without."""
    final = [one for one in past if one.state == "final" and one.percent is not None]
    if counts == "last":
        return max(final, key=lambda one: one.number, default=None)
    return max(final, key=lambda one: (bool(one.is_passed), one.percent or Decimal(0), one.number), default=None)
