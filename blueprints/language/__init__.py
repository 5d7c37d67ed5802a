"""A stranger's choice of language: a cookie, until they sign in and their own setting speaks."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from core import cookies
from core.access import public
from core.i18n import LANGUAGES
from core.urls import safe_next

language = Blueprint("language", __name__)


@language.get("/language/<code>")
@public
def choose(code: str) -> Response:
    """Remember the language in this browser and go back to the page."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(safe_next(request.args.get("next")))
    cookies.put(response, cookies.LANGUAGE, code)
    return response
