"""The PDF: by real typst, PDF/A by its structure, whatever people wrote shown and never run."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core import paper
from core.paper import CannotPrint
from tenants.certificates import printing
from tenants.certificates.rules import Facts
from tests.files.making import picture

FACTS = Facts(
    "Certificaat", "Hiermee verklaren wij dat\n\n{name}\n\nop {date} {course} heeft afgerond.\n\n{hours}",
    (("Noor Haddad", "Trainer"), ("Olga Visser", "")), "Medicatieveiligheid", "", "Zorgwijs", "#14665a", "nl", "landscape", Decimal("12.5"),
)  # fmt: skip
ADDRESS = "https://zorgwijs.kweek.example/verify/2345-6789-ABCD"
NASTY = [
    '#eval("1+1")', "#read(\"/etc/passwd\")", "$ x^2 $ *bold* _thin_ = Head", "\"); panic(\"", "\\u{41} \\", "#import \"@preview/x:1.0.0\"",
    "{course} {name}", "]] } #{ [", "</svg><script>alert(1)</script>", "`raw` <label> @ref // no /* no */", "' OR 1=1 --",
]  # fmt: skip


def made(facts: Facts = FACTS, name: str = "Wilhelmina van den Berg-Öztürk", logo: bytes | None = None) -> bytes:
    return printing.pdf(facts, name, "2345-6789-ABCD", date(2026, 11, 23), date(2028, 11, 23), ADDRESS, logo,
                        datetime(2026, 11, 23, 9, 0, 0, 123, UTC))  # fmt: skip


def unpacked(pdf: bytes) -> bytes:
    """Return the file with its compressed streams opened."""
    opened = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:
            opened.append(stream)
    return pdf + b"\n".join(opened)


def words(pdf: bytes) -> str:
    """Return the text of the pages, in order, by the fonts' own tables of characters."""
    objects = {int(n): body for n, body in re.findall(rb"\n(\d+) 0 obj\n?(.*?)\nendobj", pdf, re.DOTALL)}

    def stream(number: int) -> bytes:
        content = re.search(rb"stream\r?\n(.*?)\r?\nendstream", objects[number], re.DOTALL)
        assert content is not None
        return zlib.decompress(content[1]) if b"FlateDecode" in objects[number] else content[1]

    tables: dict[bytes, dict[int, str]] = {}
    names = dict(re.findall(rb"/(f\d+) (\d+) 0 R", pdf))
    for name, number in names.items():
        found = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        assert found is not None
        cmap = stream(int(found[1]))
        tables[name] = {int(a, 16): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in re.findall(rb"<([0-9A-Fa-f]{4})> ?<([0-9A-Fa-f]+)>", cmap)}
    said = []
    for number in re.findall(rb"/Contents (\d+) 0 R", pdf):
        table: dict[int, str] = {}
        for font, hexes, literal in re.findall(rb"/(f\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\(((?:\\.|[^\\)])*)\)", stream(int(number)), re.DOTALL):
            if font:
                table = tables[font]
            else:
                raw = bytes.fromhex(hexes.decode()) if hexes else plain(literal)
                said.append("".join(table.get(int.from_bytes(raw[at : at + 2], "big"), "") for at in range(0, len(raw), 2)))
    return "".join(said)


