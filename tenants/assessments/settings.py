"""What an author sets for a test: stored in `lessons.rules["test"]`, published with the lesson. Without a database.

Stored: {minutes, attempts, wait_hours, pass_percent, own_count, draws: [{tags, count, points}], points: {question id:
text}, shuffle_questions, shuffle_choices, shown, shown_when, counts, opens_at, closes_at, is_deciding}; what is None, 0 or
false is left out. Decimals are texts with a point; moments are texts such as "2026-12-01T09:00" in the academy's zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tenants.learning.release import FIRST_YEAR, LAST_YEAR

SHOWN = ("nothing", "score", "verdicts", "answers")
SHOWN_WHEN = ("at_once", "after_close")
COUNTS = ("best", "last")
MAX_MINUTES = 600
MAX_ATTEMPTS = 50
MAX_WAIT_HOURS = 720
MAX_DRAWS = 10
MAX_DRAWN = 200
MAX_POINTS = Decimal(100)
MAX_TAGS = 10
ONE = Decimal(1)
PLAIN = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?", re.ASCII)


class BadSetting(ValueError):
    """Something typed into the settings of a test cannot be; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Draw:
    """So many questions from the bank with every one of these tags, each worth `points`."""

    tags: tuple[str, ...]
    count: int
    points: Decimal = ONE


@dataclass(frozen=True)
class Settings:
    """The settings of one test. `minutes` and `attempts` None: without limit; `own_count` None: every question."""

    minutes: int | None = None
    attempts: int | None = None
    wait_hours: int = 0
    pass_percent: Decimal = Decimal(70)
    own_count: int | None = None
    draws: tuple[Draw, ...] = ()
    points: Mapping[str, Decimal] = field(default_factory=dict)
    shuffle_questions: bool = False
    shuffle_choices: bool = False
    shown: str = "verdicts"
    shown_when: str = "at_once"
    counts: str = "best"
    opens_at: str = ""
    closes_at: str = ""
    is_deciding: bool = False

    def worth(self, question_id: str) -> Decimal:
        """Return the points of one of the lesson's own questions."""
        return self.points.get(question_id, ONE)

    def opens(self, zone: str) -> datetime | None:
        """Return when it opens in the zone, None without."""
        return moment_in(self.opens_at, zone)

    def closes(self, zone: str) -> datetime | None:
        """Return when it closes in the zone, None without."""
        return moment_in(self.closes_at, zone)


def moment_in(text: str, zone: str) -> datetime | None:
    """Return the moment of a local time, None for ""; one that the clock jumps over counts by the time before."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) if text else None


def stored(settings: Settings) -> dict[str, Any]:
    """Return the settings as they are stored."""
    draws = [{"tags": list(one.tags), "count": one.count, "points": str(one.points)} for one in settings.draws]
    plain = {
        **{name: getattr(settings, name) for name in _PLAIN}, "pass_percent": str(settings.pass_percent), "draws": draws,
        "points": {key: str(points) for key, points in settings.points.items() if points != ONE},
    }  # fmt: skip
    return {name: value for name, value in plain.items() if value not in (None, 0, False, "", [], {})}


_PLAIN = (
    "minutes", "attempts", "wait_hours", "own_count", "shuffle_questions", "shuffle_choices", "shown", "shown_when", "counts",
    "opens_at", "closes_at", "is_deciding",
)  # fmt: skip


def settings_of(kept: Mapping[str, Any]) -> Settings:
    """Return the settings that `stored` made."""
    draws = tuple(Draw(tuple(one["tags"]), one["count"], Decimal(one["points"])) for one in kept.get("draws", ()))
    points = {key: Decimal(text) for key, text in kept.get("points", {}).items()}
    plain = {name: kept[name] for name in _PLAIN if name in kept}
    return Settings(**plain, pass_percent=Decimal(kept.get("pass_percent", "0")), draws=draws, points=points)


def typed_settings(
    sent: Mapping[str, str], draws: Sequence[tuple[str, str, str]] = (), points: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings of what was typed; `draws` as (tags, count, points). Raises BadSetting with the field's name."""
    found = Settings(
        minutes=_count(sent, "minutes", MAX_MINUTES), attempts=_count(sent, "attempts", MAX_ATTEMPTS),
        wait_hours=_count(sent, "wait_hours", MAX_WAIT_HOURS, least=0) or 0, pass_percent=_percent(sent),
        own_count=_count(sent, "own_count", MAX_DRAWN), draws=_draws(draws),
        points={key: _points(text, "points") for key, text in (points or {}).items() if text.strip()},
        shuffle_questions="shuffle_questions" in sent, shuffle_choices="shuffle_choices" in sent,
        shown=_one_of(sent, "shown", SHOWN), shown_when=_one_of(sent, "shown_when", SHOWN_WHEN),
        counts=_one_of(sent, "counts", COUNTS), opens_at=_moment(sent, "opens_at"), closes_at=_moment(sent, "closes_at"),
        is_deciding="is_deciding" in sent,
    )  # fmt: skip
    if found.opens_at and found.closes_at and found.closes_at <= found.opens_at:
        raise BadSetting("closes_at")
    if found.shown != "nothing" and found.shown_when == "after_close" and not found.closes_at:
        raise BadSetting("shown_when")
    return found


def _count(sent: Mapping[str, str], name: str, most: int, least: int = 1) -> int | None:
    text = sent.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= most):
        raise BadSetting(name)
    return int(text)


def _percent(sent: Mapping[str, str]) -> Decimal:
    number = _decimal(sent.get("pass_percent", "").strip().rstrip("%").strip(), "pass_percent")
    if number > 100:
        raise BadSetting("pass_percent")
    return number


def _points(text: str, field: str) -> Decimal:
    number = _decimal(text.strip(), field)
    if not 0 < number <= MAX_POINTS:
        raise BadSetting(field)
    return number


def _decimal(text: str, field: str) -> Decimal:
    """Return a number of at most two decimals: with more, what is shown could say less than what counts."""
    try:
        number = Decimal(text.replace(",", ".")) if PLAIN.fullmatch(text) else None
    except InvalidOperation:
        number = None
    if number is None:
        raise BadSetting(field)
    return Decimal(f"{number.normalize():f}")


def _draws(rows: Sequence[tuple[str, str, str]]) -> tuple[Draw, ...]:
    found = []
    for number, (tags, count, points) in enumerate(rows[:MAX_DRAWS]):
        words = tuple(dict.fromkeys(word.strip().lower() for word in tags.split(",") if word.strip()))[:MAX_TAGS]
        if not words and not count.strip():
            continue
        name = f"draw_{number}"
        wanted = _count({name: count}, name, MAX_DRAWN)
        if wanted is None or not words:
            raise BadSetting(name)
        found.append(Draw(words, wanted, _points(points or "1", name)))
    return tuple(found)


def _one_of(sent: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    if sent.get(name) not in known:
        raise BadSetting(name)
    return sent[name]


def _moment(sent: Mapping[str, str], name: str) -> str:
    text = sent.get(name, "").strip()
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise BadSetting(name) from None
    if moment is None:
        return ""
    if moment.tzinfo is not None or not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise BadSetting(name)
    return moment.isoformat(timespec="minutes")
