"""Learning paths before those who follow them."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from blueprints.catalogue import catalogue
from blueprints.me import me
from core.access import signed_in
from tenants.catalogue import path_queries, walks
from tenants.catalogue import paths as acts


@catalogue.get("/paths")
@signed_in
def paths() -> str:
    """Show the paths that one follows."""
    return render_template("catalogue/paths.html", walks=walks.walks_of(me()))


@catalogue.get("/paths/<uuid:path_id>")
@signed_in
def path(path_id: UUID) -> str:
    """Show one path: its steps, how far one is, where to go on. What has opened since is opened first."""
    walk = walks.walk_of(me(), path_id)
    if acts.is_behind(walk):
        row = path_queries.lock_follower(path_id, me().id)
        acts.advance(row, row.path)
        walk = walks.walk_of(me(), path_id)
    return render_template("catalogue/path.html", walk=walk)


@catalogue.post("/paths/<uuid:path_id>/courses/<uuid:course_id>")
@signed_in
def choose(path_id: UUID, course_id: UUID) -> Response:
    """Begin a course of an open step that one chose."""
    walk = walks.walk_of(me(), path_id)
    acts.choose(walk.follower, walk.path, course_id)
    return redirect(url_for("learning.course", course_id=course_id), 303)
