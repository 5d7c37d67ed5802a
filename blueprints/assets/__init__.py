"""Static files and theme sheets, on every host, without a login and without the database."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from core.access import public
from core.assets import YEAR_S, shelf
from core.errors import NotFound
from core.templating import colour_advice
from core.theme import advise, hex_of, theme_css
from core.theme import version as theme_version

assets = Blueprint("assets", __name__)


@assets.get("/static/<version>/<path:name>")
@public
def file(version: str, name: str) -> Response:
    """Return a static file; under its present address it may be kept for ever."""
    found = shelf.find(name)
    packed = found.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
    response = Response(packed or found.body, mimetype=found.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return keep(response, is_present=version == shelf.version)


@assets.get("/theme/<name>.css")
@public
def theme(name: str) -> Response:
    """Return the theme sheet of the colour in the address."""
    response = Response(theme_css(name), mimetype="text/css")
    return keep(response, is_present=name.endswith(theme_version()))


@assets.get("/theme/<colour>.json")
@public
def palette(colour: str) -> Response:
    """Return the colours that the sheet would hold, and what to tell the owner; the colour picker asks for it."""
    try:
        advice = advise(hex_of(colour))
    except ValueError:
        raise NotFound(colour) from None
    return jsonify(light=advice.light, dark=advice.dark, advice=colour_advice(advice))


def keep(response: Response, *, is_present: bool) -> Response:
    """Let browsers keep the answer; one from before a deployment gets today's file, to be asked for again."""
    response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable" if is_present else "no-cache"
    return response
