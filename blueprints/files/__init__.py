"""Files of the academy, to those who may see them."""

from __future__ import annotations

from flask import Blueprint

files = Blueprint("files", __name__)

from blueprints.files import show  # noqa: E402, F401  the route

__all__ = ["files"]
