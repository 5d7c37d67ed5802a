"""Certificates: one's own, the academy's, their designs, and the page on which anybody checks a number."""

from __future__ import annotations

from flask import Blueprint

import tenants.certificates.own_work  # noqa: F401  adds certificates to a person's own work

certificates = Blueprint("certificates", __name__)

from blueprints.certificates import courses, designs, issued, own, verify, words  # noqa: E402, F401  the routes

__all__ = ["certificates"]
