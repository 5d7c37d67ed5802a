"""What is right, what is done, what comes next, and who needs help: decisions without a database."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from tenants.learning.release import PREVIOUS, Here, Lock, due_at, locks_of

QUIET_AFTER = timedelta(days=7)
ALMOST = 0.95
MAX_TEXT = 20_000

Standing = Literal["waiting", "quiet", "busy", "done"]
TAUGHT_BY = frozenset({"trainer", "manager", "owner"})


@dataclass(frozen=True)
class Result:
    """What a participant has of one question or exercise: its kind, whether it was found right (approved), whether
    anything was handed in."""

    kind: str
    is_right: bool | None = None
    is_given: bool = False


def lesson_done(done_when: str, marked: bool, results: Iterable[Result]) -> bool:
    """Return whether a lesson is done: marked by the participant (or seen to its end), each question right (open ones:
    answered), or each exercise approved."""
    if done_when in ("marked", "viewed"):
        return marked
    if done_when == "passed":
        return False  # its test decides (see actions.note_result)
    asked = [one for one in results if (one.kind == "exercise") == (done_when == "approved")]
    return bool(asked) and all(r.is_given if r.kind == "open" else bool(r.is_right) for r in asked)


@dataclass(frozen=True)
class Mark:
    """What a participant did with one lesson."""

    part: float = 0.0
    is_done: bool = False
    place: Mapping[str, Any] = field(default_factory=dict)
    percent: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """One lesson on a participant's way through a course."""

    id: str
    number: int
    title: str
    minutes: int
    kind: str
    done_when: str
    page_id: str
    module_number: int
    module_title: str
    mark: Mark
    questions: int = 0
    exercises: int = 0
    locks: tuple[Lock, ...] = ()
    due_at: datetime | None = None
    is_late: bool = False

    @property
    def percent(self) -> Decimal | None:
        """Return the best result of its test in percent, None without."""
        return self.mark.percent

    @property
    def is_locked(self) -> bool:
        """Return whether it is still closed."""
        return bool(self.locks)

    @property
    def opens_at(self) -> datetime | None:
        """Return when it opens by itself, None when that waits for something else too."""
        return self.locks[0].opens_at if len(self.locks) == 1 else None

    @property
    def is_done(self) -> bool:
        """Return whether the participant finished it."""
        return self.mark.is_done

    @property
    def minutes_left(self) -> int:
        """Return how many whole minutes it still takes; 0 when done, else at least 1."""
        return 0 if self.is_done else max(1, math.ceil(self.minutes * (1 - self.mark.part)))


Segment = tuple[float, Literal["done", "here", "todo"], float]


@dataclass(frozen=True)
class Way:
    """A participant's way through a course: its lessons in order and what is done of them."""

    steps: tuple[Step, ...]
    stopped_at: str | None = None
    due_at: datetime | None = None
    is_late: bool = False

    @property
    def total(self) -> int:
        """Return the number of lessons."""
        return len(self.steps)

    @property
    def done(self) -> int:
        """Return the number of lessons done."""
        return sum(step.is_done for step in self.steps)

    @property
    def is_done(self) -> bool:
        """Return whether every lesson is done; a course without lessons never is."""
        return bool(self.steps) and self.done == self.total

    @property
    def is_begun(self) -> bool:
        """Return whether anything was seen of it."""
        return self.stopped_at is not None or any(step.is_done or step.mark.part > 0 for step in self.steps)

    @property
    def minutes_left(self) -> int:
        """Return how many minutes the lessons that are not done still take."""
        return sum(step.minutes_left for step in self.steps)

    def step(self, lesson_id: str) -> Step | None:
        """Return the step of a lesson, or None if the course does not have it (any more)."""
        return next((step for step in self.steps if step.id == lesson_id), None)

    def before(self, step: Step) -> Step | None:
        """Return the lesson before, or None."""
        return self.steps[step.number - 2] if step.number > 1 else None

    def after(self, step: Step) -> Step | None:
        """Return the lesson after, or None."""
        return self.steps[step.number] if step.number < self.total else None

    def next_open(self, step: Step | None) -> Step | None:
        """Return the next open lesson not done after `step`, from the start again if need be; None if there is none."""
        at = step.number if step else 0
        return next((s for s in (*self.steps[at:], *self.steps[:at]) if not s.is_done and not s.is_locked), None)

    @property
    def next_locked(self) -> Step | None:
        """Return the closed lesson that opens first: by itself if one does, else the first one; None without any."""
        closed = [step for step in self.steps if step.is_locked]
        timed = [step for step in closed if step.opens_at]
        return min(timed, key=lambda s: s.opens_at or datetime.max, default=closed[0] if closed else None)

    def segments(self) -> list[Segment]:
        """Return what the ruler draws: (minutes, state, part 0-1) of each lesson."""
        return [(step.minutes, self._state(step), 0.0 if step.is_done else step.mark.part) for step in self.steps]

    def _state(self, step: Step) -> Literal["done", "here", "todo"]:
        if step.is_done:
            return "done"
        return "here" if step.mark.part > 0 or step.id == self.stopped_at else "todo"

    def resume(self) -> Resume:
        """Return where the participant goes on, and why if that is not where they stopped."""
        if self.is_done or not self.steps:
            return Resume(None, "done" if self.steps else "empty")
        if self.stopped_at is None:
            return self._on(self.next_open(None))
        stopped = self.step(self.stopped_at)
        if stopped is None:
            return self._on(self._nearest_open(), "gone")
        return self._on(self.next_open(stopped) if stopped.is_done or stopped.is_locked else stopped)

    def _on(self, step: Step | None, why: str | None = None) -> Resume:
        return Resume(step, why if step else "locked")

    def _nearest_open(self) -> Step | None:
        """Return the open lesson behind the last one done: nearest to a place that no longer exists."""
        last_done = max((step.number for step in self.steps if step.is_done), default=0)
        return self.next_open(self.steps[last_done - 1] if last_done else None)


