"""Writes a mail from its template: subject, plain text and the HTML twin made of the same words.

A template `templates/mail/<kind>.txt` holds the subject on its first line, an empty line, then paragraphs.
A line `[label](address)` becomes a button in HTML and "label: address" in plain text. Only the template makes
links: brackets that come out of a value (a name that somebody typed) stay brackets. A paragraph whose lines begin with
`> ` is somebody's own words: a quotation in HTML. Its lines pass the filter `unlinked`, so that no mail program makes a
link of an address that they hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, get_timezone
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.config import LANGUAGES, config
from core.errors import Refused
from core.theme import advise
from core.wording import USUAL, Wording, spoken

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
SHELTERED = str.maketrans("[]()", "\ue000\ue001\ue002\ue003")
RESTORED = str.maketrans("\ue000\ue001\ue002\ue003", "[]()")
ADDRESS = re.compile(r"[^\s<>\"(),:;@\x00-\x1f\x7f]+@[^\s<>\"(),:;@\x00-\x1f\x7f]+")
LINKED = re.compile(r"(?<=\S)([.@]|:(?=/))(?=\S)")
HEADING = "## "
JOINER = "\u2060"  # has no width; no address goes on behind it
BUTTON = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<url>https?://[^\s)]+)\)")


class BadHeader(Refused):
    """A mail field would have held a line break, or a recipient is not one address (T34)."""


@dataclass(frozen=True)
class Sender:
    """Whose mail it is: the academy's name, colour (#rrggbb) and way of speaking, or the platform's."""

    name: str
    colour: str = "#2f5bb7"
    wording: Wording = USUAL


@dataclass(frozen=True)
class Composed:
    """A mail, ready to be sealed."""

    subject: str
    text: str
    html: str


def compose(kind: str, language: str, sender: Sender, unsubscribe: str | None = None, **values: Any) -> Composed:
    """Return the mail `kind` in `language`, with a line that ends such mails if there is an address for it. Raises
    BadHeader for a value with a line break, and jinja2's UndefinedError for a missing value."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    source = _words(language, sender.wording).get_template(f"mail/{kind}.txt").render(sender=sender.name, language=language, **values)
    subject, _, body = source.strip().partition("\n")
    paragraphs = [part.strip() for part in body.strip().split("\n\n") if part.strip()]
    ending = _ending(language, sender.wording, unsubscribe)
    text = "\n\n".join(_plain(part) for part in paragraphs) + f"\n\n-- \n{one_line(sender.name)}\n" + _plain_ending(ending)
    look = advise(sender.colour)
    rich = [_rich(part, look.light["accent-text"]) for part in paragraphs]
    html = _pages().get_template("mail/base.html").render(
        light=look.light, dark=look.dark, subject=subject, sender=sender, language=language, paragraphs=rich, ending=ending
    )
    return Composed(one_line(subject).translate(RESTORED), text.translate(RESTORED), html.translate(RESTORED))


def one_line(value: Any) -> str:
    """Return `value` as the one line of text that it must be. Raises BadHeader for a control character."""
    line = str(value)
    if any(ord(sign) < 32 or sign in "\x7f\x85\u2028\u2029" for sign in line):
        raise BadHeader("a mail field is one line")
    return line


def one_address(value: str) -> str:
    """Return `value` if it is one address to send to. Raises BadHeader."""
    if not ADDRESS.fullmatch(one_line(value)):
        raise BadHeader("a recipient is one address")
    return value


def _ending(language: str, wording: Wording, unsubscribe: str | None) -> dict[str, str] | None:
    """Return label and address of the line at the foot that ends such mails, or None."""
    if unsubscribe is None:
        return None
    return {"label": spoken(language, wording).gettext("No longer get these mails"), "url": one_line(unsubscribe)}


def _plain_ending(ending: dict[str, str] | None) -> str:
    return f"{ending['label']}: {ending['url']}\n" if ending else ""


def _plain(paragraph: str) -> str:
    return BUTTON.sub(lambda found: f"{found['label']}:\n{found['url']}", paragraph.removeprefix(HEADING))


def _rich(paragraph: str, colour: str) -> dict[str, Any]:
    """Return the paragraph for HTML: a button, a quotation, or escaped lines with links in this colour."""
    button, lines = BUTTON.fullmatch(paragraph), paragraph.splitlines()
    if button:
        return {"label": button["label"], "url": button["url"]}
    if paragraph.startswith(HEADING):
        return {"heading": paragraph.removeprefix(HEADING)}
    if all(line.startswith(">") for line in lines):
        return {"quoted": [line[1:].strip() for line in lines]}
    return {"lines": [_with_links(line, colour) for line in lines]}


def unlinked(text: str) -> str:
    """Return the text with something invisible in every address of the web or of mail, so that it is no link."""
    return LINKED.sub(rf"\1{JOINER}", text)


def _with_links(line: str, colour: str) -> Markup:
    parts, at = Markup(), 0
    for found in BUTTON.finditer(line):
        parts += line[at : found.start()]
        parts += Markup('<a class="m-link" href="{}" style="color:{}">{}</a>').format(found["url"], colour, found["label"])
        at = found.end()
    return parts + line[at:]


@lru_cache(maxsize=64)
def _words(language: str, wording: Wording) -> Environment:
    """Return what renders the words of a mail as one academy speaks: plain text, every value one line and without
    brackets."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, extensions=["jinja2.ext.i18n"],
        autoescape=False, trim_blocks=True, lstrip_blocks=True,  # noqa: S701  text/plain; the HTML twin escapes
        finalize=lambda value: one_line(value).translate(SHELTERED),
    )  # fmt: skip
    environment.install_gettext_translations(spoken(language, wording), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["unlinked"] = unlinked
    environment.filters["day"] = lambda moment, zone="Europe/Amsterdam": format_date(
        moment.astimezone(get_timezone(zone)), format="d MMMM y", locale=language
    )
    return environment


@cache
def _pages() -> Environment:
    """Return what renders the HTML twin."""
    return Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True,
                       trim_blocks=True, lstrip_blocks=True)  # fmt: skip


def platform_sender() -> Sender:
    """Return the platform as a sender."""
    return Sender(config().platform_name)
