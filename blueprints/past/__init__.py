"""Managers take over what people did elsewhere, from a CSV or XLSX file: results and certificates."""

from __future__ import annotations

from flask import Blueprint

import tenants.past.own_work  # noqa: F401  adds past results to a person's own work

past = Blueprint("past", __name__)

from blueprints.past import pages, words  # noqa: E402, F401  the routes

__all__ = ["past"]
