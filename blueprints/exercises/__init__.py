"""Participants: exercises and their threads, and feedback for fellow participants."""

from __future__ import annotations

from flask import Blueprint

import tenants.exercises.files  # noqa: F401  decides who reads handed-in files

exercises = Blueprint("exercises", __name__)

from blueprints.exercises import own_work, peers, take, words  # noqa: E402, F401  the routes

__all__ = ["exercises"]
