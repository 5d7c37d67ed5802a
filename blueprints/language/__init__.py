"""A stranger's choice of language: a cookie, until they sign in and their own setting speaks."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from core.access import public
from core.config import config
from core.i18n import COOKIE, LANGUAGES
from core.urls import safe_next

YEAR_S = 31_536_000

language = Blueprint("language", __name__)


@language.get("/language/<code>")
@public
def choose(code: str) -> Response:
    """Remember the language in this browser and go back to the page."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(safe_next(request.args.get("next")))
    secure = config().scheme == "https"
    response.set_cookie(COOKIE, code, max_age=YEAR_S, secure=secure, httponly=True, samesite="Lax")
    return response
