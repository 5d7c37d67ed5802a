"""Study records: what somebody did here and elsewhere, and the hours that it counts for."""

from __future__ import annotations

from flask import Blueprint

study = Blueprint("study", __name__)

from blueprints.study import pages, words  # noqa: E402, F401  the routes

__all__ = ["study"]
