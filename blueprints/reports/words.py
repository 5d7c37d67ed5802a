"""Words that only pages of reports need: filters, the matrix drawn, days and percentages; tenants/reports/words.py has the rest."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from markupsafe import Markup, escape

from blueprints.reports import reports
from core.i18n import format_day, format_moment
from tenants.reports.matrix import STATES, Cell, Row
from tenants.reports.naming import kind_name, report_name
from tenants.reports.timeline import Moment
from tenants.reports.words import advice_words, cell_words, percent_words, reason_words, standing_words

for _words in (reason_words, standing_words, cell_words, advice_words, kind_name, report_name):
    reports.add_app_template_global(_words)


@reports.app_template_global()
def why_name(why: str) -> str:
    """Return the name of a reason, for filters."""
    return {"late": _("Past a deadline"), "waiting": _("Waits for feedback"), "stalled": _("Inactive for a week"),
            "not_yet": _("Stuck on questions")}[why]  # fmt: skip


@reports.app_template_global()
def standing_name(standing: str) -> str:
    """Return the name of a standing, for filters."""
    return {"quiet": _("Inactive for a week"), "waiting": _("Not started"), "busy": _("On the way"),
            "done": _("Finished"), "ended": _("No longer takes it")}[standing]  # fmt: skip


@reports.app_template_global()
def sort_name(order: str) -> str:
    """Return the name of an order."""
    return {"help": _("Who needs help first"), "name": _("Name"), "done": _("Furthest first"), "active": _("Last active first"),
            "hours": _("Most hours first")}[order]  # fmt: skip


@reports.app_template_global()
def period_name(by: str) -> str:
    """Return what a period is about."""
    return {"enrolled": _("Enrolled"), "active": _("Last active"), "done": _("Finished")}[by]


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
         "certificate": "award", "past": "upload"}  # fmt: skip


def moment_words(moment: Moment) -> dict[str, str]:
    """Return what happened as title and text of a timeline's entry."""
    title = {
        "enrolled": _("Enrolled"), "opened": _("Began a lesson"), "done": _("Finished a lesson"), "sat": _("Handed in a test"),
        "handed_in": _("Handed in an exercise"), "finished": _("Finished the course"), "ended": _("Left the course"),
        "certificate": _("Earned a certificate"), "past": _("Result from elsewhere, taken over"),
    }[moment.what]  # fmt: skip
    result = "" if moment.percent is None else f" ({percent_words(moment.percent)})"
    return {"title": title, "text": moment.title + result}


def moment_time(moment: Moment) -> str:
    """Return when it happened; of what came from elsewhere only the day is known."""
    return format_day(moment.at) if moment.what == "past" else format_moment(moment.at)


@reports.app_template_global()
def share_words(share: float | None) -> str:
    """Return a share (0-1) or a correlation (-1 to 1) with two decimals; a dash where it is hidden or not defined."""
    return "\u2013" if share is None else f"{share:.2f}".replace("-", "\u2212")
