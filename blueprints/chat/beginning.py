"""Where talks begin: a new message, a person, a lesson, a course, a group."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.chat.blueprint import chat
from blueprints.me import me
from core.access import signed_in
from core.errors import NotFound
from tenants.chat import actions, people, queries
from tenants.learning.queries import course_for
from tenants.people.queries import member


def to_room(room_id: UUID) -> Response:
    """Lead to a room."""
    return redirect(url_for(".room", room_id=room_id, _anchor="end"), 303)


@chat.get("/messages/new")
@signed_in
def new() -> str:
    """Search somebody to write to, among the people whom one may write to."""
    words = request.args.get("q", "").strip()[:100]
    found = people.to_write(me(), words)
    return render_template("chat/new.html", found=found, words=words, may_write=queries.manners().direct)


@chat.post("/messages/with/<uuid:member_id>")
@signed_in
def direct(member_id: UUID) -> Response:
    """Open the talk with somebody. 404 when one may not write to them."""
    return to_room(actions.open_direct(me(), member(member_id)).id)


@chat.post("/learn/<uuid:course_id>/lessons/<uuid:lesson_id>/question")
@signed_in
def ask(course_id: UUID, lesson_id: UUID) -> Response:
    """Open the person's talk with the trainer about a lesson."""
    taken = course_for(me(), course_id)
    if taken.trainer is None or taken.way.step(str(lesson_id)) is None:
        raise NotFound("nobody to ask")
    return to_room(actions.open_lesson(taken, lesson_id).id)


@chat.post("/messages/course/<uuid:course_id>")
@signed_in
def course(course_id: UUID) -> Response:
    """Open the room of a course that the person takes or teaches."""
    people.check_in_course(me(), course_id)
    return to_room(actions.open_course(course_id).id)


@chat.post("/messages/group/<uuid:group_id>")
@signed_in
def group(group_id: UUID) -> Response:
    """Open the room of a group that the person is in or leads."""
    people.check_in_group(me(), group_id)
    return to_room(actions.open_group(group_id).id)
