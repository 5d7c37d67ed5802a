"""Participants: their courses, the lesson player, answers, and their own work to take along."""

from __future__ import annotations

from flask import Blueprint

import tenants.learning.joining  # noqa: F401  enrols people who join for a course

learning = Blueprint("learning", __name__)

from blueprints.learning import own_work, pages, player, release  # noqa: E402, F401  the routes

__all__ = ["learning"]
