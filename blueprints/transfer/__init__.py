"""Authors: a copy of a course, templates, and courses that come and go as archives."""

from __future__ import annotations

from flask import Blueprint

transfer = Blueprint("transfer", __name__)

from blueprints.transfer import copies, exports, imports, words  # noqa: E402, F401  the routes

__all__ = ["transfer"]
