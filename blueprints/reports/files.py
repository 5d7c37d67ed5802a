"""Reports as files that are made in the background: asked for, listed, downloaded."""

from __future__ import annotations

from uuid import UUID

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.files.show import sent
from blueprints.me import me
from blueprints.reports import reports
from core.access import roles
from core.i18n import language
from tenants.reports import files as making
from tenants.reports import queries
from tenants.reports.asking import asked_of


@reports.get("/reports/files")
@roles("trainer", "manager", "owner")
def files() -> str:
    """List one's own files: being made, ready, failed."""
    found = queries.files_of(me())
    return render_template("reports/files.html", files=found, courses=queries.courses_named(found))


@reports.post("/reports/files")
@roles("trainer", "manager", "owner")
def ask() -> Response:
    """Let a report be made as a file, with the filters of its page."""
    making.ask_file(me(), request.form.get("kind", ""), request.form.get("extension", ""), asked_of(request.form), language())
    flash(_("The file is being made. You get a mail with a link."))
    return redirect(url_for(".files"))


@reports.post("/reports/files/<uuid:report_file_id>/making")
@roles("trainer", "manager", "owner")
def make_again(report_file_id: UUID) -> Response:
    """Let a file that failed be made after all."""
    making.make_again(queries.file_of(me(), report_file_id, lock=True))
    flash(_("The file is being made. You get a mail with a link."))
    return redirect(url_for(".files"))


@reports.get("/reports/files/<uuid:report_file_id>/content")
@roles("trainer", "manager", "owner")
def download(report_file_id: UUID) -> FlaskResponse:
    """Send one's own file."""
    found, file = queries.content_of(me(), report_file_id)
    answer = sent(file, f"{found.kind}.{found.extension}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
