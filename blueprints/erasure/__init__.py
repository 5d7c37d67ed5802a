"""Managers remove a person for good: what goes, their data to take along, and the confirmation."""

from __future__ import annotations

from flask import Blueprint

erasure = Blueprint("erasure", __name__)

from blueprints.erasure import pages  # noqa: E402, F401  the routes

__all__ = ["erasure"]
