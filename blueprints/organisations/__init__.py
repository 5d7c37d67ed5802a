"""Client organisations: whose employees learn here, how they are doing, and whom to ask for."""

from __future__ import annotations

from flask import Blueprint

organisations = Blueprint("organisations", __name__)

from blueprints.organisations import filling, pages, words  # noqa: E402, F401  the routes

__all__ = ["organisations"]
