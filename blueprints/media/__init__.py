"""The library of media: what authors uploaded, where it is shown, and choosing from it."""

from __future__ import annotations

from flask import Blueprint

media = Blueprint("media", __name__)

from blueprints.media import choosing, item, listing, words  # noqa: E402, F401  the routes

__all__ = ["media"]
