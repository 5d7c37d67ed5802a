"""Managers: look, name and language of the academy."""

from __future__ import annotations

from flask import Blueprint

settings = Blueprint("settings", __name__)

from blueprints.settings import look  # noqa: E402, F401  the route

__all__ = ["settings"]
