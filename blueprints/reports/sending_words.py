"""Words of files and schedules of reports: how often, why not, with which filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from babel import Locale
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from blueprints.organisations.words import places_to_choose
from blueprints.reports import reports
from blueprints.reports.words import standing_name, why_name
from tenants.courses.models import Course
from tenants.reports.asking import Asked
from tenants.reports.models import ReportFile, ReportSchedule
from tenants.reports.naming import report_name


def weekdays() -> list[tuple[int, str]]:
    """Return (1, "Monday") to (7, "Sunday") for a list to choose from."""
    return [(number, _weekday(number).capitalize()) for number in range(1, 8)]


def _weekday(number: int) -> str:
    """Return the name of a day of the week, 1 to 7, as it stands in a sentence."""
    return str((get_locale() or Locale("en")).days["format"]["wide"][number - 1])


@reports.app_template_global()
def rhythm_words(found: ReportSchedule) -> str:
    """Return how often a report is mailed."""
    if found.every == "week":
        return _("Every week on %(day)s at 7:00", day=_weekday(found.on_day))
    return _("Every month on day %(day)d at 7:00", day=found.on_day)


@reports.app_template_global()
def why_stopped(found: ReportSchedule, courses: Mapping[UUID, Course]) -> str | None:
    """Return why a report is not mailed, or will not be when its day comes; None while it is."""
    course_id = found.asked.course_id
    if not found.is_active or course_id is None:
        return found.why
    course = courses.get(course_id)
    return "gone" if course is None else "archived" if course.state == "archived" else None


@reports.app_template_global()
def not_mailed_words(why: str) -> str:
    """Return why a report is mailed no longer, and what to do."""
    return {
        "you": _("You stopped it."),
        "rights": _("You could not see reports on the day that it was due."),
        "gone": _("Its course is gone, or you may no longer see it. Remove this report."),
        "archived": _("Its course is archived. Remove this report, or bring the course back and start it again."),
        "erased": _("It searched for somebody who was removed from the academy; that search is gone. Look at its filters before you start it again."),
    }[why]


@reports.app_template_global()
def trouble_words_of_report(trouble: str) -> str:
    """Return why there is no file, and what to do."""
    return {
        "gone": _("The course is gone, or you may no longer see it."),
        "rights": _("What you may see here has changed since you asked for it. Try again."),
        "stuck": _("It could not be made. Try again, or choose a filter that leaves people out."),
        "erased": _("The file was deleted, because somebody who may have stood in it was removed from the academy. Make it again."),
    }[trouble]


@reports.app_template_global()
def sent_report_name(found: ReportFile | ReportSchedule, courses: Mapping[UUID, Course]) -> str:
    """Return what a report is called."""
    course = courses.get(found.asked.course_id) if found.asked.course_id else None
    return report_name(found.kind, course.title if course else None)


@reports.app_template_global()
def filter_words(asked: Asked) -> list[str]:
    """Return what the filters leave, line by line; a filter that has no words here is counted."""
    values = asked.values()
    say: dict[str, Callable[[str], str]] = {
        "show": standing_name, "why": why_name, "name": lambda value: _("Name has \u201c%(text)s\u201d", text=value),
        "group": lambda value: _("Group: %(name)s", name=_named(places_to_choose().groups, value)),
        "organisation": lambda value: _("Organisation: %(name)s", name=_named(places_to_choose().organisations, value)),
        "from": lambda value: _("From %(day)s", day=value), "to": lambda value: _("Until %(day)s", day=value),
    }  # fmt: skip
    said = [say[name](value) for name, value in values.items() if name in say]
    others = len(values.keys() - say.keys() - {"course", "by", "sort"})
    return [*said, ngettext("%(num)d more filter", "%(num)d more filters", others)] if others else said


def _named(known: Iterable[tuple[UUID, str]], key: str) -> str:
    """Return the name of a group or an organisation by its id; one that is archived or gone has none here."""
    return next((name for one, name in known if str(one) == key), _("archived or gone"))
