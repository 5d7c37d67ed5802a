"""Words of past results: what is wrong with a file or a row, what became of it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from blueprints.past import past
from tenants.imports.heads import MOST_ROWS
from tenants.past.rules import MOST_SIGNS

REFUSALS = {
    "no_person_column": _l("The first row has no column that says whose result it is. Name one of the columns E-mail or Personnel number."),
    "no_course_column": _l("The first row has no column that says what was done. Name one of the columns: Course."),
    "no_date_column": _l("The first row has no column that says when it was finished. Name one of the columns: Date."),
    "column_twice": _l("Two columns mean the same. Leave one of them out."),
    "no_rows": _l("There are no results in this file. Write one per row, under a row that names the columns."),
    "too_many": _l("A file holds at most %(most)d results. Split it over two files.", most=MOST_ROWS),
    "too_large": _l("This file is too large. It may have 5 MB at most."),
    "not_text": _l("We cannot read this file as text. Save it as CSV (UTF-8) or as XLSX."),
    "broken": _l("This file is damaged or of another kind. Save it as CSV (UTF-8) or as XLSX."),
}
PROBLEMS = {
    "no_person": _l("There is no e-mail address, personnel number or name"), "not_email": _l("This is not a whole e-mail address"),
    "nobody": _l("No member has this address, number or name: invite or add this person first"),
    "several": _l("Several members have this name: give the e-mail address"),
    "no_course": _l("There is no course"), "too_long": _l("A text is longer than %(most)d signs", most=MOST_SIGNS),
    "date": _l("Write the day like 2024-11-27 or 27-11-2024"), "future": _l("This day has not come yet"),
    "until": _l("The last valid day is no day, or lies before the first"),
    "percent": _l("A result has at most 100 percent"), "hours": _l("Write hours like 12, 12.5 or 1:30, 9999 at most"),
    "points": _l("Write points like 2 or 2.5, 9999 at most"),
}  # fmt: skip
WARNINGS = {
    "no_such_course": _l("This academy has no such course: kept under its own title"),
    "course_twice": _l("More than one course has this title: kept under its own title"),
    "formula": _l("Begins with a sign that spreadsheets calculate with: kept as text"),
    "known": _l("Stands here already"), "twice": _l("Stands in an earlier row too"),
    "finished_here": _l("Was finished here on that day"),
}  # fmt: skip
FATES = {
    "unread": _l("Not read yet"), "waiting": _l("Fits"), "wrong": _l("Cannot be taken over"), "double": _l("Left out: a double"),
    "left_out": _l("Left out: no course of this academy"), "taken": _l("Taken over"),
}  # fmt: skip
STATES = {
    "reading": _l("Is being read"), "read": _l("Waits for you"), "taking": _l("Is being taken over"), "taken": _l("Taken over"),
    "undone": _l("Undone"),
}  # fmt: skip


@past.app_template_global()
def past_words(group: str, word: str) -> str:
    """Return the words for a problem, a warning, a fate or a state."""
    return str({"problem": PROBLEMS, "warning": WARNINGS, "fate": FATES, "state": STATES}[group][word])
