"""Words of reports: reasons, standings, what a figure of a question advises, days and percentages."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from blueprints.reports import reports
from tenants.learning.overview import Person
from tenants.reports.matrix import STATES, Cell, Row
from tenants.reports.people import Learner
from tenants.reports.questions import Question
from tenants.reports.rules import FEWEST, Reason
from tenants.reports.timeline import Moment


@reports.app_template_global()
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


@reports.app_template_global()
def why_name(why: str) -> str:
    """Return the name of a reason, for filters."""
    return {"late": _("Past a deadline"), "waiting": _("Waits for feedback"), "stalled": _("Inactive for a week"),
            "not_yet": _("Stuck on questions")}[why]  # fmt: skip


@reports.app_template_global()
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


@reports.app_template_global()
def standing_name(standing: str) -> str:
    """Return the name of a standing, for filters."""
    return {"quiet": _("Inactive for a week"), "waiting": _("Not started"), "busy": _("On the way"),
            "done": _("Finished"), "ended": _("No longer takes it")}[standing]  # fmt: skip


@reports.app_template_global()
def sort_name(order: str) -> str:
    """Return the name of an order."""
    return {"help": _("Who needs help first"), "name": _("Name"), "done": _("Furthest first"), "active": _("Last active first")}[order]


@reports.app_template_global()
def period_name(by: str) -> str:
    """Return what a period is about."""
    return {"enrolled": _("Enrolled"), "active": _("Last active"), "done": _("Finished")}[by]


@reports.app_template_global()
def cell_words(cell: Cell) -> str:
    """Return what a cell of the matrix says."""
    words = {"done": _("done"), "busy": _("begun"), "late": _("past its deadline"), "todo": _("not begun")}[cell.state]
    return words if cell.percent is None else f"{words}, {percent_words(cell.percent)}"


def cell_writer() -> Callable[[Row], Markup]:
    """Return what writes the cells of one person as HTML. Thousands are drawn on one page: words are looked up once, and
    cells are joined, not rendered."""
    words = {state: str(escape(cell_words(Cell(state)))) for state in STATES}
    plain = {state: f'<td class="m-{state}"><span class="vh">{said}</span></td>' for state, said in words.items()}

    def write(row: Row) -> Markup:
        return Markup("".join(  # noqa: S704  words are escaped above, the rest are numbers
            plain[cell.state] if cell.percent is None else
            f'<td class="m-{cell.state}"><span class="vh">{words[cell.state]}, </span><b>{percent_words(cell.percent)}</b></td>'
            for cell in row.cells
        ))  # fmt: skip

    return write


ICONS = {"enrolled": "people", "opened": "eye", "done": "check", "sat": "quiz", "handed_in": "pen", "finished": "award", "ended": "leave",
         "certificate": "award"}  # fmt: skip


def moment_words(moment: Moment) -> dict[str, str]:
    """Return what happened as title and text of a timeline's entry."""
    title = {
        "enrolled": _("Enrolled"), "opened": _("Began a lesson"), "done": _("Finished a lesson"), "sat": _("Handed in a test"),
        "handed_in": _("Handed in an exercise"), "finished": _("Finished the course"), "ended": _("Left the course"),
        "certificate": _("Earned a certificate"),
    }[moment.what]  # fmt: skip
    result = "" if moment.percent is None else f" ({percent_words(moment.percent)})"
    return {"title": title, "text": moment.title + result}


def percent_words(percent: object) -> str:
    """Return a result in whole percent, cut: 69.9 is not 70."""
    return f"{int(percent)}%"  # type: ignore[call-overload]


@reports.app_template_global()
def share_words(share: float | None) -> str:
    """Return a share (0-1) or a correlation (-1 to 1) with two decimals; a dash where it is hidden or not defined."""
    return "\u2013" if share is None else f"{share:.2f}".replace("-", "\u2212")


@reports.app_template_global()
def advice_words(question: Question) -> str:
    """Return what to look at in a question."""
    return {
        "hidden": _("Fewer than %(number)d people answered it", number=FEWEST),
        "key": _("People who do well get it wrong: look at the right answer"),
        "hard": _("Hard: is it taught, and asked clearly?"), "easy": _("Nearly everybody gets it right"),
        "weak": _("Hardly tells people apart"), "": "",
    }[question.figures.advice]  # fmt: skip
