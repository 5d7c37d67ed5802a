"""Operators see which versions hold, how many accepted them, and which academies wait for their agreement."""

from __future__ import annotations

from flask import render_template

from blueprints.legal.blueprint import legal
from blueprints.legal.reading import title_of
from core import clock
from core.access import operator
from core.legal import queries
from core.legal.rules import NAMES


@legal.get("/operator/legal")
@operator
def desk() -> str:
    """Show every version with its numbers, and who waits."""
    versions = [one for name in NAMES for one in queries.every(name)]
    return render_template("legal/desk.html", versions=versions, counts=queries.count_by_version(), waiting=queries.waiting(), title_of=title_of, now=clock.now())
