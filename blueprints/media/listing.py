"""The library with its search and filters, and uploads into it."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.courses.blocks import MOST_UPLOADED
from blueprints.courses.pages import Answer
from blueprints.me import is_fragment, me
from blueprints.media import media
from blueprints.media.words import refusal_words
from core.access import roles, takes_files
from tenants.files.actions import store_any
from tenants.files.looks import NotThat
from tenants.media import queries
from tenants.media.rules import KINDS, STATES, Filter

MAX_ASKED = 200


def wanted(kind: str | None = None) -> Filter:
    """Return the filter that the address asks for; `kind` where only one kind fits."""
    words, asked_kind, state = (request.args.get(name, "").replace("\0", "").strip()[:MAX_ASKED] for name in ("q", "kind", "state"))
    chosen = kind or (asked_kind if asked_kind in KINDS else "")
    return Filter(words, chosen, state if state in STATES else "")


def asked(asks: Filter, **more: Any) -> dict[str, Any]:
    """Return the arguments of an address that asks the same; empty ones are left out."""
    values = {"q": asks.words, "kind": asks.kind, "state": asks.state, **more}
    return {name: value for name, value in values.items() if value}


def page_number() -> int:
    """Return which page the address asks for, at least 1."""
    return max(1, min(request.args.get("page", 1, type=int), 1_000_000))


@media.get("/media")
@roles("author", "manager", "owner")
def index() -> str:
    """Show the library, 24 files a page."""
    return listing()


def listing(error: str | None = None) -> str:
    """Return the page of the library; `error` says why an upload was refused."""
    asks = wanted()
    found = queries.files_page(me(), asks, page_number())
    return render_template("media/index.html", found=found, asks=asks, asked=asked, error=error, removed=request.args.get("removed"))


@media.post("/media")
@roles("author", "manager", "owner")
@takes_files(MOST_UPLOADED)
def upload() -> Answer:
    """Put a file into the library."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise NotThat("empty")
        file = store_any(cast(BinaryIO, sent.stream), sent.filename, me())
    except NotThat as refusal:
        sentence = refusal_words(refusal.why)
        return (sentence, 422) if is_fragment() else (listing(sentence), 422)
    flash(_("Uploaded"))
    return ("", 204) if is_fragment() else redirect(url_for(".show", file_id=file.id))
