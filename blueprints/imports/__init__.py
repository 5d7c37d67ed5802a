"""Managers invite people from a CSV or XLSX file."""

from __future__ import annotations

from flask import Blueprint

imports = Blueprint("imports", __name__)

from blueprints.imports import pages  # noqa: E402, F401  the routes

__all__ = ["imports"]
