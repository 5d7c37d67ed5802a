"""Certificates on paper: what the template draws, as data."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from datetime import date, datetime
from pathlib import Path

import segno
from PIL import Image

from core.paper import STANDARDS, compiled
from tenants.certificates.rules import WORDS, Facts, day_words, paragraphs, values_of

TEMPLATE = Path(__file__).with_name("certificate.typ")
LOGO_EDGE = 800
PREVIEW_PPI = 96.0


def pdf(facts: Facts, name: str, number: str, issued: date, expires: date | None, address: str,
        logo: bytes | None, made: datetime) -> bytes:  # fmt: skip
    """Return the certificate as PDF/A-2a and PDF/UA-1. `address` is where it can be checked. Raises CannotPrint."""
    data = page_data(facts, name, number, issued, expires, address, logo)
    return compiled(TEMPLATE, data, format="pdf", pdf_standards=STANDARDS, timestamp=int(made.timestamp()))


def preview(facts: Facts, name: str, number: str, issued: date, expires: date | None, address: str,
            logo: bytes | None) -> bytes:  # fmt: skip
    """Return the same page as PNG. Raises CannotPrint."""
    return compiled(TEMPLATE, page_data(facts, name, number, issued, expires, address, logo), format="png", ppi=PREVIEW_PPI)


def page_data(facts: Facts, name: str, number: str, issued: date, expires: date | None, address: str,
              logo: bytes | None) -> str:  # fmt: skip
    """Return all that the template draws, as JSON."""
    words, values = WORDS[facts.language], values_of(facts, name, issued, number)
    until = f"{words['until']} {day_words(expires, facts.language)}" if expires else ""
    return json.dumps({
        "title": facts.title, "academy": facts.academy, "colour": facts.colour, "language": facts.language,
        "landscape": facts.orientation == "landscape", "text": paragraphs(facts.body, values),
        "signers": facts.signers, "number": f"{words['number']} {number}", "until": until,
        "check": words["check"], "address": address, "qr_words": words["qr"],
        "qr": qr(address), "logo": logo_svg(logo) if logo else "",
    })  # fmt: skip


def qr(address: str) -> str:
    """Return the QR code of the address as SVG."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=2)
    return out.getvalue().decode()


def logo_svg(content: bytes) -> str:
    """Return the logo, at most LOGO_EDGE pixels a side, wrapped as SVG: the template takes text only."""
    with Image.open(io.BytesIO(content)) as image:
        small = image.convert("RGBA")
        small.thumbnail((LOGO_EDGE, LOGO_EDGE))
        out = io.BytesIO()
        small.save(out, "PNG")
    size = f'width="{small.width}" height="{small.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>'
        f'<image {size} xlink:href="data:image/png;base64,{b64encode(out.getvalue()).decode()}"/></svg>'
    )
