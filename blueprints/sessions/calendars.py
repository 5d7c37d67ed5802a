"""Calendars: the file of one session, a private address for calendar programs, and what it serves."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from blueprints.credentials import address
from blueprints.me import me
from blueprints.sessions import sessions
from core import limits
from core.access import public, signed_in
from core.limits import Limit
from core.urls import academy_url
from tenants.sessions import feeds, queries

TOKEN_PER_HOUR = 60
ADDRESS_PER_HOUR = 600


@sessions.get("/agenda/<uuid:session_id>/invitation.ics")
@signed_in
def invitation(session_id: UUID) -> Response:
    """Download the session for a calendar program."""
    shown = queries.session_for(me(), session_id)
    return calendar(feeds.invitation_for(shown, me(), g.academy.slug), "invitation.ics")


@sessions.get("/agenda/calendar")
@signed_in
def subscription() -> str:
    """Show whether the person has a calendar address, and how it works."""
    return render_template("sessions/calendar.html", feed=feeds.feed_of(me()), url=None)


@sessions.post("/agenda/calendar")
@signed_in
def make_subscription() -> str:
    """Make a new calendar address and show it this once; an earlier one ends."""
    token = feeds.make_feed(me())
    url = academy_url(g.academy.slug, url_for(".read", token=token))
    return render_template("sessions/calendar.html", feed=feeds.feed_of(me()), url=url)


@sessions.post("/agenda/calendar/end")
@signed_in
def end_subscription() -> Redirect:
    """End the calendar address."""
    feeds.end_feed(me())
    flash(_("The calendar address no longer works"))
    return redirect(url_for(".subscription"))


@sessions.get("/calendar/<token>.ics")
@public
def read(token: str) -> Response:
    """Serve a member's sessions to whoever knows the address; a wrong one is 404."""
    limits.spend([Limit("calendar", (token[:128],), TOKEN_PER_HOUR, 3600),
                  Limit("calendar address", (address(),), ADDRESS_PER_HOUR, 3600)])  # fmt: skip
    return calendar(feeds.calendar_by_token(token, g.academy.slug))


def calendar(content: bytes, filename: str | None = None) -> Response:
    """Return an iCalendar file, which no cache keeps and no search engine lists."""
    answer = Response(content, mimetype="text/calendar", headers={"X-Robots-Tag": "noindex"})
    if filename and request.method == "GET":
        answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer
