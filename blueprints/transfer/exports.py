"""A course as an archive to download: asked for, made in the background, for a week."""

from __future__ import annotations

from uuid import UUID

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.courses.outline import load
from blueprints.files.show import sent
from blueprints.me import me
from blueprints.transfer import transfer
from core.access import roles
from tenants.courses.queries import course_to_edit
from tenants.transfer import actions, queries


@transfer.get("/courses/<uuid:course_id>/exports")
@roles("author", "manager", "owner")
def exports(course_id: UUID) -> str:
    """Show the archives of a course that the person asked for."""
    course = course_to_edit(me(), course_id)
    return render_template("transfer/exports.html", course=course, exports=queries.exports_of(course, me()))


@transfer.post("/courses/<uuid:course_id>/exports")
@roles("author", "manager", "owner")
def export(course_id: UUID) -> Response:
    """Let an archive of the course be made."""
    actions.ask_export(load(course_id), me())
    flash(_("The archive is being made. Open this page again in a minute."))
    return redirect(url_for(".exports", course_id=course_id))


@transfer.get("/courses/exports/<uuid:transfer_id>/archive")
@roles("author", "manager", "owner")
def download(transfer_id: UUID) -> FlaskResponse:
    """Send the archive."""
    found, file = queries.export_to_send(me(), transfer_id)
    answer = sent(file, f"{found.report['title'][:80]}.zip")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
