"""Surveys: authors write them, participants answer, staff read the results."""

from __future__ import annotations

from flask import Blueprint

surveys = Blueprint("surveys", __name__)

from blueprints.surveys import answering, editing, results, words  # noqa: E402, F401  the routes

__all__ = ["surveys"]
