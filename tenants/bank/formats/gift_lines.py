"""The lines of a GIFT file: what is escaped, comments and their tags, categories, and where each question ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tenants.bank.formats.question import Reading

SIGNS = "\\~=#{}:n"
HIDDEN = {sign: chr(0xFDD0 + place) for place, sign in enumerate(SIGNS)}
SHOWN = {ord(hidden): "\n" if sign == "n" else sign for sign, hidden in HIDDEN.items()}
AS_WRITTEN = {ord(hidden): f"\\{sign}" for sign, hidden in HIDDEN.items()}
ESCAPED = re.compile(r"\\([\\~=#{}:n])")
STRANGE = re.compile("[\ufdd0-\ufdef]")
COMMENT_TAG = re.compile(r"\[tag:((?:\\.|[^\]\\]){1,200})\]")
MOST_COMMENT = 5_000
COMMENT_ID = re.compile(r"\[id:[^\]]")


@dataclass
class Chunk:
    """The lines of one question."""

    line: int
    lines: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    has_id: bool = False
    is_open: bool = False
    was_closed: bool = False
    is_torn: bool = False

    def add(self, line: str) -> None:
        """Add a line and see whether its braces are open or were closed."""
        self.lines.append(line)
        for sign in re.findall(r"[{}]", line):
            if sign == "{" and not self.is_open:
                self.is_open = True
            elif sign == "}" and self.is_open:
                self.is_open, self.was_closed = False, True


def lines_of(text: str, reading: Reading) -> Iterator[Chunk]:
    """Yield the lines of each question; what is escaped is hidden behind signs that no text has."""
    yield from _chunks(ESCAPED.sub(lambda match: HIDDEN[match.group(1)], STRANGE.sub("", text)), reading)


def _chunks(text: str, reading: Reading) -> Iterator[Chunk]:
    """Yield the lines of each question: an empty line ends one, unless its braces are still open."""
    category: list[str] = []
    tags: list[str] = []
    has_id = False
    chunk: Chunk | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("//"):
            bare = bare[:MOST_COMMENT]
            has_id |= COMMENT_ID.search(bare) is not None
            tags += [re.sub(r"\\(.)", r"\1", tag) for tag in COMMENT_TAG.findall(bare.translate(AS_WRITTEN))]
            continue
        if not bare:
            if chunk and not chunk.is_open:
                yield chunk
                chunk = None
            elif chunk:
                chunk.is_torn = True
            continue
        if chunk and _begins_anew(chunk, bare):
            yield chunk
            chunk = None
        if chunk is None and bare.upper().startswith("$CATEGORY:"):
            category, tags, has_id = category_tags(shown(bare[10:])), [], False
            reading.remark(number, "category", name=", ".join(category) or shown(bare[10:]).strip()[:80])
            continue
        if chunk is None:
            chunk, tags, has_id = Chunk(number, tags=[*tags, *category], has_id=has_id), [], False
        chunk.add(line)
    if chunk:
        yield chunk


def _begins_anew(chunk: Chunk, line: str) -> bool:
    """Return whether this line starts another question although no empty line stands before it (or one too many)."""
    if chunk.is_open:
        opens = line.find("{")
        return chunk.is_torn and (line.startswith(("::", "$CATEGORY:")) or (opens >= 0 and "}" not in line[:opens]))
    return chunk.was_closed and (line.startswith(("::", "$CATEGORY:")) or "{" in line)


def category_tags(path: str) -> list[str]:
    """Return the names of a category's path that say something, `top` and `$course$` left out."""
    names = [name.strip().replace("\x00", "/") for name in path.strip().replace("//", "\x00").split("/")]
    kept = [re.sub(r"^Default for\s+", "", name) for name in names if name and not name.startswith("$") and name != "top"]
    return kept[-1:]


def shown(text: str) -> str:
    """Return the text with what was escaped in it."""
    return text.translate(SHOWN)
