"""Groups: who learns together, who leads them, and which courses a whole group takes."""

from __future__ import annotations

from flask import Blueprint

groups = Blueprint("groups", __name__)

from blueprints.groups import filling, pages  # noqa: E402, F401  the routes

__all__ = ["groups"]
