"""Tests: participants sit them, trainers mark and judge, authors set them."""

from __future__ import annotations

from flask import Blueprint

import tenants.assessments.files  # decides who sees images of questions from the bank
import tenants.assessments.own_work  # noqa: F401  adds tests to a person's own work

assessments = Blueprint("assessments", __name__)

from blueprints.assessments import desk, editing, take, words  # noqa: E402, F401  the routes

__all__ = ["assessments"]
