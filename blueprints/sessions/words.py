"""What pages of sessions say: when it is, until when, how full; and where the pages of a list are."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blueprints.sessions import sessions
from core.i18n import format_day, zone
from tenants.sessions.models import LiveSession
from tenants.sessions.queries import Listed, Shown

AHEAD_WORDS = {
    0: _l("Until it starts"), 60: _l("Until an hour before"), 120: _l("Until two hours before"),
    1440: _l("Until a day before"), 2880: _l("Until two days before"), 4320: _l("Until three days before"),
    10080: _l("Until a week before"),
}  # fmt: skip
ATTENDANCE_WORDS = {"present": _l("Present"), "late": _l("Late"), "absent": _l("Absent"), "excused": _l("Excused")}


@sessions.app_template_global()
def session_when(session: LiveSession) -> str:
    """Return `Friday 27 November, 09:30-11:00`, by the clock on the wall; the zone only if it is not the academy's."""
    weekday = format_date(session.starts_wall.date(), "EEEE")
    words = _("%(weekday)s %(day)s, %(begins)s-%(ends)s", weekday=weekday, day=format_day(session.starts_wall.date()),
              begins=f"{session.starts_wall:%H:%M}", ends=f"{session.ends_wall:%H:%M}")  # fmt: skip
    return words if session.zone == zone() else f"{words} ({session.zone})"


@sessions.app_template_global()
def session_day(session: LiveSession) -> tuple[str, str]:
    """Return day and short month, as the agenda draws them."""
    return str(session.starts_wall.day), str(format_date(session.starts_wall.date(), "MMM"))


@sessions.app_template_global()
def session_where(session: LiveSession) -> str:
    """Return where it is."""
    if session.kind == "online":
        return _("Online")
    return ", ".join(part for part in (session.place, session.address) if part) or _("In a classroom")


@sessions.app_template_global()
def places_words(shown: Shown) -> str:
    """Return how many places are free."""
    left = shown.places_left
    if left is None:
        return ngettext("%(num)d person comes", "%(num)d people come", shown.seated)
    if left == 0 or shown.waiting:
        return ngettext("Full, %(num)d person waits", "Full, %(num)d people wait", shown.waiting)
    return ngettext("%(num)d place left", "%(num)d places left", left)


@sessions.app_template_global()
def attendance_words() -> dict[str, str]:
    """Return the four words of attendance."""
    return {key: str(text) for key, text in ATTENDANCE_WORDS.items()}


def page_number() -> int:
    """Return which page of a list was asked for, from 1."""
    return min(max(1, request.args.get("page", 1, type=int)), 10_000)


def pages_of(endpoint: str, listed: Listed) -> dict[str, Any]:
    """Return the addresses of the pages before and after."""
    number = page_number()
    values: dict[str, Any] = {key: value for key, value in request.args.to_dict().items() if key != "page"}
    return {
        "before": url_for(endpoint, **values, page=number - 1) if number > 1 else None,
        "after": url_for(endpoint, **values, page=number + 1) if listed.has_next else None,
        "page_words": _("Page %(number)d", number=number),
    }
