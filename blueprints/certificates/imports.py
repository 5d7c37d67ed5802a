"""Past certificates from a file: read, shown row by row, then taken whole."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from blueprints.certificates import certificates
from blueprints.certificates.words import FILE_PROBLEMS
from blueprints.me import me
from core.access import roles
from tenants.certificates import importing
from tenants.certificates.importing import NotReadable


@certificates.get("/certificates/import")
@roles("manager", "owner")
def import_() -> str:
    """Ask for the file."""
    return render_template("certificates/import.html", rows=None)


@certificates.post("/certificates/import")
@roles("manager", "owner")
def import_preview() -> Any:
    """Show what the file holds and what is wrong in it; nothing is stored."""
    sent = request.files.get("file")
    text = importing.text_of(sent.read()) if sent else request.form.get("text", "")
    try:
        rows = importing.matched(text, me())
    except NotReadable as refusal:
        return render_template("certificates/import.html", rows=None, error=FILE_PROBLEMS[refusal.why]), 422
    wrong = sum(bool(row.problems) for row in rows)
    return render_template("certificates/import.html", rows=rows, wrong=wrong, text=text), 422 if wrong else 200


@certificates.post("/certificates/import/taking")
@roles("manager", "owner")
def import_take() -> Any:
    """Store every row, or none."""
    count = importing.take(request.form.get("text", ""), me())
    flash(ngettext("%(num)d certificate taken over", "%(num)d certificates taken over", count))
    return redirect(url_for(".issued"), 303)
