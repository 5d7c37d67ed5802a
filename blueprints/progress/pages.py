"""The trainer's table of a course, and the page of one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.me import me
from blueprints.progress import progress
from core import clock
from core.access import roles
from tenants.learning import overview
from tenants.learning.overview import PER_PAGE, CourseCount, PeopleHere, Person

STANDINGS = ("quiet", "waiting", "busy", "done")


@progress.get("/progress")
@roles("trainer", "manager", "owner")
def index() -> str:
    """Show who is where in a course, who needs help first."""
    courses = overview.courses_to_follow(me())
    course_id = request.args.get("course", type=UUID) or (courses[0].course.id if courses else None)
    if course_id is None:
        return render_template("progress/index.html", courses=[], here=None)
    show = request.args.get("show", "all")
    here = overview.people_in(me(), course_id, show if show in STANDINGS else "all", request.args.get("name", ""))
    return render_template("progress/index.html", courses=courses, here=here, **page_of(here), **tabs_of(courses, here))


def page_of(here: PeopleHere) -> dict[str, object]:
    """Return one page of 25 people, and where the pages around it are."""
    last = max(1, -(-len(here.people) // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    first = (number - 1) * PER_PAGE
    return {
        "people": here.people[first : first + PER_PAGE],
        "before": to_page(number - 1) if number > 1 else None,
        "after": to_page(number + 1) if number < last else None,
        "shown": _("%(first)d-%(last)d of %(total)d", first=first + 1,
                   last=min(first + PER_PAGE, len(here.people)), total=len(here.people)),
    }  # fmt: skip


def to_page(number: int) -> str:
    """Return the address of another page of the same selection."""
    values: dict[str, Any] = {**request.args.to_dict(), "page": number}
    return url_for(".index", **values)


def tabs_of(courses: list[CourseCount], here: PeopleHere) -> dict[str, object]:
    """Return the tabs: one per course."""
    return {"tabs": [
        {"label": one.course.title, "url": url_for(".index", course=one.course.id), "count": one.people,
         "current": one.course.id == here.course.id}
        for one in courses
    ]}  # fmt: skip


@progress.get("/progress/<uuid:course_id>/<uuid:member_id>")
@roles("trainer", "manager", "owner")
def person(course_id: UUID, member_id: UUID) -> str:
    """Show how far one person is, and what they answered."""
    return render_template("progress/person.html", found=overview.person_in(me(), course_id, member_id))


@progress.app_template_global()
def standing_words(person: Person) -> str:
    """Return how a person stands, in words with numbers."""
    enrolment = person.enrolment
    days = max(0, (clock.now() - (enrolment.active_at or enrolment.enrolled_at)).days)
    if person.standing == "done":
        return _("Finished")
    if enrolment.active_at is None:
        return ngettext("Not started, enrolled %(num)d day ago", "Not started, enrolled %(num)d days ago", days)
    if person.standing == "quiet":
        return ngettext("Inactive for %(num)d day", "Inactive for %(num)d days", days)
    return _("On the way")


@progress.app_template_global()
def standing_name(standing: str) -> str:
    """Return the name of a standing, for filters."""
    return {"quiet": _("Inactive for a week"), "waiting": _("Not started"), "busy": _("On the way"),
            "done": _("Finished")}[standing]  # fmt: skip
