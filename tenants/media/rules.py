"""Which files a search of the library shows; pure."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("image", "video", "audio", "document", "captions")
UNUSED, UNCAPTIONED, UNPLAYABLE = "unused", "uncaptioned", "unplayable"
STATES = (UNUSED, UNCAPTIONED, UNPLAYABLE)
MAX_NAME = 200
MAX_ALT = 1_000


@dataclass(frozen=True)
class Filter:
    """What a list of the library shows: words in the name, a kind, and what is the matter with it."""

    words: str = ""
    kind: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.kind or self.state)


def fits(name: str, words: str) -> bool:
    """Return whether every word occurs in the name, in small or capital letters."""
    low = name.casefold()
    return all(word in low for word in words.casefold().split()[:10])


def renamed(name: str, wanted: str) -> str:
    """Return the wanted name on one line, ending as the old name did; the old one where nothing is left.

    The ending says what the file holds, so that a double click opens nothing else.
    """
    line = " ".join("".join(sign for sign in wanted if sign.isprintable() and sign not in "/\\").split())
    stem, point, suffix = name.rpartition(".")
    ending = f".{suffix}" if stem and point else ""
    if ending and line.casefold().endswith(ending.casefold()):
        line = line[: -len(ending)].rstrip()
    line = line.lstrip(".").strip()
    return line[: MAX_NAME - len(ending)] + ending if line else name
