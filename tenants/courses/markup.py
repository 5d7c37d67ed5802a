"""Markdown in, safe HTML out: cleaned when it is made and again when it is shown."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "div",
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
# Wide tables and code scroll within a box of their own; the keyboard reaches what scrolls.
BOX = {"div": {"class": {"table-box"}}}
REACHED = {"div": {"tabindex": "0"}, "pre": {"tabindex": "0"}}
MAX_MARKDOWN = 50_000

_markdown = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable("image")
_markdown.add_render_rule("table_open", lambda *_: '<div class="table-box"><table>')
_markdown.add_render_rule("table_close", lambda *_: "</table></div>")


def html_of(markdown: str) -> str:
    """Return the Markdown as safe HTML; its highest heading becomes h2, for the lesson's title is the h1."""
    tokens = _markdown.parse(markdown)
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(4, int(token.tag[1]) - highest + 2)}"
    return clean(_markdown.renderer.render(tokens, _markdown.options, {}))


def clean(html: str) -> str:
    """Return the HTML with nothing in it but plain text marks: no script, style, event or foreign scheme."""
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow",
        tag_attribute_values=BOX, set_tag_attribute_values=REACHED,
    )  # fmt: skip
