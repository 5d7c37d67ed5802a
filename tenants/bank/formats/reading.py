"""An uploaded file to questions: which format it is, how it is encoded, and what it holds."""

from __future__ import annotations

import re

from tenants.bank.formats.aiken import ANSWER, LETTER, read_aiken
from tenants.bank.formats.gift import read_gift
from tenants.bank.formats.moodle_xml import MOST_BYTES, read_moodle_xml
from tenants.bank.formats.question import Line, Reading, Unreadable
from tenants.bank.formats.sheet import COLUMNS, DUTCH, SEPARATOR, read_csv, read_xlsx
from tenants.bank.formats.words import decoded

FORMATS = ("gift", "aiken", "moodle_xml", "csv", "xlsx")
TEXTS = {"gift": read_gift, "aiken": read_aiken, "csv": read_csv}
PEEKED = 400_000
GIFT_ANSWERS = re.compile(r"(?<!\\)\{\s*(?:[=~#>}]|(?:T|F|TRUE|FALSE)\s*[}#])", re.IGNORECASE)


def read_file(data: bytes, name: str, wanted: str = "") -> tuple[str, Reading]:
    """Return the format and what the file holds; the format is found out when none is wanted. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("empty")
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large", most=MOST_BYTES // 1024 // 1024)
    form = wanted if wanted in FORMATS else format_of(data, name)
    if form == "xlsx":
        return form, _with_questions(read_xlsx(data))
    if form == "moodle_xml":
        return form, _with_questions(read_moodle_xml(data))
    text, remark = decoded(data)
    reading = TEXTS[form](text)
    if remark:
        reading.lines.insert(0, Line(1, "changed", remark))
    return form, _with_questions(reading)


def _with_questions(reading: Reading) -> Reading:
    if not reading.questions and not reading.lines:
        raise Unreadable("nothing_found")
    return reading


def format_of(data: bytes, name: str) -> str:
    """Return the format that the file looks like."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    start = _begin(data)
    if start.startswith("<?xml") or re.match(r"<(?:quiz|!DOCTYPE|!--)", start) or name.lower().endswith(".xml"):
        return "moodle_xml"
    if name.lower().endswith((".csv", ".tsv")) or _has_head(start):
        return "csv"
    lines = [line.strip() for line in start.split("\n")]
    answers, lettered = (sum(1 for line in lines if sign.fullmatch(line)) for sign in (ANSWER, LETTER))
    braces = len(GIFT_ANSWERS.findall(start))
    return "aiken" if answers and (not braces or (braces < answers and lettered > answers)) else "gift"


def _begin(data: bytes) -> str:
    """Return the beginning of the file as text, in whatever encoding it is."""
    try:
        return decoded(data[:PEEKED])[0].lstrip()
    except Unreadable:
        return ""


def _has_head(start: str) -> bool:
    start = SEPARATOR.sub("", start)
    cells = {cell.strip(' "').replace("_", " ").lower() for cell in re.split("[;,\t]", start.splitlines()[0] if start else "")}
    known = {DUTCH.get(cell, cell) for cell in cells} & set(COLUMNS)
    return "question" in known and len(known) > 1
