"""What may be handed in, whose turn it is, what a rubric adds up to, who reviews whose work. No database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

LEASE = timedelta(minutes=15)
MAX_TEXT = 20_000
MAX_PHRASE = 2_000
MOST_PHRASES = 100
MOST_UPLOAD_BYTES = 256 * 1024 * 1024
Item = TypeVar("Item")


def may_write(state: str | None) -> bool:
    """Return whether a participant may write (on): nothing stands yet, a draft does, or it is to be tried again."""
    return state in (None, "draft", "again")


def is_enough(exercise: Mapping[str, Any], text: str, files: int) -> bool:
    """Return whether something that the exercise asks for is there: a text, or a file."""
    return bool(exercise["wants_text"] and text.strip()) or bool(exercise["most_files"] and files)


def may_claim(claimed_by: UUID | None, leased_until: datetime | None, by: UUID, now: datetime) -> bool:
    """Return whether opening a hand-in makes it this trainer's: it is already, nobody's, or the lease ran out."""
    return claimed_by in (None, by) or leased_until is None or leased_until <= now


@dataclass(frozen=True)
class Points:
    """What a rubric adds up to so far, exactly; `judged` of `criteria` have a level."""

    got: Decimal
    most: Decimal
    judged: int
    criteria: int

    @property
    def is_whole(self) -> bool:
        """Return whether every criterion was judged."""
        return self.judged == self.criteria


def points_of(criteria: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]) -> Points:
    """Return the sum of the points of the chosen levels, and the most that one could get."""
    got, most, judged = Decimal(0), Decimal(0), 0
    for criterion in criteria:
        worth = {level["id"]: Decimal(level["points"]) for level in criterion["levels"]}
        most += max(worth.values(), default=Decimal(0))
        level = worth.get(chosen.get(criterion["id"], ""))
        if level is not None:
            got, judged = got + level, judged + 1
    return Points(got, most, judged, len(criteria))


def known_levels(criteria: Sequence[Mapping[str, Any]], sent: Mapping[str, str]) -> dict[str, str]:
    """Return of what was sent the levels that the rubric has."""
    known = {criterion["id"]: {level["id"] for level in criterion["levels"]} for criterion in criteria}
    return {key: level for key, level in sent.items() if level in known.get(key, ())}


@dataclass(frozen=True)
class Work:
    """What one participant handed in, as peers see it: its author, and who reviews it; `begun` may not be moved."""

    id: UUID
    author: UUID
    reviewers: frozenset[UUID] = frozenset()
    begun: frozenset[UUID] = frozenset()


@dataclass
class Shares:
    """Who is to review what from now on: new pairs of (reviewer, work), and pairs that move to another work."""

    new: list[tuple[UUID, UUID]] = field(default_factory=list)
    moved: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)


def shared_out(works: Iterable[Work], each: int) -> Shares:
    """Return the reviews to add and to move: everybody who handed in reviews `each` others, or all there are.

    Never one's own, never one work twice; the work with the fewest reviews comes first. Then reviews that nobody has
    begun move from works with many to works with few, until none has two more than another where that can be mended.
    `works` come in the order in which they were handed in; a move is (reviewer, from, to).
    """
    now = {work.id: work for work in works}
    load = Counter(reviewer for work in now.values() for reviewer in work.reviewers)
    shares = Shares()
    for reviewer in [work.author for work in now.values() if load[work.author] < each]:
        while load[reviewer] < each and (work := _next_for(reviewer, now.values())) is not None:
            now[work.id] = replace(work, reviewers=work.reviewers | {reviewer})
            shares.new.append((reviewer, work.id))
            load[reviewer] += 1
    while (move := _next_move(list(now.values()))) is not None:
        reviewer, old, new = move
        now[old] = replace(now[old], reviewers=now[old].reviewers - {reviewer})
        now[new] = replace(now[new], reviewers=now[new].reviewers | {reviewer})
        _note_move(shares, reviewer, old, new)
    return shares


def _next_for(reviewer: UUID, works: Iterable[Work]) -> Work | None:
    others = [work for work in works if work.author != reviewer and reviewer not in work.reviewers]
    return min(others, key=lambda work: len(work.reviewers), default=None)


def _next_move(works: list[Work]) -> tuple[UUID, UUID, UUID] | None:
    """Return a review to move from a work to one that has at least two fewer, or None."""
    by_need = sorted(works, key=lambda work: len(work.reviewers))
    for many in reversed(by_need):
        for few in by_need:
            if len(many.reviewers) - len(few.reviewers) < 2:
                break
            free = many.reviewers - many.begun - few.reviewers - {few.author}
            if free:
                return min(free), many.id, few.id
    return None


def _note_move(shares: Shares, reviewer: UUID, old: UUID, new: UUID) -> None:
    """Note the move; what moved away from `new` before stays there instead, so that no two rows cross."""
    crossed = next((one for one in shares.moved if one[0] == reviewer and one[1] == new), None)
    if crossed is not None:
        shares.moved.remove(crossed)
        new = crossed[2]
    if (reviewer, old) in shares.new:
        shares.new[shares.new.index((reviewer, old))] = (reviewer, new)
        return
    before = next((one for one in shares.moved if one[0] == reviewer and one[2] == old), None)
    if before is not None:
        shares.moved.remove(before)
    first = before[1] if before else old
    if first != new:
        shares.moved.append((reviewer, first, new))


def beside(order: Sequence[Item], here: Item) -> tuple[Item | None, Item | None]:
    """Return what comes before and after `here`; for something that is not in the order, nothing and the first."""
    if here not in order:
        return None, order[0] if order else None
    at = order.index(here)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)
