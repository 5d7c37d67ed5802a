"""Every English string has its Dutch, exact in its placeholders, and the compiled catalogue is the present one."""

from __future__ import annotations

import io
import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from core import catalogue

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def test_every_string_is_translated_and_compiled() -> None:
    assert list(catalogue.find_problems()) == []


def test_dutch_keeps_every_placeholder() -> None:
    for message in catalogue.load():
        english = message.id if isinstance(message.id, str) else message.id[1]
        dutch = message.string if isinstance(message.string, str) else message.string[-1]
        if message.id and dutch:
            assert sorted(PLACEHOLDER.findall(dutch)) == sorted(PLACEHOLDER.findall(english)), english


def test_dutch_says_je_not_u() -> None:
    formal = [m.id for m in catalogue.load() if m.id and re.search(r"\b(u|uw)\b", str(m.string), re.IGNORECASE)]
    assert formal == []


def test_compiled_catalogue_holds_the_strings() -> None:
    with catalogue.po_file().with_suffix(".mo").open("rb") as handle:
        assert read_mo(handle).get("Skip to content").string == "Naar de inhoud"


def message_book(*pairs: tuple[str, str]) -> Catalog:
    """Return a small Dutch catalogue."""
    book = Catalog(locale="nl")
    for english, dutch in pairs:
        book.add(english, dutch)
    return book


def test_merging_keeps_dutch_and_adds_empty_strings() -> None:
    merged = catalogue.merged(message_book(("Save", "Bewaar")), message_book(("Save", ""), ("Close", "")))
    assert merged.get("Save").string == "Bewaar"
    assert not merged.get("Close").string


def test_merging_keeps_unused_dutch_for_when_it_comes_back() -> None:
    away = catalogue.merged(message_book(("Save", "Bewaar")), message_book())
    assert away.get("Save") is None
    back = catalogue.merged(away, message_book(("Save", "")))
    assert back.get("Save").string == "Bewaar"


def test_added_lines_reach_the_catalogue_and_what_they_replace_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    books = {"messages": message_book(), "formal": message_book()}
    monkeypatch.setattr(catalogue, "load", lambda domain="messages": books[domain])
    monkeypatch.setattr(catalogue, "gather", lambda: message_book(("Save", "")))
    monkeypatch.setattr(catalogue, "save", lambda book, domain="messages": books.update({domain: book}))
    monkeypatch.setattr(catalogue, "compile_catalogue", lambda book, domain="messages": None)
    catalogue.add_lines(io.StringIO("Save\tBewaar\nbroken line\n"))
    assert books["messages"].get("Save").string == "Bewaar"
    said = capsys.readouterr().err
    assert "replaces" not in said
    books["messages"].get("Save").string = "Sla op"
    catalogue.add_lines(io.StringIO("Save\tBewaar\n"))
    assert "replaces 'Sla op', which other pages may say: Save" in capsys.readouterr().err
