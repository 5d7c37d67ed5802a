"""A register as rows of a table that leaves the product."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response
from flask_babel import gettext as _

from core import sheets
from core.processing.measures import MEASURES, TRANSFERS
from core.processing.register import Entry


def rows_of(entries: Iterable[Entry]) -> list[list[str]]:
    """Return the head and one row for each activity."""
    head = [_("Activity"), _("Purpose"), _("Legal basis"), _("People"), _("Kinds of data"), _("Recipients"), _("Kept"), _("Outside the EEA"), _("Protection"), _("Fields")]
    return [head, *([str(said) for said in _cells(entry)] for entry in entries)]


def _cells(entry: Entry) -> tuple[object, ...]:
    one = entry.activity
    return (one.label, one.purpose, one.basis, one.people, one.data, one.recipients, "; ".join(entry.retention), TRANSFERS,
            " ".join(map(str, MEASURES)), ", ".join(entry.fields))  # fmt: skip


def csv_file(rows: list[list[str]], name: str) -> Response:
    """Return the rows as a file to download."""
    return Response(sheets.packed(rows), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}.csv"})
