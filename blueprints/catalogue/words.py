"""What pages of the catalogue say: places, offers, days, tabs; and the page of a course whose time has passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from blueprints.catalogue import catalogue
from blueprints.home.nav import counted, counts
from blueprints.me import me
from core import clock
from core.figures import Figure
from core.i18n import zone
from tenants.catalogue import queries, rules
from tenants.catalogue.queries import Offered
from tenants.catalogue.walks import Walk
from tenants.learning.queries import Expired

SAFE = frozenset({"GET", "HEAD"})


def today() -> date:
    """Return today's date in the academy's zone."""
    return clock.today(zone())


@catalogue.app_errorhandler(Expired)
def show_expired(error: Expired) -> Any:
    """Lead a reader to the page that says what to do; a form that was sent too late is told that nothing was kept."""
    if request.method in SAFE and not request.headers.get("HX-Request"):
        return redirect(url_for("catalogue.show", course_id=error.course_id))
    return render_template("catalogue/too_late.html", course_id=error.course_id), 410


@catalogue.app_template_global()
def last_day(ends_at: datetime) -> date:
    """Return the last day on which something that ends then is open, in the academy's zone."""
    return rules.last_day(ends_at, zone())


@catalogue.app_template_global()
def offer_tag(offered: Offered) -> str:
    """Return how the member stands to a course, or what keeps them out, in a word or two; "" when it is open."""
    return {
        "continue": _("You take this course"), "waiting": _("You are in line"), "asked": _("You asked to join"),
        "renew": _("Your time has passed"), "over": _("Your time has passed"), "wait": _("Full"),
        "not_yet": _("Opens later"), "closed": _("Closed"), "by_invitation": _("By invitation"), "ask": _("On request"),
    }.get(offered.offer, "")  # fmt: skip


@catalogue.app_template_global()
def left_words(offered: Offered) -> str:
    """Return how many places are left, "" without a limit."""
    if offered.left is None:
        return ""
    if offered.left == 0:
        return str(_("No places left"))
    return str(ngettext("%(num)d place left", "%(num)d places left", offered.left))


@catalogue.app_template_global()
def catalogue_tabs() -> list[dict[str, Any]]:
    """Return the pages around the catalogue that the person may open."""
    wanted: list[tuple[str, str, frozenset[str], int | None]] = [
        ("catalogue.index", _("Courses"), frozenset(), None), ("catalogue.paths", _("My paths"), frozenset(), None),
        ("catalogue.requests", _("Requests"), rules.DECIDERS, counts().get("catalogue.index")),
        ("catalogue.path_desk", _("Learning paths"), rules.PATH_WRITERS | rules.DECIDERS, None),
        *([] if me().is_limited else [("catalogue.links", _("Links to join"), rules.LINK_MAKERS, None)]),
    ]  # fmt: skip
    return [
        {"label": label, "url": url_for(endpoint), "current": request.endpoint == endpoint, "count": count or None}
        for endpoint, label, seen_by, count in wanted
        if not seen_by or seen_by & current_user.roles
    ]


@catalogue.app_template_global()
def may_renew(offered: Offered) -> bool:
    """Return whether the member may renew the course by themselves now."""
    ends_at = offered.enrolment.ends_at if offered.enrolment else None
    return rules.may_renew_now(offered.entry, ends_at, today(), zone())


@catalogue.app_template_global()
def outline_titles(outline: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return modules and lessons by title only, as the lesson thread draws them: nothing leads inside."""
    return [
        {
            "title": _("Module %(number)d: %(title)s", number=number, title=module["title"]),
            "lessons": [
                {"title": one["title"], "url": None, "state": "todo", "length": _("%(num)d min", num=one["minutes"])}
                for one in module["lessons"]
            ],
        }
        for number, module in enumerate(outline["modules"], start=1)
    ]


@catalogue.app_template_global()
def path_words(walk: Walk) -> str:
    """Return "2 of 4 courses done"."""
    return str(ngettext("%(done)d of %(num)d course done", "%(done)d of %(num)d courses done", walk.total, done=walk.done))


@catalogue.app_template_global()
def why_dead_words(why: str) -> str:
    """Return why a link to join no longer works, for staff."""
    return {"revoked": _("Withdrawn"), "expired": _("Expired"), "used_up": _("Used up")}[why]


def count_requests(roles: frozenset[str]) -> Figure | None:
    """Return the number of requests that wait for somebody with these roles."""
    return queries.requests_figure(me()) if roles & rules.DECIDERS else None


counted("catalogue.index", count_requests, _l("requests to join"))
