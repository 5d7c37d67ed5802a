"""The forms of callouts, checklists, accordions, files, films of other sites and places of packages in the editor: what was typed, with
the button pressed (add or remove a row) done to it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from blueprints.courses import courses
from tenants.courses.block_actions import row_id
from tenants.courses.pieces import PARTS, clean_piece, film_at
from tenants.files.documents import OFFICE
from tenants.files.models import File

ROWS = {"items": ("item", ("text",)), "sections": ("section", ("title", "markdown"))}


def piece_sent(kind: str) -> dict[str, Any]:
    """Return the parts of the block that its form sent, made clean."""
    sent: dict[str, Any] = {}
    for name in PARTS[kind]:
        if name in ROWS:
            sent[name] = pressed(rows_sent(*ROWS[name]), request.form.get("do", ""), ROWS[name][1])
        elif name in request.form:
            sent[name] = _typed(name)
    return clean_piece(kind, sent)


def rows_sent(word: str, fields: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of the form, each by its id: `item=<id>` with `text-<id>`."""
    return [{"id": key, **{field: _typed(f"{field}-{key}") for field in fields}} for key in request.form.getlist(word)]


def pressed(rows: list[dict[str, str]], button: str, fields: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows after the button: `add` or `remove:<id>`."""
    verb, _colon, what = button.partition(":")
    if verb == "add":
        return [*rows, {"id": row_id(), **dict.fromkeys(fields, "")}]
    return [row for row in rows if row["id"] != what] if verb == "remove" else rows


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def file_facts(kind: str, file: File, title: str) -> dict[str, Any]:
    """Return what a block keeps of the file that was put into it; a title that an author gave stays."""
    facts: dict[str, Any] = {"file_id": str(file.id)}
    if kind == "image":
        return {**facts, "width": file.width, "height": file.height}
    if kind == "video":
        return {**facts, "seconds": file.seconds, "media_type": file.media_type}
    return {**facts, "media_type": file.media_type, "size_bytes": file.size_bytes, "title": title or file.name or ""}


@courses.app_template_global()
def file_words(media_type: str) -> str:
    """Return what kind of document participants get: "PDF", "Word document"."""
    names = {
        "application/pdf": "PDF", "text/csv": "CSV", "text/markdown": "Markdown", "audio/mpeg": "MP3", "audio/mp4": "M4A",
        "audio/wav": "WAV", "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "text/plain": _("Plain text"),
        f"{OFFICE}wordprocessingml.document": _("Word document"),
        f"{OFFICE}spreadsheetml.sheet": _("Excel sheet"),
        f"{OFFICE}presentationml.presentation": _("PowerPoint slides"),
        "application/vnd.oasis.opendocument.text": _("OpenDocument text"),
    }  # fmt: skip
    return names.get(media_type) or _("File")


courses.add_app_template_global(film_at, "film_at")
