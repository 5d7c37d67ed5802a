"""Pure decisions about certificates: what stands on one, in which words, until when, and what is wrong with a design."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

VALUES = ("name", "course", "date", "hours", "number")
VALUE = re.compile(r"\{(\w*)\}")
MAX_TITLE, MAX_BODY, MAX_SIGNERS, MAX_SIGNER = 80, 1_000, 3, 80
WORDS = {
    "nl": {"number": "Nummer", "until": "Geldig tot en met", "check": "Controleer op", "hours": "uur", "hour": "uur",
           "qr": "QR-code naar de controlepagina"},
    "en": {"number": "Number", "until": "Valid until", "check": "Check it at", "hours": "hours", "hour": "hour",
           "qr": "QR code to the page that checks this certificate"},
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What stands on a certificate, as it was when it was issued. `hours` are hours of study."""

    title: str = ""
    body: str = ""
    signers: tuple[tuple[str, str], ...] = ()
    course: str = ""
    summary: str = ""
    academy: str = ""
    colour: str = "#2f5bb7"
    language: str = "nl"
    orientation: str = "landscape"
    hours: Decimal | None = None
    logo_id: str | None = None

    def plain(self) -> dict[str, Any]:
        """Return the same as JSON takes it."""
        return {**asdict(self), "hours": None if self.hours is None else str(self.hours)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Facts:
        """Return what was stored."""
        hours = stored.get("hours")
        signers = tuple((name, role) for name, role in stored.get("signers", ()))
        return cls(**{**stored, "signers": signers, "hours": None if hours is None else Decimal(hours)})


def unknown_values(body: str) -> list[str]:
    """Return the {words} in the text that no certificate knows, in order."""
    return [word for word in VALUE.findall(body) if word not in VALUES]


def signers_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return (name, role) of each line; the role is what follows the first comma."""
    parts = (line.partition(",") for line in text.splitlines() if line.strip())
    return tuple((" ".join(name.split()), " ".join(role.split())) for name, _, role in parts)


def hours_of(text: str) -> Decimal | None:
    """Return the hours written with a point or a comma, None for nothing. Raises ValueError outside 0.5-9999."""
    if not text.strip():
        return None
    try:
        hours = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError("no number") from None
    if not hours.is_finite() or not Decimal("0.5") <= hours <= 9999:
        raise ValueError("too few or too many")
    return hours.quantize(Decimal("0.1"))


def expires_on(issued: date, months: int | None) -> date | None:
    """Return the last day that a certificate is valid: the same day, so many months on, or the month's last one."""
    if months is None:
        return None
    year, month = divmod(issued.year * 12 + issued.month - 1 + months, 12)
    return date(year, month + 1, min(issued.day, monthrange(year, month + 1)[1]))


def day_words(day: date, language: str) -> str:
    """Return `27 november 2026` in the certificate's language."""
    return format_date(day, "d MMMM y", locale=language)


def hours_words(hours: Decimal | None, language: str) -> str:
    """Return `12,5 uur` in the certificate's language, nothing for none."""
    if hours is None:
        return ""
    words = WORDS[language]
    return f"{format_decimal(hours.normalize(), locale=language)} {words['hour' if hours == 1 else 'hours']}"


def values_of(facts: Facts, name: str, day: date, number: str) -> dict[str, str]:
    """Return what each named value says on this certificate."""
    language = facts.language
    return {"name": name, "course": facts.course, "date": day_words(day, language),
            "hours": hours_words(facts.hours, language), "number": number}  # fmt: skip


def paragraphs(body: str, values: Mapping[str, str]) -> list[list[tuple[str, bool]]]:
    """Return the text as paragraphs of (words, is a value). A paragraph with a value that is empty is left out."""
    found = []
    for text in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        pieces = _pieces(" ".join(text.split()), values)
        if pieces and all(words for words, is_value in pieces if is_value):
            found.append(pieces)
    return found


def _pieces(text: str, values: Mapping[str, str]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    for index, part in enumerate(VALUE.split(text)):
        if index % 2:
            pieces.append((values[part], True) if part in values else (f"{{{part}}}", False))
        elif part:
            pieces.append((part, False))
    return pieces


def said(body: str, values: Mapping[str, str]) -> str:
    """Return the text in one line, as a screen reader or a credential says it."""
    return " ".join("".join(words for words, _ in pieces) for pieces in paragraphs(body, values))
