"""What is handed in is told by its bytes; what runs or draws itself as a page is refused; names say what is inside."""

from __future__ import annotations

import io
import struct

import pytest

from core.db import db
from tenants.files import storage
from tenants.files.actions import store_document
from tenants.files.documents import MAX_DOCUMENT_BYTES, named, paper_of
from tenants.files.looks import NotThat
from tests.cast import Cast
from tests.courses.writing import member
from tests.exercises.making import PDF, mp3, office, packed
from tests.files.making import box, film, picture

WORD, SHEET, SLIDES = "wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"
OPEN_TEXT = packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})
VOICE = box(b"ftyp", b"M4A " + bytes(4) + b"M4A mp42") + box(b"moov", b"soun")
PHONE = box(b"ftyp", b"mp42" + bytes(4) + b"isommp42") + box(b"moov", box(b"hdlr", b"soun"))
WAVE = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(28)


@pytest.mark.parametrize(("content", "name", "group", "media_type"), [
    (PDF, "a.pdf", "document", "application/pdf"), (PDF, "a.exe", "document", "application/pdf"),
    (office(WORD), "a.docx", "document", f"application/vnd.openxmlformats-officedocument.{WORD}"),
    (office(SHEET), "a.xlsx", "sheet", f"application/vnd.openxmlformats-officedocument.{SHEET}"),
    (office(SLIDES), "a.pptx", "slides", f"application/vnd.openxmlformats-officedocument.{SLIDES}"),
    (OPEN_TEXT, "a.odt", "document", "application/vnd.oasis.opendocument.text"),
    (b"Dear trainer,", "a.txt", "text", "text/plain"), ("\ufeff# Één".encode(), "a.md", "text", "text/markdown"),
    ("naam;één".encode("cp1252"), "a.csv", "sheet", "text/csv"), (mp3(), "a.mp3", "audio", "audio/mpeg"),
    (b"ID3\x04" + bytes(100), "a.mp3", "audio", "audio/mpeg"), (VOICE, "a.m4a", "audio", "audio/mp4"),
    (PHONE, "a.m4a", "audio", "audio/mp4"), (WAVE, "a.wav", "audio", "audio/wav"), (picture().getvalue(), "a.png", "image", ""),
], ids=lambda value: value if isinstance(value, str) else "bytes")  # fmt: skip
def test_what_is_taken(content: bytes, name: str, group: str, media_type: str) -> None:
    found = paper_of(io.BytesIO(content), name)
    assert (found.group, found.media_type) == (group, media_type)


@pytest.mark.parametrize(("content", "name", "why"), [
    (b"", "a.pdf", "empty"), (b"<!doctype html><script>alert(1)</script>", "a.txt", "not_a_document"),
    (b"  <svg onload=alert(1)>", "a.md", "not_a_document"), (b'<?xml version="1.0"?><svg/>', "a.txt", "not_a_document"),
    (b"plain words", "a.html", "not_a_document"), (b"plain words", "a.svg", "not_a_document"), (b"alert(1)", "a.js", "not_a_document"),
    (b"plain words", "a", "not_a_document"), (b"MZ\x90\x00", "a.txt", "not_a_document"), (b"#!/bin/sh\x00", "a.txt", "not_a_document"),
    (b"x<html>%PDF-1.7", "a.pdf", "not_a_document"), (packed({"x": b"y"}), "a.docx", "not_a_document"), (b"PK\x03\x04 broken", "a.docx", "not_a_document"),
    (office(WORD, **{"word__vbaProject.bin": b"x"}), "a.docx", "has_macros"), (film().getvalue(), "a.m4a", "not_a_document"),
    (office("wordprocessingml.template"), "a.docx", "not_a_document"), (b"\xff\xfb\x90\x00 no second frame", "a.mp3", "not_a_document"),
], ids=lambda value: value if isinstance(value, str) else "bytes")  # fmt: skip
def test_what_is_refused(content: bytes, name: str, why: str) -> None:
    with pytest.raises(NotThat) as refusal:
        paper_of(io.BytesIO(content), name)
    assert refusal.value.why == why


def test_a_zip_of_endless_parts_is_not_read() -> None:
    with pytest.raises(NotThat):
        paper_of(io.BytesIO(packed({f"{n}": b"" for n in range(6_000)})), "a.docx")


@pytest.mark.parametrize(("name", "suffixes", "plain"), [
    ("a.pdf", (".pdf",), "a.pdf"), ("a.PDF", (".pdf",), "a.PDF"), ("evil.html", (".txt",), "evil.html.txt"),
    ("noname", (".docx",), "noname.docx"), ("a.jpeg", (".jpg", ".jpeg"), "a.jpeg"),
])  # fmt: skip
def test_a_name_ends_in_what_it_holds(name: str, suffixes: tuple[str, ...], plain: str) -> None:
    assert named(name, suffixes) == plain


def test_documents_are_stored_as_they_came_and_images_drawn_anew(cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        person = member(cast, "participant")
        file = store_document(io.BytesIO(PDF), "C:\\x\\plan.html", person)
        assert (file.kind, file.name, b"".join(storage.read(file.id))) == ("document", "plan.html.pdf", PDF)
        hidden = io.BytesIO(picture().getvalue() + b"<script>alert(1)</script>")
        image = store_document(hidden, "x.png", person)
        assert (image.kind, image.media_type, image.width) == ("document", "image/png", 60)
        assert b"<script>" not in b"".join(storage.read(image.id))
        text = store_document(io.BytesIO("één".encode("cp1252")), "a.txt", person)
        assert b"".join(storage.read(text.id)) == "één".encode()


def test_size_and_group_are_limits(cast: Cast) -> None:
    class Long(io.BytesIO):
        """Claims to be long."""

        def seek(self, offset: int, whence: int = 0) -> int:
            return MAX_DOCUMENT_BYTES + 1 if whence == 2 else super().seek(offset, whence)

    with db.scope(cast.academy.scope):
        for source, groups, why in ((Long(PDF), ("document",), "too_large"), (io.BytesIO(PDF), ("image", "audio"), "not_asked")):
            with pytest.raises(NotThat) as refusal:
                store_document(source, "a.pdf", member(cast, "participant"), groups)
            assert refusal.value.why == why
