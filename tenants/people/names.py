"""How names are sorted and found: Dutch prefixes stand behind, accents and case do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Words before a surname by which it is not sorted, in Dutch and its neighbours (as in the prefixes that Dutch
# registers know). Belgium sorts capital "De Smet" under D; here case says nothing, since people type it either way.
PREFIXES = frozenset("""
    a aan af al am an auf aus 'm bei ben bij bin boven d d' da dal dalla das de dei del della den der des di die do don
    dos du e el en het i im in l l' la las le les lo los of onder op over s 's t 't te ten ter thoe tho thor to toe tot
    uijt uit unter v van vande vanden vander v.d. vd ver voor vom von vor zu zum zur
""".split())
SPECIAL = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"})
APOSTROPHES = re.compile(r"['`´‘’ʼ]")
LETTERS = 1_000  # behind every number of digits
RUNS = re.compile(r"\d+|\D+")
BETWEEN = re.compile(r"[\s\-‐‑–—]+")


def folded(text: str) -> str:
    """Return `text` as people search it: without accents, case, apostrophes and hyphens, one space between words."""
    bare = text.lower() if text.isascii() else "".join(map(_without_accents, text))
    return BETWEEN.sub(" ", APOSTROPHES.sub("", bare)).strip()


def folded_places(text: str) -> tuple[str, list[int]]:
    """Return `text` as `folded` does, but for a space at its end, and for each sign of that its place in `text`."""
    parts: list[str] = []
    places: list[int] = []
    is_apart = True
    for place, sign in enumerate(text):
        part = _part(sign)
        if is_apart:
            part = part.removeprefix(" ")
        if part:
            parts.append(part)
            places += [place] * len(part)
            is_apart = part.endswith(" ")
    return "".join(parts), places


@lru_cache(maxsize=4096)
def _part(sign: str) -> str:
    return BETWEEN.sub(" ", APOSTROPHES.sub("", _without_accents(sign)))


@lru_cache(maxsize=4096)
def _without_accents(sign: str) -> str:
    """Return one sign without accent and case: some become many letters, and a long text of these at once takes seconds."""
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign.casefold()) if not unicodedata.combining(part))
    return bare.translate(SPECIAL)


def split_surname(surname: str) -> tuple[str, str]:
    """Return (prefix, the rest by which it is sorted): ("van den", "Berg"). Something always remains."""
    words = _straight(surname).split()
    first = 0
    while first < len(words) - 1 and words[first].casefold() in PREFIXES:
        first += 1
    rest = " ".join(words[first:])
    joined = re.match(r"(?i)([dl]')(?=\w)", rest)  # d'Hondt
    prefix = " ".join([*words[:first], *([joined.group(1)] if joined else [])])
    return prefix, rest[joined.end() :] if joined else rest


def _straight(text: str) -> str:
    return APOSTROPHES.sub("'", " ".join(text.split()))


def sort_key(first_name: str, surname: str) -> tuple[str, str, str]:
    """Return by what a person is sorted: surname without prefix, first name, prefix. Without a surname, by first name."""
    prefix, rest = split_surname(surname)
    first = folded(first_name)
    return folded(rest) or first, first, folded(prefix)


def natural(number: str) -> tuple[tuple[int, str], ...]:
    """Return by what a personnel number is sorted: digits count as numbers, so that 9 stands before 10."""
    return tuple((len(digits := part.lstrip("0")), digits) if part.isdigit() else (LETTERS, part) for part in RUNS.findall(number))


def matches(sought: str, found: str) -> bool:
    """Return whether every word of `sought` stands somewhere in `found`; both are folded."""
    return all(word in found for word in sought.split())
