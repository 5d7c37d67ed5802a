"""What a report is called, in lists, letters and files."""

from __future__ import annotations

from flask_babel import gettext as _


def kind_name(kind: str) -> str:
    """Return the name of a kind of report."""
    return {"help": _("Who needs help"), "people": _("People"), "matrix": _("Matrix"), "stops": _("Where people stop"),
            "questions": _("Questions"), "hours": _("Study hours")}[kind]  # fmt: skip


def report_name(kind: str, course_title: str | None = None) -> str:
    """Return the name of a report, with the course that it is of."""
    if kind in ("help", "hours") or not course_title:
        return kind_name(kind)
    return str(_("%(report)s: %(course)s", report=kind_name(kind), course=course_title))
