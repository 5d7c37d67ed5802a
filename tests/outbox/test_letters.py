"""Every kind of letter: renders with values, in both languages, every word of it translated."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta

from core import clock
from core.mail.compose import TEMPLATES, Sender, compose
from tests.conftest import Platform

KINDS = sorted(path.stem for path in (TEMPLATES / "mail").glob("*.txt"))
SAMPLES: dict[str, Any] = {
    "url": "https://zorgwijs.localhost/x/abc", "reset_url": "https://localhost/reset", "name": "Sanne", "minutes": 60,
    "academy": "Zorgwijs", "inviter": "Noor Haddad", "academies": [{"name": "Zorgwijs", "url": "https://z.localhost/"}],
    "title": "Injecteren", "when": "2026-11-27, 09:30-11:00", "where": "Zaal 2", "reason": "Noor is ziek", "organisation": "Veilig Werk",
    "schedules": "https://zorgwijs.localhost/reports/schedules", "writer": "Noor", "note": ["Tot donderdag.", "Neem je map mee."],
    "may_answer": True, "asks": True, "names": ["Zorgwijs"], "left": 9, "summary": "We say what a new sub-processor does.",
    "subject": "News of December", "parts": [], "leave_url": "https://localhost/newsletter/leave/abc", "days": 7, "until": clock.now() + timedelta(days=7), "day": clock.now() + timedelta(days=30),
    "words": "Noor Haddad gave feedback: Injecting", "label": "Read the feedback", "count": 2,
    "settings_url": "https://zorgwijs.localhost/me/notifications",
    "all_url": "https://zorgwijs.localhost/notifications",
    "lines": [{"words": "Sanne de Wit handed in: Injecting", "label": "Go to the review", "url": "https://zorgwijs.localhost/notifications/1"}],
}  # fmt: skip
# Said in the reader's language before the letter is written (tenants/notifications/words.py).
IN_DUTCH: dict[str, Any] = {
    "summary": "We zeggen wat een nieuwe subverwerker doet.",
    "subject": "Nieuws in het Nederlands",
    "words": "Noor Haddad gaf feedback: Injecteren", "label": "Lees de feedback",
    "lines": [{"words": "Sanne de Wit leverde in: Injecteren", "label": "Ga naar het nakijken", "url": "https://zorgwijs.localhost/notifications/1"}],
}  # fmt: skip
TYPED = {"words", "name", "academy", "inviter", "writer", "note", "title", "where", "reason", "subject", "organisation"}
FROM = {"_", "ngettext", "sender", "language"}


def values_of(kind: str, language: str = "en") -> dict[str, Any]:
    """Return a sample of each value that the template asks for."""
    source = Path(TEMPLATES / "mail" / f"{kind}.txt").read_text()
    wanted = meta.find_undeclared_variables(Environment(extensions=["jinja2.ext.i18n"]).parse(_without_filters(source)))
    samples = SAMPLES | IN_DUTCH if language == "nl" else SAMPLES
    return {name: samples[name] for name in wanted - FROM}


def _without_filters(source: str) -> str:
    return source.replace("|day", "").replace("|unlinked", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_kind_renders(platform: Platform, kind: str, language: str) -> None:
    mail = compose(kind, language, Sender("Zorgwijs", "#14685a"), **values_of(kind))
    assert 5 < len(mail.subject) < 100
    assert "Zorgwijs" in mail.text
    assert mail.html.count("<a ") == mail.text.count("https://"), "each address is a link in HTML and stands in plain text"
    assert not set("\ue000\ue001\ue002\ue003") & set(mail.text + mail.html + mail.subject)
    assert "%(" not in mail.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_paragraph_is_translated(platform: Platform, kind: str) -> None:
    dutch, english = (
        compose(kind, language, Sender("Zorgwijs"), **values_of(kind, language)) for language in ("nl", "en")
    )
    assert dutch.subject != english.subject
    same = set(_words(dutch.text)) & set(_words(english.text))
    assert same == set()


HOSTILE = ('<img src=x onerror="alert(1)">', '"><script>alert(1)</script>', "[Click](https://evil.example)", "https://evil.example/x", "javascript:alert(1)")


class Seen(HTMLParser):
    """What a mail's HTML holds: tags, attributes that run something, and addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.handlers, self.links = set[str](), list[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


@pytest.mark.parametrize("kind", KINDS)
def test_T21_what_somebody_typed_is_text_in_every_letter(platform: Platform, kind: str) -> None:
    """In each value that a person can have written, in both languages; links are ours alone."""
    for language in ("nl", "en"):
        for attack in HOSTILE:
            typed = {name: [attack, attack] if name == "note" else attack for name in values_of(kind) if name in TYPED}
            usual, mail = (Seen(compose(kind, language, Sender(who), **values_of(kind) | more).html) for who, more in (("Zorgwijs", {}), (attack, typed)))
            assert (mail.tags, mail.handlers, mail.links) == (usual.tags, [], usual.links), (kind, attack)


def _words(text: str) -> list[str]:
    """Return the paragraphs that hold words of ours: no addresses, no names alone, no signature, nothing quoted."""
    lines = [line for part in text.split("\n\n")[:-1] for line in part.splitlines()]
    return [line for line in lines if not line.startswith(("https://", ">")) and line.rstrip(":") != "Zorgwijs"]
