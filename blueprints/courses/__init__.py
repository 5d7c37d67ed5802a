"""Authors: courses, outlines, the lesson editor, publishing; and who takes a course."""

from __future__ import annotations

from flask import Blueprint

courses = Blueprint("courses", __name__)

from blueprints.courses import blocks, difference, editor, enrolments, outline, pages, publishing, release  # noqa: E402, F401  the routes

__all__ = ["courses"]
