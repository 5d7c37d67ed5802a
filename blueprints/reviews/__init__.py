"""Trainers: the review desk, with its queue, one hand-in and the feedback on one screen."""

from __future__ import annotations

from flask import Blueprint

reviews = Blueprint("reviews", __name__)

from blueprints.reviews import desk, queue  # noqa: E402, F401  the routes

__all__ = ["reviews"]
