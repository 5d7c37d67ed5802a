"""Who needs help over all courses, one person in a course, and any report as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.me import me
from blueprints.reports import reports
from blueprints.reports.words import ICONS, moment_time, moment_words
from core.access import roles
from core.errors import NotFound
from core.sheets import TYPES, file_of
from tenants.learning import overview
from tenants.reports import helping, sight, timeline
from tenants.reports.asking import Asked, asked_of
from tenants.reports.tables import table_for


@reports.get("/reports")
@roles("trainer", "manager", "owner")
def index() -> str:
    """Show who needs help and why, over all courses or in one."""
    asked = asked_of(request.args)
    courses = sight.all_followed(me())
    wanted = [one for one in courses if asked.course_id in (None, one.course.id)]
    if asked.course_id and not wanted:
        raise NotFound("no such course")
    needy = helping.who_needs_help(wanted, asked)
    return render_template("reports/index.html", courses=courses, asked=asked, found=needy, **page_of(needy, helping.PER_PAGE))


def page_of(rows: list[Any], per_page: int) -> dict[str, Any]:
    """Return one page of the rows, and where the pages around it are."""
    last = max(1, -(-len(rows) // per_page))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    first = (number - 1) * per_page
    return {
        "rows": rows[first : first + per_page], "number": number,
        "before": to_page(number - 1) if number > 1 else None, "after": to_page(number + 1) if number < last else None,
        "shown": _("%(first)d-%(last)d of %(total)d", first=first + 1, last=min(first + per_page, len(rows)), total=len(rows)),
    }  # fmt: skip


def to_page(number: int) -> str:
    """Return the address of another page of the same selection."""
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(), "page": number}
    return url_for(request.endpoint or ".index", **values)


@reports.get("/reports/<any(help,people,matrix,stops,questions,hours):kind>.<any(csv,xlsx):extension>")
@roles("trainer", "manager", "owner")
def export(kind: str, extension: str) -> Response | str:
    """Download just what a report shows with these filters, all pages of it; a large one is offered to be made later."""
    asked = asked_of(request.args)
    table = table_for(me(), kind, asked)
    if table.is_large:
        return render_template("reports/large.html", kind=kind, extension=extension, asked=asked, cells=table.cells, title=table.title)
    answer = Response(file_of(table.make(), extension, table.title), mimetype=TYPES[extension])
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.{extension}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@reports.app_template_global()
def export_url(kind: str, asked: Asked, extension: str) -> str:
    """Return the address of a report as a file, with the filters of the page."""
    values: dict[str, Any] = {**asked.values(), "kind": kind, "extension": extension}
    return url_for("reports.export", **values)


@reports.get("/reports/<uuid:course_id>/people/<uuid:member_id>")
@roles("trainer", "manager", "owner")
def person(course_id: UUID, member_id: UUID) -> str:
    """Show how far one person is, what they did when, and what they answered: now, or in an attempt that was set aside."""
    here = sight.followed(me(), course_id)
    found = overview.person_in(me(), course_id, member_id, request.args.get("attempt", type=UUID))
    moments, spent = timeline.timeline_of(found.person.enrolment, here.outline)
    entries = [{"time": moment_time(one), "moment": one.at.isoformat(), "icon": ICONS[one.what], **moment_words(one)} for one in moments]
    return render_template("reports/person.html", found=found, entries=entries, spent=spent, aside=request.args.get("aside", type=UUID))
