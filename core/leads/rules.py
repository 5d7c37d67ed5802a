"""Decisions about requests for a demo: what is asked, and what looks as if a machine wrote it. No database."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

LONGEST_QUESTION: Final = 2_000
MONTHS_KEPT: Final = 12
# What an operator says with one button; planning asks for a moment besides.
STEPS: Final = ("new", "contacted", "closed")
# Nobody reads a form and fills in three fields in less; and a form that was open for longer than a day is shown anew.
FASTEST_S, LONGEST_S = 3, 24 * 3600
MOST_LINKS: Final = 2
LINK = re.compile(r"https?://|www\.|<a\s|\[url", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A request as it was typed."""

    name: str
    email: str
    organisation: str
    phone: str = ""
    question: str = ""
    trap: str = ""


def looks_sent_by_a_machine(asked: Asked, seconds: float) -> bool:
    """Return whether a request looks so: a field was filled in that nobody sees, it came faster than one types, an address of
    a page stands for a name, or the question is made of links. Such a request is kept for a person to look at."""
    short = (asked.name, asked.organisation, asked.phone)
    return (
        bool(asked.trap) or seconds < FASTEST_S or any(LINK.search(one) for one in short)
        or len(LINK.findall(asked.question)) > MOST_LINKS
    )  # fmt: skip


def stamp(moment: datetime, secret: bytes) -> str:
    """Return when a form was shown, signed: what comes back tells how long somebody had it before them."""
    at = str(int(moment.timestamp()))
    return f"{at}.{_sign(at, secret)}"


def seconds_since(stamped: str, now: datetime, secret: bytes) -> float | None:
    """Return how long ago a stamp was made; None for one that is not ours."""
    at, _, sign = stamped.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 12) or not hmac.compare_digest(sign.encode(), _sign(at, secret).encode()):
        return None
    return now.timestamp() - int(at)


def _sign(text: str, secret: bytes) -> str:
    return hmac.digest(secret, b"demo request form " + text.encode(), hashlib.sha256).hex()[:32]
