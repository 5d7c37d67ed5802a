"""Bytes to text, and foreign texts (HTML, Markdown, Moodle's own) to the plain text that questions are kept in."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt

from tenants.bank.formats.question import Notes, Unfit, Unreadable

BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "tr", "table", "blockquote", "pre", "hr", "dl", "dt", "dd"}
MARKS = {"b", "strong", "i", "em", "u", "s", "del", "code", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
KEPT = BLOCKS | MARKS | {"br", "li", "a", "img", "sub", "sup", "td", "th", "thead", "tbody", "caption"}
MEDIA = re.compile(r"<(?:audio|video|iframe|object|embed|applet|source|canvas|svg)\b", re.IGNORECASE)
SCRIPT = re.compile(r"<(?:script|style)\b|\son\w+\s*=|javascript:", re.IGNORECASE)
INLINE_DATA = re.compile(r"""(\ssrc\s*=\s*)(["'])\s*data:[^"']*\2""", re.IGNORECASE)
MARKDOWN_DATA = re.compile(r"\(\s{0,9}data:[^)\s]*", re.IGNORECASE)
FORMULAS = (("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("<math", ">"))
TAG = re.compile(
    r"</?(?:p|br|div|span|b|strong|i|em|u|s|sub|sup|a|img|ul|ol|li|table|t[rdh]|h[1-6]|pre|code|font|hr|blockquote|"
    r"audio|video|iframe|object|embed|script|style|svg|math)(?:\s[^<>]*)?/?>", re.IGNORECASE,
)  # fmt: skip
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
# Signs that no text has: controls, halves of surrogate pairs, and the non-characters that the GIFT reader works with.
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
MOST_SIGNS = 400_000
MOST_MARKDOWN = 20_000
MOST_OPEN_TAGS = 2_000
_markdown = MarkdownIt("commonmark")


def decoded(data: bytes) -> tuple[str, str | None]:
    """Return the text with \\n at the ends of lines, and the code of a remark on its encoding, or None."""
    remark = None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    elif wide := wide_encoding(data):
        text = data.decode(wide, "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text, remark = data.decode("cp1252", "replace"), "windows_1252"
    if "\x00" in text[:10_000]:
        raise Unreadable("not_text")
    if "\ufffd" in text and remark:
        remark = "broken_signs"
    return text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n"), remark


def wide_encoding(data: bytes) -> str | None:
    """Return which UTF-16 a text without byte order mark is in: every second byte of Latin letters is zero."""
    begin = data[:400]
    half = len(begin) // 2
    for encoding, zeros, letters in (("utf-16-le", begin[1::2], begin[::2]), ("utf-16-be", begin[::2], begin[1::2])):
        if half >= 2 and zeros.count(0) > 0.7 * half and letters.count(0) == 0:
            return encoding
    return None


def clean(text: str) -> str:
    """Return the text without signs that cannot be stored, trimmed, with \\n at the ends of lines."""
    return NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def plain(text: str, form: str | None, notes: Notes) -> str:
    """Return a foreign text as plain text; `form` is html, markdown, plain, or moodle (text that may hold tags)."""
    if len(text) > MOST_SIGNS and INLINE_DATA.search(text):
        text = INLINE_DATA.sub(r"\1\2\2", text)
    if len(text) > MOST_SIGNS:
        raise Unfit("too_long")
    if any(begin in text and end in text[text.index(begin) + len(begin):] for begin, end in FORMULAS):
        notes.changed("formula")
    if form == "plain":
        return clean(text)
    if form == "markdown":
        text = MARKDOWN_DATA.sub("(x", text)
        if len(text) > MOST_MARKDOWN:
            raise Unfit("too_long")
        return from_html(_markdown.render(text), notes)
    if form == "html":
        return from_html(text, notes)
    if TAG.search(text):
        return from_html(text.replace("\n", "<br>\n"), notes)
    return clean(html.unescape(text) if ENTITY.search(text) else text)


def from_html(source: str, notes: Notes) -> str:
    """Return HTML as plain text: nothing of it is ever shown as HTML. Notes what plain text cannot hold."""
    if "<" not in source:
        return clean(html.unescape(source).replace("\xa0", " "))
    if MEDIA.search(source):
        notes.lost("media")
    if SCRIPT.search(source):
        notes.lost("script")
    if source.count("<") > MOST_OPEN_TAGS * 20 or deepest(source) > MOST_OPEN_TAGS:
        raise Unfit("too_nested")
    reader = _Plain()
    reader.feed(nh3.clean(INLINE_DATA.sub(r"\1\2x\2", source), tags=KEPT, attributes={"a": {"href"}, "img": {"alt", "src"}},
                          url_schemes={"http", "https", "mailto"}, url_relative="pass_through", link_rel=None))  # fmt: skip
    reader.close()
    if reader.images:
        notes.lost("image", number=reader.images)
    if reader.has_marks:
        notes.changed("formatting")
    if reader.has_table:
        notes.changed("table")
    return clean(re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(" {2,}", " ", line.strip()) if reader.images else line.strip() for line in reader.text.split("\n"))))


def deepest(source: str) -> int:
    """Return at most how deep tags stand within one another."""
    return source.count("<") - source.count("</") - len(re.findall(r"<(?:br|img|hr|input|p|li|td|tr|th)\b|/>", source, re.IGNORECASE))


class _Plain(HTMLParser):
    """Gathers the text of clean HTML: paragraphs and items on lines of their own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.images = 0
        self.has_marks = self.has_table = False
        self.lists: list[int | None] = []
        self.links: list[tuple[str, int]] = []
        self.shifts: list[dict[int, int]] = []
        self.pre = 0

    @property
    def text(self) -> str:
        """Return what was gathered."""
        return "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, an item, a link; count an image."""
        given = {name: value or "" for name, value in attrs}
        self.has_marks |= tag in MARKS
        self.has_table |= tag == "table"
        if tag == "br":
            self.parts.append("\n")
        elif tag == "img":
            self.images += 1
            self.parts.append(f" [{' '.join(given['alt'].split())}] " if given.get("alt", "").strip() else "")
        elif tag == "a":
            self.links.append((given.get("href", ""), len(self.parts)))
        elif tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag in ("sub", "sup"):
            self.shifts.append(RAISED if tag == "sup" else LOWERED)
        self.handle_line(tag)

    def handle_line(self, tag: str) -> None:
        """Begin what stands on a line of its own."""
        if tag == "li":
            self.fresh_line()
            count = self.lists[-1] if self.lists else None
            if count is not None:
                self.lists[-1] = count + 1
            self.parts.append("- " if count is None else f"{count + 1}. ")
        elif tag in ("td", "th"):
            if self.parts and not self.parts[-1].endswith("\n"):
                self.parts.append(" | ")
        elif tag in BLOCKS:
            self.fresh_line()
            self.pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """End a line, a link."""
        if tag == "a" and self.links:
            href, start = self.links.pop()
            said = "".join(self.parts[start:]).strip()
            if href.startswith(("http://", "https://", "mailto:")) and href not in said:
                self.parts.append(f" ({href})")
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            self.fresh_line()
        elif tag in ("sub", "sup") and self.shifts:
            self.shifts.pop()
        elif tag in BLOCKS:
            self.fresh_line("\n\n" if tag in ("p", "table", "blockquote", "pre") else "\n")
            self.pre -= tag == "pre" and self.pre > 0

    def handle_data(self, data: str) -> None:
        """Add text; outside <pre> spaces and ends of lines are one space."""
        if not self.pre:
            data = re.sub(r"[ \t\n\xa0]+", " ", data)
            if not data.strip() and (not self.parts or self.parts[-1].endswith("\n")):
                return
        if self.shifts:
            moved = data.translate(self.shifts[-1])
            self.has_marks |= any(sign in data and sign.strip() for sign in moved)
            data = moved
        self.parts.append(data)

    def fresh_line(self, end: str = "\n") -> None:
        """Go to the start of a line, or leave a line empty."""
        while self.parts and not self.parts[-1]:
            self.parts.pop()
        if self.parts:
            have = 2 if self.parts[-1].endswith("\n\n") else 1 if self.parts[-1].endswith("\n") else 0
            self.parts.append("\n" * max(0, len(end) - have))
            if not self.parts[-1]:
                self.parts.pop()
