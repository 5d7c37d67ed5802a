"""The page behind the bell, and the links that lead from it and from mails to what happened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import credentials
from blueprints.me import me
from blueprints.notifications.blueprint import notifications
from core import clock
from core.access import signed_in
from core.errors import NotFound
from core.i18n import format_day
from core.urls import safe_next
from tenants.notifications import actions, choices, queries, words

ICONS = {
    "message": "chat", "mention": "chat", "feedback": "pen", "answer": "chat", "hand_in": "pen", "question": "help", "invitation": "books",
    "decision": "mail", "deadline": "clock", "session": "cal", "certificate": "award", "course": "again", "peer": "people", "request": "user",
    "report": "chart",
}  # fmt: skip


@notifications.get("/notifications")
@signed_in
def index() -> str:
    """Show what happened, by day, the newest first; several of a kind that wait are one line."""
    zone = choices.times_of(me()).zone
    shown = queries.shown_to(me(), zone, request.args.get("before", type=UUID))
    today = clock.today(zone)
    days = [(day_words(day, today), [_line(line, zone) for line in lines]) for day, lines in shown.days]
    is_new = any(line["is_new"] for _day, lines in days for line in lines)
    return render_template("notifications/index.html", days=days, older=shown.older, seen=int(clock.now().timestamp() * 1_000_000), is_new=is_new)


def _line(line: queries.Line, zone: str) -> dict[str, Any]:
    at = line.newest.made_at.astimezone(clock.ZoneInfo(zone))
    return {"words": words.sentence(line), "icon": ICONS[line.kind], "is_new": line.is_new,
            "url": url_for(".open_notice", notice_id=line.newest.id), "at": at}  # fmt: skip


def day_words(day: Any, today: Any) -> str:
    """Return `Today`, `Yesterday`, or the day."""
    return {0: str(_("Today")), 1: str(_("Yesterday"))}.get((today - day).days, format_day(day))


@notifications.get("/notifications/count")
@signed_in
def count() -> dict[str, int]:
    """Return how many lines wait, for the script at the bell. No statement beyond that of the session."""
    return {"unread": me().along.get("notices", 0)}


@notifications.get("/notifications/<uuid:notice_id>")
@signed_in
def open_notice(notice_id: UUID) -> Response:
    """Lead to what a notice is about; it is read from now on. Raises NotFound for one that is not one's own."""
    path = actions.open_notice(me(), notice_id)
    if path is None:
        raise NotFound("notice")
    return redirect(safe_next(path))


@notifications.post("/notifications/read")
@signed_in
def read_all() -> Response:
    """Note that everything was read that stood on the page; what came since stays new."""
    seen = request.form.get("seen", type=int)
    before = clock.now() if seen is None else min(clock.now(), datetime.fromtimestamp(max(0, min(seen, 10**16)) / 1_000_000, UTC))
    actions.mark_all_read(me(), before)
    return credentials.here(url_for(".index"), _("Everything is marked as read."))
