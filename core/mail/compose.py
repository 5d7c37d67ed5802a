"""Writes a mail from its template: subject, plain text and the HTML twin made of the same words.

A template `templates/mail/<kind>.txt` holds the subject on its first line, an empty line, then paragraphs.
A line `[label](address)` becomes a button in HTML and "label: address" in plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, get_timezone
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.config import config

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
BUTTON = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<url>https?://[^\s)]+)\)")


class BadHeader(ValueError):
    """A header would have held a line break (T34)."""


@dataclass(frozen=True)
class Sender:
    """Whose mail it is: the academy's name and colour, or the platform's."""

    name: str
    colour: str = "#2f5bb7"


@dataclass(frozen=True)
class Composed:
    """A mail, ready to be sealed."""

    subject: str
    text: str
    html: str


def compose(kind: str, language: str, sender: Sender, **values: Any) -> Composed:
    """Return the mail `kind` in `language`. Raises BadHeader, and jinja2's UndefinedError for a missing value."""
    environment = _environment(language)
    source = environment.get_template(f"mail/{kind}.txt").render(sender=sender.name, language=language, **values)
    subject, _, body = source.strip().partition("\n")
    subject = " ".join(subject.split())
    if not subject or any(ord(sign) < 32 for sign in subject):
        raise BadHeader("a subject is one line")
    paragraphs = [part.strip() for part in body.strip().split("\n\n") if part.strip()]
    text = "\n\n".join(_plain(part) for part in paragraphs) + f"\n\n-- \n{sender.name}\n"
    page = environment.get_template("mail/base.html")
    html = page.render(subject=subject, sender=sender, language=language, paragraphs=[_rich(part) for part in paragraphs])
    return Composed(subject, text, html)


def _plain(paragraph: str) -> str:
    return BUTTON.sub(lambda found: f"{found['label']}:\n{found['url']}", paragraph)


def _rich(paragraph: str) -> dict[str, Any]:
    """Return the paragraph for HTML: a button, or escaped lines."""
    button = BUTTON.fullmatch(paragraph)
    if button:
        return {"label": button["label"], "url": button["url"]}
    return {"lines": [_with_links(line) for line in paragraph.splitlines()]}


def _with_links(line: str) -> Markup:
    parts, at = Markup(), 0
    for found in BUTTON.finditer(line):
        parts += line[at : found.start()]
        parts += Markup('<a href="{}">{}</a>').format(found["url"], found["label"])
        at = found.end()
    return parts + line[at:]


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, extensions=["jinja2.ext.i18n"],
        autoescape=lambda name: bool(name and name.endswith(".html")), trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    translations = Translations.load(str(TRANSLATIONS), [language])
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["day"] = lambda moment, zone="Europe/Amsterdam": format_date(
        moment.astimezone(get_timezone(zone)), format="long", locale=language
    )
    return environment


def platform_sender() -> Sender:
    """Return the platform as a sender."""
    return Sender(config().platform_name)
