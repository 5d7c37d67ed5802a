"""Reads the legal texts from files: `<name>-<number>.<language>.md`, a few lines of facts between rules of dashes, then Markdown.

    ---
    title: Privacy policy
    updated: 2026-12-01
    change: major
    notice_days: 30
    summary: What is new, in a sentence.
    ---

`notice_days`: how long after it was loaded a version begins to hold; the first of a document holds at once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.config import LANGUAGES
from core.errors import KweekError
from core.legal.rules import CHANGES, NAMES

HERE = Path(__file__).with_name("texts")
FILE = re.compile(r"([a-z]+)-([1-9][0-9]{0,3})\.([a-z]{2})\.md")
FACTS = ("title", "updated", "change", "notice_days", "summary")


class BadText(KweekError):
    """A file of legal text cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Draft:
    """One version in one language as its file says it."""

    name: str
    number: int
    language: str
    title: str
    updated: date
    change: str
    notice_days: int
    summary: str
    markdown: str

    @property
    def sha256(self) -> str:
        """Return the fingerprint of the text."""
        return hashlib.sha256(self.markdown.encode()).hexdigest()


def drafts(folder: Path = HERE) -> list[list[Draft]]:
    """Return every version in the folder, oldest first, each as its texts in all languages. Raises BadText."""
    found: dict[tuple[str, int], list[Draft]] = {}
    for path in sorted(folder.glob("*.md")):
        draft = read(path)
        found.setdefault((draft.name, draft.number), []).append(draft)
    for (name, number), twins in found.items():
        _check_twins(f"{name}-{number}", twins)
        if number > 1 and (name, number - 1) not in found:
            raise BadText(f"{name}-{number}: there is no version {number - 1} before it; add it, or give this one its number")
    return [found[pair] for pair in sorted(found)]


def read(path: Path) -> Draft:
    """Return what one file says. Raises BadText."""
    named = FILE.fullmatch(path.name)
    if named is None or named[1] not in NAMES or named[3] not in LANGUAGES:
        raise BadText(f"{path.name}: call it <name>-<number>.<language>.md, with one of {', '.join(NAMES)} and {' or '.join(LANGUAGES)}")
    head, divider, text = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    facts = dict(_fact(path, line) for line in head.splitlines() if line.strip())
    if not divider or missing(facts):
        raise BadText(f"{path.name}: say {', '.join(missing(facts)) or 'the facts'} between two lines of ---")
    try:
        return Draft(named[1], int(named[2]), named[3], facts["title"], date.fromisoformat(facts["updated"]), _change(facts["change"]),
                     int(facts["notice_days"]), facts["summary"], text.strip() + "\n")  # fmt: skip
    except ValueError as error:
        raise BadText(f"{path.name}: {error}") from None


def missing(facts: dict[str, str]) -> list[str]:
    """Return which facts are not said."""
    return [name for name in FACTS if not facts.get(name)]


def _fact(path: Path, line: str) -> tuple[str, str]:
    name, divider, value = line.partition(":")
    if not divider or name not in FACTS:
        raise BadText(f"{path.name}: {line!r} is none of {', '.join(FACTS)}")
    return name, value.strip()


def _change(text: str) -> str:
    if text not in CHANGES:
        raise ValueError(f"change is one of {', '.join(CHANGES)}")
    return text


def _check_twins(name: str, twins: list[Draft]) -> None:
    """Raise BadText unless a version exists in every language with the same facts."""
    if {one.language for one in twins} != set(LANGUAGES):
        raise BadText(f"{name}: write it in each of {', '.join(LANGUAGES)}")
    if len({(one.updated, one.change, one.notice_days) for one in twins}) > 1:
        raise BadText(f"{name}: its languages differ in updated, change or notice_days")