def plain(literal: bytes) -> bytes:
    """Return the bytes of a literal string of a PDF."""
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(match: re.Match[bytes]) -> bytes:
        sign = match[1]
        return bytes([int(sign, 8)]) if sign.isdigit() else named.get(sign, sign)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, literal, flags=re.DOTALL)


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_it_is_pdf_a_by_its_structure(orientation: str) -> None:
    pdf = unpacked(made(replace(FACTS, orientation=orientation), logo=picture().getvalue()))
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf and b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/Encrypt" not in pdf and b"/JavaScript" not in pdf and b"/EmbeddedFiles" not in pdf and b"/Launch" not in pdf
    assert b"/S/GTS_PDFA1" in pdf and b"/DestOutputProfile" in pdf
    assert b"/Marked true" in pdf and b"/StructTreeRoot" in pdf and b"/Lang(nl)" in pdf and b"/DisplayDocTitle true" in pdf
    descriptors = re.findall(rb"/Type ?/FontDescriptor.*?>>", pdf, re.DOTALL)
    assert descriptors and all(b"/FontFile3" in one or b"/FontFile2" in one for one in descriptors), "every font is embedded"
    assert len(re.findall(rb"/Subtype ?/Type0", pdf)) == len(re.findall(rb"/ToUnicode", pdf)) >= 1
    assert b"/Type0" in pdf and b"DejaVu" not in pdf and b"Liberation" not in pdf, "no font of this machine"
    assert pdf.count(b"/Alt") >= 2, "logo and QR code are described"


def test_it_says_what_stands_on_it_on_one_page() -> None:
    pdf = made()
    said = words(pdf).replace(" ", "")
    for part in ("Certificaat", "Wilhelmina van den Berg-Öztürk", "23 november 2026", "Medicatieveiligheid", "12,5 uur", "Noor Haddad",
                 "Trainer", "Olga Visser", "Nummer 2345-6789-ABCD", "Geldig tot en met 23 november 2028", ADDRESS):  # fmt: skip
        assert part.replace(" ", "") in said, part
    assert len(re.findall(rb"/Type ?/Page\b(?!s)", pdf)) == 1


def test_the_longest_text_still_fits_on_the_page() -> None:
    long = replace(FACTS, body=("{name} " + "woorden en nog meer woorden " * 40)[:1000], title="Certificaat " * 6)
    for orientation in ("landscape", "portrait"):
        pdf = made(replace(long, orientation=orientation), "Wilhelmina " * 10)
        assert len(re.findall(rb"/Type ?/Page\b(?!s)", pdf)) == 1


@pytest.mark.parametrize("text", NASTY)
def test_what_people_write_is_shown_and_never_run(text: str) -> None:
    facts = replace(FACTS, title=text, course=text, academy=text, signers=((text, text),), body="{name}")
    said = words(made(facts, name=text)).replace(" ", "")
    assert said.count(text.replace(" ", "")) >= 4, said
    assert "root:" not in said


def test_text_reaches_typst_as_data_only() -> None:
    source = paper._source(printing.TEMPLATE)
    assert b"Sanne" not in source and b"eval" not in source
    data = json.loads(printing.page_data(FACTS, 'S"#', "N", date(2026, 1, 1), None, ADDRESS, None))
    assert data["text"][1] == [['S"#', True]] and data["until"] == ""


@pytest.mark.parametrize("name", ["Łukasz Żółć", "Ωμέγα", "Анна", "José Ñuñez", "Şükrü Ğ", "محمد", "Ünal ﬁ"])
def test_names_of_many_scripts_are_printed(name: str) -> None:
    assert made(name=name).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["\u674e\u660e", "\U0001f600", "a\u0e01"])
def test_a_sign_without_a_font_prints_nothing_and_says_no_name(name: str) -> None:
    with pytest.raises(CannotPrint) as refused:
        made(name=name)
    assert name not in str(refused.value) and refused.value.__cause__ is None and refused.value.__suppress_context__


def test_the_same_certificate_is_the_same_file() -> None:
    assert made() == made()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_small(kind: str) -> None:
    svg = printing.logo_svg(picture(kind, (3000, 900)).getvalue())
    assert 'width="800" height="240"' in svg and "image/png" in svg
    assert made(logo=picture(kind, (3000, 900)).getvalue()).startswith(b"%PDF")


def test_the_preview_is_an_image_of_the_same_page() -> None:
    png = printing.preview(FACTS, "Sanne", "N", date(2026, 1, 1), None, ADDRESS, None)
    assert png.startswith(b"\x89PNG") and len(png) < 200_000
