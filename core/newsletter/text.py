"""The text of a newsletter: paragraphs, lists, headings, links; anything else is words."""

from __future__ import annotations

import re
from typing import Any

LINK = re.compile(r"\[(?P<text>[^\[\]\n]+)\]\((?P<url>https?://[^\s()\[\]]+)\)")
HEADING = re.compile(r"#{1,3} +")


def parts(text: str) -> list[dict[str, Any]]:
    """Return the paragraphs of a text. Each is {heading} (words), {label, url} (a link that stands alone: a button), or
    {lines}: lists of runs {text, url} where url is empty for plain words."""
    found: list[dict[str, Any]] = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        paragraph = paragraph.strip()
        alone = LINK.fullmatch(paragraph)
        if not paragraph:
            continue
        if alone:
            found.append({"kind": "button", "label": alone["text"], "url": alone["url"]})
        elif HEADING.match(paragraph) and "\n" not in paragraph:
            found.append({"kind": "heading", "words": HEADING.sub("", paragraph, count=1)})
        else:
            found.append({"kind": "lines", "lines": [_runs(line.strip()) for line in paragraph.splitlines()]})
    return found


def _runs(line: str) -> list[dict[str, str]]:
    runs, at = [], 0
    line = re.sub(r"^[-*] +", "• ", line)
    for link in LINK.finditer(line):
        runs.append({"text": line[at : link.start()], "url": ""})
        runs.append({"text": link["text"], "url": link["url"]})
        at = link.end()
    return [run for run in [*runs, {"text": line[at:], "url": ""}] if run["text"]]
