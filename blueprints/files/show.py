"""Serve one file: whole or a part of it (films are read in parts)."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from werkzeug.http import parse_range_header
from werkzeug.utils import secure_filename

from blueprints.files import files
from blueprints.me import me
from core.access import signed_in
from core.errors import NotFound
from tenants.files import queries, storage
from tenants.files.models import File
from tenants.learning.queries import file_for

INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm", "text/vtt",
                    "audio/mpeg", "audio/mp4", "audio/wav", "audio/webm", "audio/ogg"})  # fmt: skip
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@files.get("/files/<uuid:file_id>")
@signed_in
def show(file_id: UUID) -> Response:
    """Send a file that the member may see; pictures and films open, everything else is downloaded."""
    return sent(file_for(me(), file_id))


@files.get("/files/<uuid:file_id>/poster")
@signed_in
def poster(file_id: UUID) -> Response:
    """Send the still of a film that the member may see."""
    still = queries.poster_of(file_for(me(), file_id))
    if still is None:
        raise NotFound("no still")
    return sent(still)


def sent(file: File, name: str | None = None) -> Response:
    """Return the file as an answer, under its own name or another."""
    if request.if_none_match.contains(file.sha256):
        return with_headers(Response(status=304), file, name)
    part = wanted(file)
    if part is None:
        return with_headers(Response(status=416, headers={"Content-Range": f"bytes */{file.size_bytes}"}), file, name)
    start, stop = part
    answer = Response(storage.read(file.id, start, stop - start), mimetype=file.media_type)
    answer.content_length = stop - start
    if is_ranged(file):
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size_bytes}"
    return with_headers(answer, file, name)


def wanted(file: File) -> tuple[int, int] | None:
    """Return the bytes asked for as (start, stop), the whole file without a usable Range; None if outside it."""
    asked = parse_range_header(request.headers.get("Range")) if is_ranged(file) else None
    if asked is None:
        return 0, file.size_bytes
    return asked.range_for_length(file.size_bytes)


def is_ranged(file: File) -> bool:
    """Return whether one single part was asked for, of this very version of the file."""
    asked = parse_range_header(request.headers.get("Range"))
    condition = request.headers.get("If-Range")
    fresh = condition is None or condition.strip('"') == file.sha256
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1 and fresh


def with_headers(answer: Response, file: File, other_name: str | None = None) -> Response:
    """Return the answer with what keeps a file harmless: its own type, no scripts, no sniffing."""
    name = secure_filename(other_name or file.name or "") or "file"
    kind = "inline" if file.media_type in INLINE else "attachment"
    answer.set_etag(file.sha256)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
