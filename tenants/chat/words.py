"""What was said, as HTML: a small part of Markdown, links that fetch nothing, and names marked. Always cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
CLASSES = {"span": {"class": {"mention"}}}
SCHEMES = {"http", "https", "mailto"}
CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
ADDRESS = re.compile(r"(?<![<(\[\"'\w/@])(https?://[^\s<>]*[^\s<>.,;:!?)\]'\"*_])")
# Looking for the end of each mark takes longer the more of them are open: words with more than these are shown with their
# marks, in paragraphs and code only. Nobody writes so many; who sends them would hold up everybody's messages.
MOST_BRACKETS: Final = 50
MOST_MARKS: Final = 200
MOST_LINES: Final = 200
PLAIN: Final = ("backticks", "fence", "escape", "newline", "entity")
_options = {"html": False, "breaks": True}
_plain = MarkdownIt("zero", _options).enable([*PLAIN])
_markdown = MarkdownIt("zero", _options).enable([*PLAIN, "emphasis", "strikethrough", "list", "blockquote", "autolink", "link"])


def html_of(body: str, names: Iterable[str] = ()) -> str:
    """Return the words as safe HTML; each of `names` that stands in them as @Name is marked."""
    reader = _plain if _is_tangled(body) else _markdown
    tokens = reader.parse(body if reader is _plain else _with_links(body))
    marked = _finder(names)
    for token in tokens:
        if marked is not None and token.children:
            token.children = [new for child in token.children for new in _marked(child, marked)]
    html = reader.renderer.render(tokens, reader.options, {})
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, tag_attribute_values=CLASSES, url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    ).strip()  # fmt: skip


def plain_of(body: str, most: int = 140) -> str:
    """Return the words in one line without marks, cut off at a word."""
    line = " ".join(re.sub(r"[*_~`>#]+", "", body).split())
    if len(line) <= most:
        return line
    return line[: most - 1].rsplit(" ", 1)[0] + "…"


def _is_tangled(body: str) -> bool:
    """Return whether the words hold more marks than are read."""
    marks = sum(body.count(mark) for mark in "*_~<`&\\")
    return body.count("[") > MOST_BRACKETS or marks + body.count("://") > MOST_MARKS or body.count("\n") > MOST_LINES


def _with_links(body: str) -> str:
    """Return the Markdown with addresses made links, outside code."""
    parts = CODE.split(body)
    return "".join(part if place % 2 else ADDRESS.sub(r"<\1>", part) for place, part in enumerate(parts))


def _finder(names: Iterable[str]) -> re.Pattern[str] | None:
    known = sorted({name for name in names if name}, key=len, reverse=True)
    if not known:
        return None
    return re.compile(rf"@(?:{'|'.join(re.escape(name) for name in known)})(?!\w)", re.IGNORECASE)


def _marked(token: Token, names: re.Pattern[str]) -> list[Token]:
    """Return the token, cut where somebody is named."""
    if token.type != "text":
        return [token]
    found, start = [], 0
    for match in names.finditer(token.content):
        found += [_text(token.content[start : match.start()]), Token("mention_open", "span", 1, {"class": "mention"})]
        found += [_text(match[0]), Token("mention_close", "span", -1)]
        start = match.end()
    return [*found, _text(token.content[start:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
