"""A study record on paper: one typst template, printed as certificates are (PDF/A-2a and PDF/UA-1)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from core.paper import STANDARDS, compiled

TEMPLATE = Path(__file__).with_name("record.typ")


def pdf(page: dict[str, Any], made: datetime) -> bytes:
    """Return the record as PDF; `page` holds every word that stands on it. Raises CannotPrint."""
    return compiled(TEMPLATE, json.dumps(page), format="pdf", pdf_standards=STANDARDS, timestamp=int(made.timestamp()))
