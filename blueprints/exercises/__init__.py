"""Participants: exercises and their threads, and feedback for fellow participants."""

from __future__ import annotations

from flask import Blueprint

import tenants.exercises.files  # decides who reads handed-in files
import tenants.exercises.own_work  # noqa: F401  adds what was handed in to a person's own work

exercises = Blueprint("exercises", __name__)

from blueprints.exercises import peers, take, words  # noqa: E402, F401  the routes

__all__ = ["exercises"]
