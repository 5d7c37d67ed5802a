"""Trainers and managers: who needs help, who is where, the matrix, where people stop, how questions do; and all of it as files."""

from __future__ import annotations

from flask import Blueprint

reports = Blueprint("reports", __name__)

from blueprints.reports import course, files, hours, pages, resets, schedules, sending_words, words  # noqa: E402, F401  the routes

__all__ = ["reports"]
