"""CSV and XLSX in: one question per row under a head that names the columns; and the template to fill in."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import openpyxl
import xlsxwriter

from tenants.bank.formats.fit import decimal_of, fitting, matching_rule, number_rule, ordering_rule, shortened
from tenants.bank.formats.question import MOST_QUESTIONS, Notes, ReadChoice, Reading, ReadQuestion, Unfit, Unreadable

ANSWERS = 12
COLUMNS = ("kind", "title", "question", *(f"answer {n}" for n in range(1, ANSWERS + 1)), "right", "margin", "unit",
           "text with gaps", "feedback right", "feedback again", "hint", "tags",
           *(f"feedback {n}" for n in range(1, ANSWERS + 1)))  # fmt: skip
DUTCH = {
    "soort": "kind", "titel": "title", "vraag": "question", "goed": "right", "marge": "margin", "eenheid": "unit",
    "tekst met gaten": "text with gaps", "feedback goed": "feedback right", "feedback nog niet": "feedback again",
    "labels": "tags", **{f"antwoord {n}": f"answer {n}" for n in range(1, ANSWERS + 1)},
}  # fmt: skip
KINDS = {
    **{kind: kind for kind in ("single", "multiple", "truefalse", "short", "number", "matching", "ordering", "gaps", "open", "file")},
    "true or false": "truefalse", "true/false": "truefalse", "waar of niet waar": "truefalse", "een": "single", "één": "single",
    "meer": "multiple", "woord": "short", "word": "short", "getal": "number", "koppelen": "matching", "volgorde": "ordering",
    "gaten": "gaps", "gap": "gaps", "bestand": "file",
}  # fmt: skip
TRUE, FALSE = {"true", "waar", "yes", "ja", "1", "t", "w"}, {"false", "niet waar", "onwaar", "no", "nee", "0", "f", "2"}
SEPARATOR = re.compile(r"\Asep=([;,\t])[^\S\n]*(?:\n|\Z)", re.IGNORECASE)
MOST_CELLS, MOST_CELL_SIGNS = 60, 20_000
MOST_UNPACKED, MOST_PARTS = 120 * 1024 * 1024, 2_000
EXAMPLES = (
    {"kind": "single", "title": "Flour", "question": "What is flour?", "answer 1": "Ground grain", "answer 2": "Fine salt",
     "right": "1", "feedback right": "Yes.", "feedback again": "Look at the bag.", "tags": "baking, basics"},
    {"kind": "multiple", "question": "What is in bread?", "answer 1": "Flour", "answer 2": "Water", "answer 3": "Sand", "right": "1, 2"},
    {"kind": "truefalse", "question": "Yeast lives.", "right": "true"},
    {"kind": "short", "question": "What makes dough rise?", "answer 1": "yeast", "answer 2": "sourdough"},
    {"kind": "number", "question": "How much is 2% of 800 g?", "right": "16", "margin": "0.5", "unit": "g"},
    {"kind": "matching", "question": "What belongs together?", "answer 1": "rye = dark", "answer 2": "wheat = light"},
    {"kind": "ordering", "question": "In which order?", "answer 1": "Mix", "answer 2": "Knead", "answer 3": "Bake"},
    {"kind": "gaps", "question": "Fill in the gaps.", "text with gaps": "Bread needs [[flour]] and [[water|~sand|~glass]]."},
    {"kind": "open", "question": "Which bread do you like, and why?"},
)  # fmt: skip


def read_csv(text: str) -> Reading:
    """Return the questions of a CSV file with commas, semicolons or tabs, and the report on it. Raises Unreadable."""
    told = SEPARATOR.match(text)
    text = SEPARATOR.sub("\n", text)  # a first line `sep=;` is for spreadsheets
    head = re.sub('"[^"]*"', "", text.lstrip("\n").split("\n", 1)[0])
    rows = csv.reader(io.StringIO(text), delimiter=told.group(1) if told else max(";,\t", key=head.count))
    try:
        return read_rows(_numbered(rows))
    except csv.Error:
        raise Unreadable("broken_csv", line=rows.line_num) from None


def _numbered(rows: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it begins: a cell can hold several lines."""
    line = 1
    for row in rows:
        yield line, row
        line = rows.line_num + 1


