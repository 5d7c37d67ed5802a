"""An announcement to everybody in a course."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.chat.blueprint import chat
from blueprints.chat.words import refusal
from blueprints.me import me, sent_id
from core.access import roles
from core.errors import NotFound, Refused
from tenants.chat import announcing, people, queries


@chat.route("/messages/course/<uuid:course_id>/announcement", methods=["GET", "POST"])
@roles("trainer", "manager", "owner")
def announce(course_id: UUID) -> str | Response | tuple[str, int]:
    """Write to everybody in a course; it stands in the course's room, and they are told as they chose."""
    course, title = announcing.course_to_tell(me(), course_id)
    error = ""
    if request.method == "POST":
        try:
            message = announcing.announce(me(), course_id, request.form.get("body", ""), sent_id())
            flash(_("Announced."))
            return _after(message.room_id, course_id)
        except Refused as refused:
            error = refusal(refused)
    page = render_template("chat/announce.html", course=course, title=title, error=error, body=request.form.get("body", ""),
                           people=people.count_in_course(course.id))  # fmt: skip
    return (page, 422) if error else page


def _after(room_id: UUID, course_id: UUID) -> Response:
    """Lead to the room, or back to the people of the course for who is not in it."""
    try:
        return redirect(url_for(".room", room_id=queries.room_for(me(), room_id).id), 303)
    except NotFound:
        return redirect(url_for("courses.people", course_id=course_id), 303)
