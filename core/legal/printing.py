"""The agreement on paper: both parties, the text as it was accepted, who accepted it and when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.legal import rules
from core.legal.models import Acceptance, Version, Words
from core.legal.rules import Signer
from core.paper import STANDARDS, compiled

TEMPLATE = Path(__file__).with_name("agreement.typ")
ZONE: Final = ZoneInfo("Europe/Amsterdam")
WORDS: Final = {
    "nl": {"between": "Partijen", "controller": "Verwerkingsverantwoordelijke", "processor": "Verwerker", "registration": "Inschrijfnummer",
           "signed": "Namens deze", "made": "Aanvaard op", "version": "Versie", "proof": "Kenmerk", "page": "Pagina", "of": "van"},
    "en": {"between": "Parties", "controller": "Controller", "processor": "Processor", "registration": "Registration number",
           "signed": "Represented by", "made": "Accepted on", "version": "Version", "proof": "Reference", "page": "Page", "of": "of"},
}  # fmt: skip
_markdown = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable("image")


def agreement(row: Acceptance, signer: Signer, version: Version, words: Words, others: Words | None, places: Mapping[str, str]) -> bytes:
    """Return the agreement as PDF/A-2a and PDF/UA-1; `others` is the list of sub-processors of that day, as its annex. Raises
    CannotPrint."""
    return compiled(TEMPLATE, page_data(row, signer, version, words, others, places), format="pdf", pdf_standards=STANDARDS,
                    timestamp=int(row.accepted_at.timestamp()))  # fmt: skip


def page_data(row: Acceptance, signer: Signer, version: Version, words: Words, others: Words | None, places: Mapping[str, str]) -> str:
    """Return all that the template draws, as JSON. The platform's party stands as it was when the agreement was made."""
    party = {**places, "company": row.processor["name"], "company_address": row.processor["address"], "company_number": row.processor["registration"]}
    said = WORDS[row.language]
    texts = [words] if others is None else [words, others]
    return json.dumps({
        "language": row.language, "title": words.title, "words": said,
        "subtitle": f"{said['version']} {version.number}",
        "controller": _party(signer.organisation, signer.address, signer.registration, said), "signer": f"{signer.name}, {signer.function}",
        "processor": _party(party["company"], party["company_address"], party["company_number"], said),
        "made": format_datetime(row.accepted_at, "d MMMM y, HH:mm z", tzinfo=ZONE, locale=row.language),
        "proof": f"{row.id} · SHA-256 {row.sha256}",
        "texts": [{"title": one.title, "blocks": list(blocks(rules.filled(one.markdown, party)))} for one in texts],
    })  # fmt: skip


def _party(name: str, address: str, registration: str, said: Mapping[str, str]) -> list[str]:
    return [line for line in (name, address, f"{said['registration']}: {registration}" if registration else "") if line]


def blocks(markdown: str) -> Iterator[dict[str, Any]]:
    """Yield headings, paragraphs and items of lists as {kind, level, runs}; a run is [words, is strong]."""
    kind, level, depth = "text", 0, 0
    for token in _markdown.parse(markdown):
        if token.type == "heading_open":
            kind, level = "heading", int(token.tag[1])
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "paragraph_open":
            kind, level = ("item", depth) if depth else ("text", 0)
        elif token.type == "inline":
            yield {"kind": kind, "level": level, "runs": list(_runs(token))}


def _runs(inline: Token) -> Iterator[list[Any]]:
    strong = 0
    for token in inline.children or ():
        strong += {"strong_open": 1, "strong_close": -1}.get(token.type, 0)
        if token.content or token.type == "softbreak":
            yield [token.content or " ", strong > 0]
