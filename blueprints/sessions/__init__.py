"""Sessions: everybody's agenda and seats, calendars by private address; planning and attendance for staff."""

from __future__ import annotations

from flask import Blueprint

sessions = Blueprint("sessions", __name__)

from blueprints.sessions import agenda, attendance, calendars, people, planning, words  # noqa: E402, F401  the routes

__all__ = ["sessions"]
