"""Who may come into a course now, how long an enrolment lasts, and which courses of a path are open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tenants.catalogue.models import CourseEntry

DECIDERS = frozenset({"trainer", "manager", "owner"})
SETTERS = frozenset({"author", "manager", "owner"})
LINK_MAKERS = frozenset({"manager", "owner"})
PATH_WRITERS = frozenset({"author", "manager", "owner"})
MAX_REASON = 500
MAX_ANSWER = 1_000
MAX_DAYS = 3650
MAX_PLACES = 100_000
RENEW_FROM_DAYS = 30
REMIND_DAYS = (14, 3)

Standing = Literal["learning", "expired", "waiting", "asked", "outside"]
Offer = Literal[
    "continue", "enrol", "ask", "wait", "waiting", "asked", "renew", "over", "not_yet", "closed", "by_invitation"
]


def offer(entry: CourseEntry | None, standing: Standing, left: int | None, today: date) -> Offer:
    """Return what a member may do with a course now; `left` places, None without a limit."""
    if standing == "learning":
        return "continue"
    if standing in ("waiting", "asked"):
        return "waiting" if standing == "waiting" else "asked"
    if standing == "expired" and entry is not None and entry.may_renew and entry.lasts_days is not None:
        return "renew"
    if standing == "expired" and (entry is None or entry.way != "approval"):
        return "over"
    if entry is None or entry.way == "invitation":
        return "by_invitation"
    if entry.opens_on is not None and today < entry.opens_on:
        return "not_yet"
    if entry.closes_on is not None and today > entry.closes_on:
        return "closed"
    if entry.way == "approval":
        return "ask"
    return "wait" if left is not None and left < 1 else "enrol"


def places_left(places: int | None, taken: int) -> int | None:
    """Return how many places are free (never below 0), None without a limit."""
    return None if places is None else max(0, places - taken)


def midnight(day: date, zone: str) -> datetime:
    """Return the moment (UTC) at which `day` begins in the zone; where clocks jump over midnight, the jump."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def end_after(days: int, today: date, zone: str) -> datetime:
    """Return when something ends that begins today and lasts so many whole days after it: a midnight of the zone."""
    return midnight(today + timedelta(days=days + 1), zone)


def last_day(ends_at: datetime, zone: str) -> date:
    """Return the last day on which something that ends at that midnight is still open."""
    return (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


def renewed_end(days: int, ends_at: datetime | None, today: date, zone: str) -> datetime:
    """Return the end of a renewed enrolment: so many days after its present last day, or after today if that is over."""
    from_day = today if ends_at is None else max(today, last_day(ends_at, zone))
    return end_after(days, from_day, zone)


def may_renew_now(entry: CourseEntry | None, ends_at: datetime | None, today: date, zone: str) -> bool:
    """Return whether the person may renew: allowed, and within 30 days of the end or after it."""
    if entry is None or not entry.may_renew or entry.lasts_days is None or ends_at is None:
        return False
    return last_day(ends_at, zone) - today <= timedelta(days=RENEW_FROM_DAYS)


def is_allowed(email: str, domains: Collection[str]) -> bool:
    """Return whether an address fits the list of domains; an empty list lets all in. Subdomains are named apart."""
    return not domains or email.rpartition("@")[2].casefold() in domains


def domains_in(typed: str) -> list[str]:
    """Return the domains that were typed, with spaces, commas or lines between them; "@example.org" counts too."""
    words = typed.replace(",", " ").replace(";", " ").split()
    return list(dict.fromkeys(word.rpartition("@")[2].casefold().strip(".") for word in words))


@dataclass(frozen=True)
class Stage:
    """One step of a path: its courses in order, and how many of them are needed."""

    courses: tuple[UUID, ...]
    needed: int

    @property
    def has_choice(self) -> bool:
        """Return whether fewer than all are needed."""
        return self.needed < len(self.courses)

    def is_done(self, done: Collection[UUID]) -> bool:
        """Return whether enough of its courses are done; an empty step is."""
        return sum(course in done for course in self.courses) >= min(self.needed, len(self.courses))


def stage(courses: Iterable[UUID], needed: int | None) -> Stage:
    """Return a step of a path; more than there are, or None, means all."""
    found = tuple(courses)
    return Stage(found, len(found) if needed is None else max(0, min(needed, len(found))))


def open_stages(stages: Sequence[Stage], done: Collection[UUID], is_sequential: bool) -> list[int]:
    """Return which steps (from 0) are open: all in a free path, else up to the first that is not done."""
    if not is_sequential:
        return list(range(len(stages)))
    first = next((n for n, one in enumerate(stages) if not one.is_done(done)), len(stages) - 1)
    return list(range(first + 1))


def open_courses(stages: Sequence[Stage], done: Collection[UUID], is_sequential: bool) -> set[UUID]:
    """Return the courses that a follower may take now, done ones too."""
    return {course for number in open_stages(stages, done, is_sequential) for course in stages[number].courses}


def given_courses(stages: Sequence[Stage], done: Collection[UUID], is_sequential: bool) -> list[UUID]:
    """Return the courses that a follower is enrolled in without choosing: those of open steps that need them all."""
    numbers = open_stages(stages, done, is_sequential)
    wanted = [course for n in numbers if not stages[n].has_choice for course in stages[n].courses]
    return [course for course in dict.fromkeys(wanted) if course not in done]


def path_done(stages: Sequence[Stage], done: Collection[UUID]) -> bool:
    """Return whether every step is done; a path without courses never is."""
    return any(one.courses for one in stages) and all(one.is_done(done) for one in stages)


def counted(one: Stage, done: Collection[UUID], begun: Collection[UUID]) -> list[UUID]:
    """Return the courses of a step that the ruler draws: as many as are needed, done ones first, then begun ones."""
    rank = {course: (course not in done, course not in begun) for course in one.courses}
    chosen = set(sorted(one.courses, key=lambda course: rank[course])[: one.needed])
    return [course for course in one.courses if course in chosen]
