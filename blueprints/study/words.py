"""Words of study records: times, where something was done, and every word of the record on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask import g
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from blueprints.study import study
from core import clock
from core.i18n import language
from tenants.past.models import PastResult
from tenants.study.queries import StudyRecord
from tenants.study.rules import Bar, Studied, Sums


@study.app_template_global()
def study_time(minutes: int) -> str:
    """Return `12 h 30 min`, a dash for none."""
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return "\u2013"
    if not hours:
        return _("%(num)d min", num=rest)
    return _("%(hours)d h %(num)d min", hours=hours, num=rest) if rest else _("%(num)d h", num=hours)


@study.app_template_global()
def source_words(source: str) -> str:
    """Return where something was done."""
    return {"course": _("Course"), "session": _("Session"), "past": _("From elsewhere")}[source]


@study.app_template_global()
def result_words(result: str | None) -> str:
    """Return a result as it is read: percent in the reader's language, words as they are."""
    if result and result.endswith("%") and result[:-1].replace(".", "", 1).isdigit():
        return f"{format_decimal(Decimal(result[:-1]), locale=language())}%"
    return result or ""


@study.app_template_global()
def study_points(points: Decimal | None) -> str:
    """Return `2.5 points`, nothing for none."""
    if not points:
        return ""
    number = format_decimal(points.normalize(), locale=language())
    return ngettext("%(number)s point", "%(number)s points", 1 if points == 1 else 2, number=number)


@study.app_template_global()
def bar_period(bar: Bar) -> str:
    """Return `November 2026`, or `2026` for a bar of a year."""
    if not bar.month:
        return str(bar.year)
    return str(format_date(date(bar.year, bar.month, 1), "LLLL y"))


def day_words(row: Studied) -> str:
    """Return a day with its year, as paper needs it."""
    return str(format_date(row.day, "d MMM y"))


def on_paper(record: StudyRecord, year: int | None) -> dict[str, Any]:
    """Return every word of the record as the template draws it."""
    title = _("Study record") if year is None else _("Study record of %(year)d", year=year)
    total = study_time(record.sums.total) if record.sums.total else _("none")
    return {
        "title": title, "name": record.member.name, "academy": g.academy.name, "colour": g.academy.colour, "language": language(),
        "made": _("Made on %(day)s", day=format_date(clock.today(g.academy.zone), "d MMMM y")),
        "total": _("Study time: %(time)s", time=total),
        "years_title": _("By year"), "years_head": [_("Year"), _("Courses"), _("Sessions"), _("From elsewhere"), _("Together")],
        "years": [_year_row(one, sums) for one, sums in record.years if sums.total],
        "rows_title": _("What was done"), "rows_head": [_("Day"), _("What"), _("Where from"), _("Result"), _("Study time")],
        "rows": [[day_words(row), row.title or "\u2013", source_words(row.source), _result(record.past.get(row.row_id)), study_time(row.minutes)]
                 for row in record.rows],
        "notes": notes(record),
    }  # fmt: skip


def _year_row(year: int, sums: Sums) -> list[str]:
    return [str(year), *(study_time(one) for one in (sums.course, sums.session, sums.past, sums.total))]


def _result(past: PastResult | None) -> str:
    """Return the result of something from elsewhere; what was done here has none to show."""
    if past is None:
        return "\u2013"
    return ", ".join(filter(None, (result_words(past.result), study_points(past.points)))) or "\u2013"


@study.app_template_global("record_notes")
def notes(record: StudyRecord) -> list[str]:
    """Return what a reader has to know."""
    said = [_("A course counts on the day that it was finished, with the hours that its author gives for all of it, its sessions too. "
              "Other sessions count for who came. Time at a screen is not measured.")]  # fmt: skip
    if record.past:
        said.append(_("What is marked as from elsewhere was taken over from a file. It is no proof by this academy."))
    return said
