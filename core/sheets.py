"""Tables as files that spreadsheets open: CSV and XLSX. A cell is text or a number, never a formula (T30)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
MARK = "\ufeff"
MOST_WIDE = 60
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def cell(value: Any) -> str:
    """Return the value as text that a spreadsheet takes for text: what could begin a formula gets an apostrophe."""
    if isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) or text.startswith(FORMULA) else text


def packed(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the rows as CSV in UTF-8 with its mark, so that spreadsheets read the letters right."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in rows)
    return (MARK + out.getvalue()).encode()


def workbook(rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """Return the rows as one sheet of an XLSX file, the first row as its head; texts are written as texts whatever they
    begin with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "Sheet1")
    bold, wide = book.add_format({"bold": True}), dict[int, int]()
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, int | Decimal | float) and not isinstance(value, bool):
                sheet.write_number(number, place, value)
            else:
                text = "" if value is None else str(value)
                sheet.write_string(number, place, text[:32_000], bold if number == 0 else None)
                wide[place] = max(wide.get(place, 8), min(MOST_WIDE, len(text) + 2))
    for place, width in wide.items():
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def file_of(rows: Iterable[Sequence[Any]], kind: str, title: str) -> bytes:
    """Return the rows as a file of the kind "csv" or "xlsx"."""
    return workbook(rows, title) if kind == "xlsx" else packed(rows)