def read_xlsx(data: bytes) -> Reading:
    """Return the questions of the first sheet that has them, and the report on it. Raises Unreadable."""
    _refuse_bomb(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return _first_with_questions(book.worksheets)
    except (Unreadable, Unfit):
        raise
    except Exception:  # a broken workbook can raise nearly anything
        raise Unreadable("broken_sheet") from None


def _first_with_questions(sheets: Sequence[Any]) -> Reading:
    """Return what the first sheet with a head holds; other sheets that hold something are named. Raises Unreadable."""
    reading, others = None, []
    for sheet in sheets:
        sheet.reset_dimensions()
        try:
            if reading is None:
                reading = read_rows(_rows(sheet, MOST_QUESTIONS + 2))
                continue
        except Unreadable as why:
            if why.code != "no_head":
                raise
        if any(cell for _number, row in _rows(sheet, 50) for cell in row):
            others.append(sheet.title)
    if reading is None:
        raise Unreadable("no_head")
    for name in others:
        reading.leave(1, "sheet", name=name[:40])
    return reading


def _rows(sheet: Any, most: int) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(max_row=most, max_col=MOST_CELLS), start=1):
        yield number, [_cell(one) for one in row]


def _refuse_bomb(data: bytes) -> None:
    """Raise Unreadable for what is no workbook, or unpacks to far more than questions need."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        raise Unreadable("broken_sheet") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("too_large", most=MOST_UNPACKED // 1024 // 1024)


class Dated(str):
    """A cell of which the spreadsheet made a day or a time; somebody may have typed 1-2."""


def _cell(cell: Any) -> str:
    """Return what the cell shows, as far as it can be known."""
    value = cell.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime) and not (value.hour or value.minute or value.second):
        return Dated(value.date().isoformat())
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return Dated(value)
    if isinstance(value, int | float) and "%" in (cell.number_format or ""):
        return f"{value * 100:.10g}%"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def read_rows(rows: Iterable[tuple[int, Sequence[str]]]) -> Reading:
    """Return the questions of rows under a head, and the report on them. Raises Unreadable."""
    reading, given = Reading(), iter(rows)
    names = _head(given, reading)
    for number, row in given:
        cells = {name: cell.strip()[:MOST_CELL_SIGNS] for name, cell in zip(names, row, strict=False) if name}
        spare = sum(1 for name, cell in zip_longest(names, row, fillvalue="") if name == "" and (cell or "").strip())
        if not any(cells.values()) and not spare:
            continue
        notes = Notes()
        if spare:
            notes.lost("spare_cells", number=spare)
        if any(isinstance(cell, Dated) for name, cell in zip(names, row, strict=False) if name):
            notes.changed("date_cell")
        try:
            reading.keep(number, _question(cells, notes), notes)
        except Unfit as why:
            reading.leave(number, why.code, shortened(cells.get("question", "")), **why.facts)
    return reading


def _head(rows: Iterator[tuple[int, Sequence[str]]], reading: Reading) -> list[str | None]:
    """Return the names of the columns: empty for one without a name, None for one that we do not know and said so."""
    for number, row in rows:
        found = [" ".join(cell.replace("_", " ").lower().split()) for cell in row]
        if any(found):
            names = [DUTCH.get(name, name) for name in found]
            if "question" not in names:
                break
            for place, name in enumerate(names):
                if name and name not in COLUMNS:
                    reading.leave(number, "column", column=name[:40])
                elif name and name in names[:place]:
                    reading.leave(number, "same_column", column=name[:40])
            return [name if not name or (name in COLUMNS and name not in names[:place]) else None for place, name in enumerate(names)]
    raise Unreadable("no_head")


def _question(cells: dict[str, str], notes: Notes) -> ReadQuestion:
    kind = _kind(cells)
    built = READERS[kind](cells, notes)
    tags = tuple(re.split("[,;]", cells.get("tags", "")))
    return fitting(ReadQuestion(
        built.kind, cells.get("question", ""), cells.get("title", ""), tags, built.choices, cells.get("feedback right", ""),
        cells.get("feedback again", ""), cells.get("hint", ""), built.rule,
    ), notes)  # fmt: skip


def _kind(cells: dict[str, str]) -> str:
    """Return the kind that the row names or, when it names none, the one that its cells look like. Raises Unfit."""
    said = " ".join(cells.get("kind", "").lower().split())
    if said:
        if said not in KINDS:
            raise Unfit("kind", kind=said[:40])
        return KINDS[said]
    if cells.get("text with gaps"):
        return "gaps"
    if not _answers(cells):
        return "open" if not cells.get("right") else "truefalse" if _side(cells["right"]) is not None else "number"
    return "multiple" if len(_right(cells)) > 1 else "single"


def _answers(cells: dict[str, str]) -> list[tuple[int, str]]:
    numbered = ((n, cells.get(f"answer {n}", "")) for n in range(1, ANSWERS + 1))
    return [(n, text) for n, text in numbered if text]


def _right(cells: dict[str, str]) -> set[int]:
    return {int(one) for one in re.findall(r"\d{1,3}", cells.get("right", ""))}


def _side(text: str) -> bool | None:
    return True if text.strip().lower() in TRUE else False if text.strip().lower() in FALSE else None


def _choices(kind: str) -> Callable[[dict[str, str], Notes], ReadQuestion]:
    def read(cells: dict[str, str], notes: Notes) -> ReadQuestion:
        right = _right(cells)
        if right - {n for n, _text in _answers(cells)}:
            raise Unfit("no_right")
        choices = tuple(ReadChoice(text, n in right, cells.get(f"feedback {n}", "")) for n, text in _answers(cells))
        return ReadQuestion(kind, "", choices=choices, rule={"partial": True} if kind == "multiple" else {})

    return read


def _true_false(cells: dict[str, str], notes: Notes) -> ReadQuestion:
    side = _side(cells.get("right", ""))
    if side is None:
        raise Unfit("no_right")
    return ReadQuestion("truefalse", "", choices=(ReadChoice("True", side, cells.get("feedback 1", "")),
                                                  ReadChoice("False", not side, cells.get("feedback 2", ""))))  # fmt: skip


def _short(cells: dict[str, str], notes: Notes) -> ReadQuestion:
    accepted = [text for _n, text in _answers(cells)] or [cells.get("right", "")]
    return ReadQuestion("short", "", rule={"accepted": accepted, "typos": 0, "case": False})


def _number(cells: dict[str, str], notes: Notes) -> ReadQuestion:
    value = cells.get("right") or cells.get("answer 1", "")
    tolerance = decimal_of(cells["margin"]) if cells.get("margin") else Decimal(0)
    return ReadQuestion("number", "", rule=number_rule(decimal_of(value), tolerance, cells.get("unit", "")))


def _matching(cells: dict[str, str], notes: Notes) -> ReadQuestion:
    pairs, extra = [], []
    for _n, text in _answers(cells):
        left, mark, right = (text.partition("->") if "->" in text else text.partition("="))
        if not mark:
            notes.lost("pair_without_arrow")
        elif left.strip():
            pairs.append((left, right))
        else:
            extra.append(right)
    return ReadQuestion("matching", "", rule=matching_rule(pairs, extra))


def _ordering(cells: dict[str, str], notes: Notes) -> ReadQuestion:
    return ReadQuestion("ordering", "", rule=ordering_rule([text for _n, text in _answers(cells)]))


def _gaps(cells: dict[str, str], notes: Notes) -> ReadQuestion:
    return ReadQuestion("gaps", "", rule={"text": cells.get("text with gaps", ""), "typos": 0, "case": False})


READERS: dict[str, Callable[[dict[str, str], Notes], ReadQuestion]] = {
    "single": _choices("single"), "multiple": _choices("multiple"), "truefalse": _true_false, "short": _short,
    "number": _number, "matching": _matching, "ordering": _ordering, "gaps": _gaps,
    "open": lambda cells, notes: ReadQuestion("open", ""), "file": lambda cells, notes: ReadQuestion("file", "", rule={"most": 1}),
}  # fmt: skip


def template_csv() -> bytes:
    """Return the template as CSV for every spreadsheet: semicolons and a byte order mark."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(EXAMPLES)
    return out.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """Return the template as XLSX."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    for place, name in enumerate(COLUMNS):
        sheet.write_string(0, place, name, bold)
        for row, example in enumerate(EXAMPLES, start=1):
            sheet.write_string(row, place, str(example.get(name, "")))
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
