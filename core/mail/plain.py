"""Turns the HTML of a mail into plain text: paragraphs, lists, links that say more than their words; quotations marked."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

MOST = 500_000
SILENT = frozenset({"script", "style", "head", "title", "template", "object", "svg"})
BLOCKS = frozenset("p div tr table ul ol h1 h2 h3 h4 h5 h6 section article header footer address pre dl dt dd center hr".split())
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# How mail programs mark what they quote, by class or id; everything in it, and after an Outlook line, was not written now.
QUOTING = re.compile(r"\b(gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|tutanota_quote)")
ENDING = re.compile(r"^(divRplyFwdMsg|appendonsend|mail-editor-reference-message-container|reply-intro|OLK_SRC_BODY_SECTION)$")
QUOTED = "> "
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
DECLARED = re.compile(r"<[!?][^<>]{0,300}>")
# A sign that begins no tag. The parser would look for an end of each: a mail of nothing but these took it half a minute.
NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]{0,5000}>)")
LINES = re.compile(r"\n{3,}")


def plain_of(html: str) -> str:
    """Return the text of a mail's HTML; what it quotes stands behind `> `."""
    reader = _Reader()
    try:
        reader.feed(NO_TAG.sub("&lt;", DECLARED.sub("", COMMENT.sub("", html[:MOST]))))
        reader.close()
    except Exception:  # what cannot be read is not read; the rest stays
        reader.unread = True
    return reader.text()


class _Reader(HTMLParser):
    """Gathers lines; knows how deep it is in something silent or quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.unread = False
        self._lines: list[str] = [""]
        self._open: list[tuple[str, bool, bool]] = []
        self._named: Counter[str] = Counter()
        self._silent = self._quoting = 0
        self._rest_is_quoted = False
        self._href: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where the tag does; remember what it means for what is in it."""
        given = dict(attrs)
        marks = f"{given.get('class') or ''} {given.get('id') or ''}"
        if ENDING.match(given.get("id") or ""):
            self._break()
            self._rest_is_quoted = True
        quotes = tag == "blockquote" or bool(QUOTING.search(marks))
        if tag in BLOCKS or quotes:
            self._break(space=tag in ("p", "blockquote", "ul", "ol", "table"))
        if tag == "br":
            self._new_line()
        elif tag == "li":
            self._break()
            self._say("- ")
        elif tag == "a":
            self._href = (given.get("href") or "", len(self._lines[-1]))
        if tag not in VOID:
            self._enter(tag, tag in SILENT, quotes)

    def handle_endtag(self, tag: str) -> None:
        """End what the tag began; a tag that was never opened ends nothing."""
        if tag == "a":
            self._name_link()
        if not self._named[tag]:
            return
        if tag in BLOCKS or tag in ("blockquote", "li"):
            self._break(space=tag in ("p", "blockquote"))
        while self._leave() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Add words, unless nobody sees them."""
        if not self._silent:
            self._say(re.sub(r"[ \t\r\n\f]+", " ", data))

    def text(self) -> str:
        """Return the lines."""
        return LINES.sub("\n\n", "\n".join(line.rstrip() for line in self._lines)).strip()

    def _prefix(self) -> str:
        return QUOTED if self._rest_is_quoted or self._quoting else ""

    def _enter(self, tag: str, is_silent: bool, quotes: bool) -> None:
        self._open.append((tag, is_silent, quotes))
        self._named[tag] += 1
        self._silent, self._quoting = self._silent + is_silent, self._quoting + quotes

    def _leave(self) -> str:
        tag, is_silent, quotes = self._open.pop()
        self._named[tag] -= 1
        self._silent, self._quoting = self._silent - is_silent, self._quoting - quotes
        return tag

    def _say(self, words: str) -> None:
        line = self._lines[-1]
        if not line or line == QUOTED:
            words, line = words.lstrip(" "), self._prefix() if words.strip() else line
        self._lines[-1] = line + words

    def _new_line(self) -> None:
        self._lines.append(self._prefix())

    def _break(self, space: bool = False) -> None:
        if self._lines[-1].strip(" >"):
            self._lines.append("")
        if space and len(self._lines) > 1 and self._lines[-2].strip(" >"):
            self._lines.append("")

    def _name_link(self) -> None:
        """Add the address of a link whose words do not say it."""
        href, at = self._href or ("", 0)
        words = self._lines[-1][at:]
        if href.startswith(("http://", "https://")) and words.strip() and href.rstrip("/") not in words and words.strip() not in href:
            self._say(f" ({href})")
        self._href = None
