"""Who needs help and why, how hard a question is, when a scheduled report is due: decisions without a database.

**Who needs help.** A participant who has not finished needs help for each of these reasons, and all that hold are shown:

late      a deadline of the course or of a lesson has passed (their own deadline: it may count from their enrolment)
waiting   something that they handed in has waited for a trainer for WAITING_DAYS days or more; also when they have finished
stalled   they have not learned here for STALLED_DAYS days or more, or not begun since they were enrolled
not_yet   NOT_YET questions or more stand at "not yet" as last checked

Who has the most reasons comes first, then who has been away the longest. Days are whole periods of 24 hours; days late are
days in the academy's zone.

**Figures of a question.** Each person counts once, by their first attempt: a later one has seen the feedback. Difficulty p is
the mean share of the points, 0 (nobody) to 1 (everybody). Discrimination is the point-biserial correlation between the question
and the rest: the mean of the same person's other first attempts in the course (item-rest: the question itself is left out, so
that it does not correlate with itself). Neither is told of fewer than FEWEST people; where all are the same, nothing correlates.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import sqrt
from typing import Literal
from zoneinfo import ZoneInfo

STALLED_DAYS = 7
WAITING_DAYS = 2
NOT_YET = 3
FEWEST = 5
TOO_HARD, TOO_EASY, WEAK = 0.3, 0.9, 0.1
MAILED_AT = time(7)

Why = Literal["late", "waiting", "stalled", "not_yet"]
WHYS: tuple[Why, ...] = ("late", "waiting", "stalled", "not_yet")
Every = Literal["week", "month"]


@dataclass(frozen=True)
class Signs:
    """What is known of somebody in a course: lessons done of how many, whole days since they learned (or were enrolled),
    how many things are past their deadline and the most days so, questions at "not yet", whole days that their oldest
    hand-in waits (None: nothing waits)."""

    done: int
    total: int
    quiet_days: int = 0
    late: int = 0
    late_days: int = 0
    not_yet: int = 0
    waiting_days: int | None = None
    has_begun: bool = True


@dataclass(frozen=True)
class Reason:
    """Why somebody needs help; `number` is how many (late, not_yet), `days` for how long (late, waiting, stalled)."""

    why: Why
    number: int = 0
    days: int = 0


def reasons_of(signs: Signs) -> tuple[Reason, ...]:
    """Return every reason why somebody needs help, in the order of WHYS; empty when nothing calls for it."""
    busy = signs.done < signs.total
    found = []
    if busy and signs.late:
        found.append(Reason("late", signs.late, signs.late_days))
    if signs.waiting_days is not None and signs.waiting_days >= WAITING_DAYS:
        found.append(Reason("waiting", 1, signs.waiting_days))
    if busy and signs.quiet_days >= STALLED_DAYS:
        found.append(Reason("stalled", 0 if signs.has_begun else 1, signs.quiet_days))
    if busy and signs.not_yet >= NOT_YET:
        found.append(Reason("not_yet", signs.not_yet))
    return tuple(found)


def urgency_of(signs: Signs) -> tuple[int, int]:
    """Return the sort key of "who needs help": most reasons first, then the longest away."""
    return -len(reasons_of(signs)), -signs.quiet_days


@dataclass(frozen=True)
class Figures:
    """What is known of a question: how many people's first attempt, difficulty p, discrimination r; None where hidden
    (fewer than FEWEST people) or not defined (all the same)."""

    people: int
    p: float | None = None
    r: float | None = None

    @property
    def advice(self) -> Literal["hidden", "key", "hard", "easy", "weak", ""]:
        """Return what to look at: nothing told yet, the right answer itself (the best people get it wrong), a question
        that is too hard or too easy, or one that hardly tells people apart."""
        if self.p is None:
            return "hidden"
        if self.r is not None and self.r < 0:
            return "key"
        if self.p < TOO_HARD:
            return "hard"
        if self.p > TOO_EASY:
            return "easy"
        return "weak" if self.r is not None and self.r < WEAK else ""


def figures_of(scores: Iterable[tuple[Hashable, Hashable, float]]) -> dict[Hashable, Figures]:
    """Return the figures by question of (person, question, share of the points 0-1), one for each pair."""
    of_person: dict[Hashable, dict[Hashable, float]] = defaultdict(dict)
    of_question: dict[Hashable, list[tuple[Hashable, float]]] = defaultdict(list)
    for person, question, score in scores:
        of_person[person][question] = score
        of_question[question].append((person, score))
    sums = {person: sum(said.values()) for person, said in of_person.items()}
    return {
        question: Figures(len(said), difficulty([score for _, score in said]), point_biserial([
            (score, (sums[person] - score) / (len(of_person[person]) - 1))
            for person, score in said if len(of_person[person]) > 1
        ]))
        for question, said in of_question.items()
    }  # fmt: skip


def difficulty(scores: Sequence[float]) -> float | None:
    """Return p, the mean share of the points (0-1); None for fewer than FEWEST people."""
    return sum(scores) / len(scores) if len(scores) >= FEWEST else None


def point_biserial(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Return the correlation of a question with the rest, -1 to 1, of (question, rest) per person; for answers that are
    right or wrong this is the point-biserial one. None for fewer than FEWEST people, or where all are the same."""
    count = len(pairs)
    if count < FEWEST:
        return None
    mean_x, mean_y = sum(x for x, _ in pairs) / count, sum(y for _, y in pairs) / count
    var_x, var_y = sum((x - mean_x) ** 2 for x, _ in pairs), sum((y - mean_y) ** 2 for _, y in pairs)
    if var_x * count < 1e-9 or var_y * count < 1e-9:
        return None
    together = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    return max(-1.0, min(1.0, together / sqrt(var_x * var_y)))


def next_day(every: Every, on_day: int, after: date) -> date:
    """Return the first day after the date that a report is due: `on_day` is the day of the week, 1 (Monday) to 7, or the
    day of the month, 1 to 31, for which a shorter month has its last day."""
    if every == "week":
        return after + timedelta(days=(on_day - after.isoweekday() - 1) % 7 + 1)
    day = _in_month(after, on_day)
    return day if day > after else _in_month(after.replace(day=1) + timedelta(days=31), on_day)


def _in_month(some_day: date, on_day: int) -> date:
    return some_day.replace(day=min(on_day, monthrange(some_day.year, some_day.month)[1]))


def due_on(day: date, zone: str) -> datetime:
    """Return the moment of 7 o'clock on the day in the IANA zone, in UTC."""
    return datetime.combine(day, MAILED_AT, ZoneInfo(zone)).astimezone(UTC)


def first_day(every: Every, on_day: int, now: datetime, zone: str, last: date | None = None) -> date:
    """Return the first day whose 7 o'clock is still to come, later than `last`, the day that was mailed last."""
    day = next_day(every, on_day, max(now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1), last or date.min))
    return day if due_on(day, zone) > now else next_day(every, on_day, day)


def newest_day(every: Every, on_day: int, day: date, now: datetime, zone: str) -> date:
    """Return the newest of the days from `day` on whose 7 o'clock has come; `day` itself if none follows it."""
    while due_on(later := next_day(every, on_day, day), zone) <= now:
        day = later
    return day


def is_rhythm(every: str, on_day: int) -> bool:
    """Return whether a report can be mailed so."""
    return (every == "week" and 1 <= on_day <= 7) or (every == "month" and 1 <= on_day <= 31)