@dataclass(frozen=True)
class Resume:
    """Where to go on; `why` is None, "gone" (the lesson was removed), "done", "locked" (what is left opens later) or
    "empty" (no lesson at all)."""

    step: Step | None
    why: str | None


def way_of(
    outline: Mapping[str, Any], marks: Mapping[str, Mark], stopped_at: str | None = None, here: Here | None = None
) -> Way:
    """Return the way through a published outline, with the participant's marks by lesson id.

    `here` says for whom and when: without it (an author's preview, a trainer's table) every lesson is open.
    """
    steps: list[Step] = []
    for module_number, module in enumerate(outline["modules"], start=1):
        for lesson in module["lessons"]:
            mark = marks.get(lesson["id"], Mark())
            steps.append(Step(
                id=lesson["id"], number=len(steps) + 1, title=lesson["title"], minutes=lesson["minutes"],
                kind=lesson["kind"], done_when=lesson["done_when"], page_id=lesson["page_id"],
                module_number=module_number, module_title=module["title"],
                mark=mark, questions=len(lesson["questions"]), exercises=len(lesson.get("exercises", ())),
                **(_held(outline, lesson, mark, steps, here) if here else {}),
            ))
    due = due_at(outline.get("deadline") or {}, here) if here else None
    late = due is not None and here is not None and here.now >= due and not all(step.is_done for step in steps)
    return Way(tuple(steps), stopped_at, due, late)


def _held(
    outline: Mapping[str, Any], lesson: Mapping[str, Any], mark: Mark, before: list[Step], here: Here
) -> dict[str, Any]:
    """Return the locks of a lesson and its deadline; what is done stays open, whatever an author changes later."""
    rule = dict(lesson.get("release") or {})
    if outline.get("in_order"):
        rule.setdefault("after", PREVIOUS)
    due = due_at(lesson.get("deadline") or {}, here)
    return {
        "locks": () if mark.is_done else locks_of(rule, before, here),
        "due_at": due, "is_late": due is not None and not mark.is_done and here.now >= due,
    }


def part_seen(index: int, count: int, share: float = 0.0) -> float:
    """Return the share of a lesson seen (0-0.95) at `share` of its block number `index` of `count`."""
    if count < 1:
        return 0.0
    return round(min(ALMOST, max(0.0, (index + min(1.0, max(0.0, share))) / count)), 3)


def standing(done: int, total: int, active_at: datetime | None, since: datetime, now: datetime) -> Standing:
    """Return how someone stands: done, quiet (a week or more without learning), waiting (not begun) or busy."""
    if total and done >= total:
        return "done"
    if now - (active_at or since) >= QUIET_AFTER:
        return "quiet"
    return "waiting" if active_at is None else "busy"


def needs_help_key(
    done: int, total: int, active_at: datetime | None, since: datetime, now: datetime
) -> tuple[bool, int, float]:
    """Return the sort key of "needs help": finished people last, longest quiet first, then least done first."""
    finished = total > 0 and done >= total
    quiet_days = max(0, (now - (active_at or since)).days)
    return finished, -quiet_days, done / total if total else 0.0
