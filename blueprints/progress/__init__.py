"""Trainers: who is where in a course, and what one person answered."""

from __future__ import annotations

from flask import Blueprint

progress = Blueprint("progress", __name__)

from blueprints.progress import pages  # noqa: E402, F401  the routes

__all__ = ["progress"]
