"""What is left of a closed academy: the written receipt, and for a while the final export for its holder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, render_template, stream_with_context

from blueprints.academies.blueprint import academies
from blueprints.academies.closing import steps_of
from blueprints.academies.me import me, own
from blueprints.academies.words import TABLES
from core import clock
from core.academies import queries
from core.academies.models import Academy, Closing
from core.academies.queries import academy_by_id
from core.access import signed_in
from core.accounts.queries import account
from core.audit.actions import record
from core.errors import Gone, NotFound
from tenants import archive
from tenants.closing.export import exports_dir


@academies.get("/academies/<uuid:academy_id>/receipt")
@signed_in
def receipt(academy_id: UUID) -> Any:
    """Show the receipt to owners, to the holder of the export and to operators."""
    academy, closing = closed(academy_id)
    asked_by = account(closing.asked_by) if closing.asked_by else None
    return render_template(
        "academies/receipt.html", academy=academy, closing=closing, steps=steps_of(closing), tables=TABLES,
        holder=account(closing.export_holder) if closing.export_holder else None, asked_by=asked_by,
        may_fetch=may_fetch(closing), unreadable_from=moment_in(closing, "backups_unreadable_from"),
    )  # fmt: skip


@academies.get("/academies/<uuid:academy_id>/export.zip")
@signed_in
def export(academy_id: UUID) -> Response:
    """Send the final export to its named holder, until its last day. Raises Gone."""
    academy, closing = closed(academy_id)
    if closing.export_holder != me().id:
        raise NotFound("export")
    if not may_fetch(closing) or closing.export_path is None:
        raise Gone("export")
    record("academy.export_fetched", actor_id=me().id, number=academy.number)
    return sent(exports_dir() / closing.export_path, closing)


def closed(academy_id: UUID) -> tuple[Academy, Closing]:
    """Return an academy that was closed, with its closing. Raises NotFound for who has nothing to do with it."""
    academy = academy_by_id(academy_id)
    closing = queries.closing_of(academy)
    if closing is None or closing.done_at is None:
        raise NotFound("receipt")
    if not me().is_operator and closing.export_holder != me().id:
        own(academy_id)
    return academy, closing


def may_fetch(closing: Closing) -> bool:
    """Return whether the one who asks may fetch the export now."""
    until = closing.export_until
    return (closing.export_holder == me().id and closing.export_path is not None
            and until is not None and until > clock.now())  # fmt: skip


def sent(path: Path, closing: Closing) -> Response:
    """Return the export as a download, opened as it goes out."""
    source = open(path, "rb")  # noqa: SIM115  the answer closes it
    sealed = archive.opened(source, closing.id)

    def parts() -> Any:
        with source:
            yield from sealed.chunks()

    answer = Response(stream_with_context(parts()), mimetype="application/zip")
    answer.headers["Content-Length"] = str(sealed.size_bytes)
    answer.headers["Content-Disposition"] = 'attachment; filename="academy-export.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def moment_in(closing: Closing, name: str) -> datetime | None:
    """Return a moment that stands in the receipt."""
    text = closing.receipt.get(name)
    return datetime.fromisoformat(text) if text else None
