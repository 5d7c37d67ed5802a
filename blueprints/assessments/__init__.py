"""Tests: participants sit them, trainers mark and judge, authors set them."""

from __future__ import annotations

from flask import Blueprint

import tenants.assessments.files  # decides who sees images of questions from the bank
import tenants.assessments.own_work
import tenants.assessments.resets  # noqa: F401  nobody's progress is reset in the middle of a test

assessments = Blueprint("assessments", __name__)

from blueprints.assessments import desk, editing, take, words  # noqa: E402, F401  the routes

__all__ = ["assessments"]
