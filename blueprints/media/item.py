"""One file: look at it, rename it, see where it is shown, delete it, bring it back."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.courses.pages import Answer
from blueprints.me import me
from blueprints.media import media
from core.access import roles
from core.urls import safe_next
from tenants.files import actions as files
from tenants.files.models import File
from tenants.media import actions, queries
from tenants.media.uses import uses_of


@media.get("/media/<uuid:file_id>")
@roles("author", "manager", "owner")
def show(file_id: UUID) -> str:
    """Show a file and every place that shows it."""
    return file_page(queries.file_of(me(), file_id))


def file_page(file: File, error: str | None = None) -> str:
    """Return the page of a file; `error` says why it was not deleted."""
    uploader = queries.uploaders([file]).get(file.uploaded_by) if file.uploaded_by else None
    return render_template("media/show.html", file=file, uses=uses_of(file), uploader=uploader, error=error)


@media.post("/media/<uuid:file_id>")
@roles("author", "manager", "owner")
def describe(file_id: UUID) -> Answer:
    """Change the file's name, and what an image shows."""
    file = queries.file_of(me(), file_id, lock=True)
    actions.describe(file, request.form.get("name", ""), request.form.get("alt"))
    flash(_("Saved"))
    return redirect(url_for(".show", file_id=file.id))


@media.post("/media/<uuid:file_id>/removal")
@roles("author", "manager", "owner")
def remove(file_id: UUID) -> Answer:
    """Delete a file that nothing shows; the page offers to undo it."""
    file = queries.file_of(me(), file_id, lock=True)
    try:
        actions.delete(file, me())
    except actions.InUse:
        return file_page(file, _("This file is not deleted, because it is shown in the places below. Take it out there first.")), 422
    return redirect(url_for(".index", removed=file.id))


@media.post("/media/<uuid:file_id>/return")
@roles("author", "manager", "owner")
def restore(file_id: UUID) -> Answer:
    """Bring a deleted file back."""
    file = queries.file_of(me(), file_id, removed=True, lock=True)
    actions.restore(file, me())
    return redirect(url_for(".show", file_id=file.id))


@media.get("/media/<uuid:file_id>/making")
@roles("author", "manager", "owner")
def making(file_id: UUID) -> str:
    """Return how far a film is made playable; the page asks every two seconds."""
    return render_template("media/_making.html", file=queries.file_of(me(), file_id), is_fresh=True)


@media.post("/media/<uuid:file_id>/making")
@roles("author", "manager", "owner")
def make_again(file_id: UUID) -> Answer:
    """Try again to make a film playable that could not be."""
    file = queries.file_of(me(), file_id, lock=True)
    if file.state == "failed":
        files.make_again(file)
    return redirect(safe_next(request.form.get("next"), url_for(".show", file_id=file.id)))
