"""Managers: look, name, language and words of the academy."""

from __future__ import annotations

from flask import Blueprint

settings = Blueprint("settings", __name__)

from blueprints.settings import look, words  # noqa: E402, F401  the routes

__all__ = ["settings"]
