"""An archive that becomes a course: uploaded, read in the background, looked at, then built."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.courses.pages import Answer
from blueprints.me import me
from blueprints.transfer import transfer
from blueprints.transfer.words import refusal_words
from core.access import roles, takes_files
from tenants.transfer import actions, queries
from tenants.transfer.archive import MAX_ARCHIVE_BYTES
from tenants.transfer.rules import BadArchive


@transfer.get("/courses/import")
@roles("author", "manager", "owner")
def import_() -> str:
    """Ask for an archive, and show those that came."""
    return import_page()


def import_page(error: str | None = None) -> str:
    """Return the page that asks for an archive."""
    return render_template("transfer/import.html", imports=queries.imports_of(me()), error=error)


@transfer.post("/courses/import")
@roles("author", "manager", "owner")
@takes_files(MAX_ARCHIVE_BYTES + 1024 * 1024)
def upload() -> Answer:
    """Take an archive in; a job reads it."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise BadArchive("empty")
        taken = actions.take_in(cast(BinaryIO, sent.stream), me())
    except BadArchive as refusal:
        return import_page(refusal_words(refusal.why, refusal.where)), 422
    return redirect(url_for(".imported", transfer_id=taken.id))


@transfer.get("/courses/import/<uuid:transfer_id>")
@roles("author", "manager", "owner")
def imported(transfer_id: UUID) -> str:
    """Show what the archive holds, what comes over and what does not; or why it is refused."""
    return render_template("transfer/imported.html", transfer=queries.import_of(me(), transfer_id))


@transfer.post("/courses/import/<uuid:transfer_id>/course")
@roles("author", "manager", "owner")
def build(transfer_id: UUID) -> Response:
    """Let the course be made, as a draft."""
    actions.ask_build(queries.import_of(me(), transfer_id, lock=True), me())
    return redirect(url_for(".imported", transfer_id=transfer_id))
