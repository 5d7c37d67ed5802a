"""A CSV or XLSX file as rows of text: what the encoding, the separator and the first sheet are is found out here."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import openpyxl

from tenants.imports.heads import MOST_ROWS, NotReadable

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED, MOST_PARTS, MOST_COLUMNS = 100 * 1024 * 1024, 500, 60
Table = list[tuple[int, list[str]]]


def table_of(data: bytes) -> Table:
    """Return (number of the row, its cells) from the head on, empty rows left out. Raises NotReadable."""
    if len(data) > MOST_BYTES:
        raise NotReadable("too_large")
    rows = _sheet(data) if data.startswith(b"PK\x03\x04") else _csv(text_of(data))
    table: Table = []
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            table.append((line, cells[:MOST_COLUMNS]))
        if len(table) > MOST_ROWS + 1:
            raise NotReadable("too_many")
    if not table:
        raise NotReadable("no_rows")
    return table


def text_of(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or else Windows-1252. Raises NotReadable."""
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if is_wide else ["utf-8-sig", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotReadable("not_text")


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.lstrip().split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    try:
        for cells in rows:
            yield rows.line_num, cells
    except csv.Error:
        raise NotReadable("broken") from None


def _sheet(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet. Whatever breaks in a foreign file means that it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            parts = pack.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise NotReadable("too_large")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=2 * MOST_ROWS, max_col=MOST_COLUMNS)
        yield from [(number, [_cell(one) for one in row]) for number, row in enumerate(rows, 1)]
    except NotReadable:
        raise
    except Exception:
        raise NotReadable("broken") from None


def _cell(cell: Any) -> str:
    """Return a cell as a reader of the sheet sees it: 87% and not 0.87, a day without the hour 0:00."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
