"""Files, sound, callouts, checklists, accordions and films of other sites in the demo courses: text in, a block's body out.

`:::file <name>` and `:::audio <name>` have `title:` (and `transcript:` to the end); `:::callout <tone>` has `title:` and
then Markdown; `:::checklist` has `title:` and lines `- item`; `:::accordion` has lines `= title`, each with Markdown
below; `:::embed` has `url:` and `title:`; `:::divider` is empty.
"""

from __future__ import annotations

import re
from typing import Any

PIECES = ("file", "audio", "callout", "checklist", "accordion", "embed", "divider")


def body_of(kind: str, word: str, text: str) -> dict[str, Any]:
    """Return the body of the block; `word` stands behind the kind (a tone; a file's name is the loader's to store)."""
    if kind == "accordion":
        return {"sections": _sections(text)}
    title, rest = _cut(text, "title")
    if kind == "callout":
        return {"tone": word, "title": title, "markdown": rest.strip()}
    if kind == "checklist":
        lines = [line[2:].strip() for line in rest.splitlines() if line.startswith("- ")]
        return {"title": title, "items": [{"id": f"item-{n}", "text": line} for n, line in enumerate(lines)]}
    if kind == "embed":
        return {"title": title, "url": _cut(rest, "url")[0]}
    if kind == "audio":
        return {"title": title, "transcript": rest.partition("transcript:\n")[2].strip()}
    return {"title": title} if kind == "file" else {}


def _cut(text: str, name: str) -> tuple[str, str]:
    """Return the value of the line `name: value`, and the text without it."""
    found = re.search(rf"^{name}: (.*)$\n?", text, re.MULTILINE)
    return (found[1].strip(), text.replace(found[0], "", 1)) if found else ("", text)


def _sections(text: str) -> list[dict[str, str]]:
    parts = [part.partition("\n") for part in re.split(r"^= ", text, flags=re.MULTILINE)[1:]]
    return [{"id": f"section-{n}", "title": title.strip(), "markdown": body.strip()} for n, (title, _, body) in enumerate(parts)]
