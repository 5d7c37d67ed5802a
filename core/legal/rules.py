"""Decisions about documents and their versions: who is asked again, and until when; what changed between two texts. No database."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final, Literal

NAMES: Final = ("privacy", "cookies", "terms", "processing", "subprocessors")
CHANGES: Final = ("major", "minor")
# What an account accepts or takes note of for itself; the agreement on processing is made for each academy.
OF_ACCOUNTS: Final = ("terms", "privacy")
OF_ACADEMIES: Final = "processing"
# Whose changes owners hear of by mail before they hold.
ANNOUNCED: Final = ("terms", "privacy", "processing", "subprocessors")
GRACE: Final = timedelta(days=30)
PROOF_YEARS: Final = 5
LONGEST: Final = {"organisation": 200, "address": 300, "registration": 40, "name": 160, "function": 120}
PLACE = re.compile(r"\{([a-z_]+)\}")
WORD = re.compile(r"\s+|[^\s]+")

Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True)
class Signer:
    """For whom an agreement is made, and who makes it: the organisation with address and registration (may be empty), the
    person's name and their function there."""

    organisation: str
    address: str
    registration: str
    name: str
    function: str

    def trimmed(self) -> Signer:
        """Return it as it is kept: single spaces, no longer than a line of a contract."""
        return Signer(**{name: " ".join(text.split())[: LONGEST[name]] for name, text in asdict(self).items()})

    @property
    def is_whole(self) -> bool:
        """Return whether all is said that a contract must say; not everybody stands in a register."""
        return all((self.organisation, self.address, self.name, self.function))


@dataclass(frozen=True)
class Holding:
    """What of a version matters to who accepted one: its number, whether it asks anew, and from when it holds."""

    number: int
    is_major: bool
    in_force_at: datetime


def in_force(versions: Iterable[Holding], now: datetime) -> Holding | None:
    """Return the version that holds now, or None before the first."""
    return max((one for one in versions if one.in_force_at <= now), key=lambda one: one.number, default=None)


def asked_for(versions: Sequence[Holding], accepted: int | None, now: datetime) -> Holding | None:
    """Return the version for which somebody is asked who accepted number `accepted` last (None: none yet), or None: the
    latest that holds, unless there was no major change since the accepted one."""
    holding = in_force(versions, now)
    if holding is None or (accepted is not None and accepted >= holding.number):
        return None
    since = [one for one in versions if one.in_force_at <= now and one.number > (accepted or 0) and (one.is_major or accepted is None)]
    return holding if since else None


def due_at(versions: Sequence[Holding], accepted: int | None, since: datetime, now: datetime) -> datetime:
    """Return until when somebody may put it off who has been here since `since`: thirty days from the first major change that
    they did not accept."""
    missed = [one.in_force_at for one in versions if one.in_force_at <= now and one.number > (accepted or 0) and (one.is_major or accepted is None)]
    return max(min(missed, default=now), since) + GRACE


def filled(markdown: str, places: Mapping[str, str]) -> str:
    """Return the text with names, addresses and the like in their places. Raises KeyError for a place that nobody knows."""
    return PLACE.sub(lambda found: places[found[1]], markdown)


@dataclass(frozen=True)
class Piece:
    """A run of words that two texts have in common, or that only one of them has."""

    kind: Kind
    text: str


def difference(old: str, new: str) -> list[list[Piece]]:
    """Return the paragraphs of both texts, each as runs of words that stayed, went or came; what is the same on both sides of
    a change is kept whole, so that it can be read in its place."""
    before, after = _paragraphs(old), _paragraphs(new)
    found: list[list[Piece]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [[Piece("same", text)] for text in before[a:b]]
        else:
            found += [_pieces(was, now) for was, now in _pairs(before[a:b], after[c:d])]
    return found


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs, items of lists and headings, each without the signs that only draw it."""
    parts = re.split(r"\n\s*\n|\n(?=\s*[-|#])", text.strip())
    return [" ".join(part.split()) for part in parts if part.strip(" |-\n")]


def _pairs(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what became what: likest first by order; a paragraph without a like one stands alone."""
    if len(before) == len(after):
        yield from zip(before, after, strict=True)
        return
    for was, now in zip_longest(before, after, fillvalue=""):
        if was and now and difflib.SequenceMatcher(None, was, now).ratio() < 0.4:
            yield from ((was, ""), ("", now))
        else:
            yield was, now


def _pieces(was: str, now: str) -> list[Piece]:
    old, new = WORD.findall(was), WORD.findall(now)
    pieces: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            pieces.append(Piece("same", gone))
            continue
        pieces += [Piece("gone", gone)] if gone else []
        pieces += [Piece("new", came)] if came else []
    return pieces
