"""Words of reports, on pages and in files: reasons, standings, cells, what a figure of a question advises."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from tenants.learning.overview import Person
from tenants.reports.matrix import Cell
from tenants.reports.people import Learner
from tenants.reports.questions import Question
from tenants.reports.rules import FEWEST, Reason


def reason_words(reason: Reason) -> str:
    """Return why somebody needs help, with numbers."""
    days = reason.days
    if reason.why == "late":
        if not days:
            return ngettext("%(num)d deadline passed today", "%(num)d deadlines passed, the last today", reason.number)
        late = ngettext("%(num)d day late", "%(num)d days late", days)
        return late if reason.number == 1 else ngettext("%(late)s, %(num)d deadline", "%(late)s, %(num)d deadlines", reason.number, late=late)
    if reason.why == "waiting":
        return ngettext("Waits for feedback since %(num)d day", "Waits for feedback since %(num)d days", days)
    if reason.why == "stalled":
        if reason.number:
            return ngettext("Not started, enrolled %(num)d day ago", "Not started, enrolled %(num)d days ago", days)
        return ngettext("Inactive for %(num)d day", "Inactive for %(num)d days", days)
    return ngettext("%(num)d question at \u201cnot yet\u201d", "%(num)d questions at \u201cnot yet\u201d", reason.number)


def standing_words(person: Person | Learner) -> str:
    """Return how a person stands, in words with numbers."""
    days = person.quiet_days
    if person.standing == "done":
        return _("Finished")
    if person.standing == "ended":
        return _("No longer takes it")
    if person.active_at is None:
        return ngettext("Not started, enrolled %(num)d day ago", "Not started, enrolled %(num)d days ago", days)
    if person.standing == "quiet":
        return ngettext("Inactive for %(num)d day", "Inactive for %(num)d days", days)
    return _("On the way")


def cell_words(cell: Cell) -> str:
    """Return what a cell of the matrix says."""
    words = {"done": _("done"), "busy": _("begun"), "late": _("past its deadline"), "todo": _("not begun")}[cell.state]
    return words if cell.percent is None else f"{words}, {percent_words(cell.percent)}"


def percent_words(percent: object) -> str:
    """Return a result in whole percent, cut: 69.9 is not 70."""
    return f"{int(percent)}%"  # type: ignore[call-overload]


def advice_words(question: Question) -> str:
    """Return what to look at in a question."""
    return {
        "hidden": _("Fewer than %(number)d people answered it", number=FEWEST),
        "key": _("People who do well get it wrong: look at the right answer"),
        "hard": _("Hard: is it taught, and asked clearly?"), "easy": _("Nearly everybody gets it right"),
        "weak": _("Hardly tells people apart"), "": "",
    }[question.figures.advice]  # fmt: skip
