"""Every kind of letter: renders with values, in both languages, every word of it translated."""

from __future__ import annotations

from datetime import timedelta
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
    "title": "Injecteren", "when": "2026-11-27, 09:30-11:00", "where": "Zaal 2", "reason": "Noor is ziek",
    "schedules": "https://zorgwijs.localhost/reports/schedules", "writer": "Noor", "note": ["Tot donderdag.", "Neem je map mee."],
    "until": clock.now() + timedelta(days=7), "day": clock.now() + timedelta(days=30),
}  # fmt: skip
FROM = {"_", "ngettext", "sender", "language"}


def values_of(kind: str) -> dict[str, Any]:
    """Return a sample of each value that the template asks for."""
    source = Path(TEMPLATES / "mail" / f"{kind}.txt").read_text()
    wanted = meta.find_undeclared_variables(Environment(extensions=["jinja2.ext.i18n"]).parse(_without_filters(source)))
    return {name: SAMPLES[name] for name in wanted - FROM}


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
        compose(kind, language, Sender("Zorgwijs"), **values_of(kind)) for language in ("nl", "en")
    )
    assert dutch.subject != english.subject
    same = set(_words(dutch.text)) & set(_words(english.text))
    assert same == set()


def _words(text: str) -> list[str]:
    """Return the paragraphs that hold words of ours: no addresses, no names alone, no signature, nothing quoted."""
    lines = [line for part in text.split("\n\n")[:-1] for line in part.splitlines()]
    return [line for line in lines if not line.startswith(("https://", ">")) and line.rstrip(":") != "Zorgwijs"]
