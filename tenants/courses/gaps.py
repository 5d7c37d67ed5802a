"""Texts with gaps, as authors write them: The [[heart|the heart]] has [[4|~2|~3]] chambers.

Between double square brackets stand the accepted answers, separated by bars. Where one of them begins with a tilde the
gap is a list to choose from: those with a tilde are wrong. A backslash before a bar, tilde, bracket or backslash means
the sign itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tenants.courses.order import mixed

GAP = re.compile(r"\\.|\[\[((?:\\.|[^\\\]]|\](?!\]))*)\]\]", re.DOTALL)
PART = re.compile(r"((?:\\.|[^\\|])*)(?:\||$)", re.DOTALL)
ESCAPED = re.compile(r"\\([\\|~\[\]])")
MAX_GAPS = 30


@dataclass(frozen=True)
class Gap:
    """One gap: its number from 1 as text, what fills it, and what a list offers besides (empty: to be typed)."""

    key: str
    accepted: tuple[str, ...]
    wrong: tuple[str, ...] = ()

    @property
    def options(self) -> list[str]:
        """Return what the list offers, in an order that tells nothing; empty when the gap is typed."""
        return mixed([*self.accepted, *self.wrong], self.key) if self.wrong else []


def pieces_of(text: str) -> list[str | Gap]:
    """Return the text in reading order: words between gaps as texts, and the gaps."""
    found: list[str | Gap] = []
    at = 0
    for match in GAP.finditer(text):
        if match[1] is not None:  # else an escaped sign
            number = 1 + sum(isinstance(piece, Gap) for piece in found)
            found += [_plain(text[at : match.start()]), _gap(str(number), match[1])]
            at = match.end()
    return [piece for piece in [*found, _plain(text[at:])] if piece != ""]


def gaps_of(text: str) -> list[Gap]:
    """Return the gaps of the text."""
    return [piece for piece in pieces_of(text) if isinstance(piece, Gap)]


def _gap(key: str, inside: str) -> Gap:
    parts = [part.strip() for part in PART.findall(inside) if part.strip()]
    right = tuple(dict.fromkeys(_plain(part) for part in parts if not part.startswith("~")))
    wrong = tuple(dict.fromkeys(_plain(part[1:].strip()) for part in parts if part.startswith("~")))
    return Gap(key, right, tuple(one for one in wrong if one and one not in right))


def _plain(text: str) -> str:
    return ESCAPED.sub(r"\1", text)


def written(pieces: list[str | Gap]) -> str:
    """Return the text that an author would have written for these pieces: `pieces_of` gives them back."""
    return "".join(_escape(piece, "[]\\") if isinstance(piece, str) else _written_gap(piece) for piece in pieces)


def _written_gap(gap: Gap) -> str:
    right = [_escape(one, "\\|~[]") for one in gap.accepted]
    return f"[[{'|'.join([*right, *('~' + _escape(one, '|~[]' + chr(92)) for one in gap.wrong)])}]]"


def _escape(text: str, signs: str) -> str:
    return "".join("\\" + sign if sign in signs else sign for sign in text)
