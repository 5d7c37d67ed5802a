"""The question bank: its list and questions, copies to and from lessons, imports and exports."""

from __future__ import annotations

from flask import Blueprint

bank = Blueprint("bank", __name__)

from blueprints.bank import exporting, importing, items, lessons, listing, words  # noqa: E402, F401  the routes

__all__ = ["bank"]
