"""A member takes their own work along."""

from __future__ import annotations

from flask import Response, render_template

from blueprints.learning import learning
from blueprints.me import me
from core import clock
from core.access import signed_in
from tenants.learning import own_work as work


@learning.get("/own-work")
@signed_in
def own_work() -> str:
    """Show what the download will hold."""
    return render_template("learning/own_work.html", work=work.own_work(me()))


@learning.get("/own-work.zip")
@signed_in
def own_work_file() -> Response:
    """Download courses, progress, answers and handed-in work as data and as a page to read."""
    found = work.own_work(me())
    page = render_template("learning/own_work_file.html", work=found, day=clock.now())
    name = f"own-work-{clock.now():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(work.pieces(found, page), mimetype="application/zip", headers=headers)
