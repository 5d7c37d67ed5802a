"""Study hours of everybody in a period, with its filters in the address."""

from __future__ import annotations

from flask import render_template, request

from blueprints.me import me
from blueprints.reports import reports
from blueprints.reports.pages import page_of
from core.access import roles
from tenants.reports import hours as studied
from tenants.reports.asking import asked_of


@reports.get("/reports/hours")
@roles("trainer", "manager", "owner")
def hours() -> str:
    """Show who studied how much, from where, and when."""
    asked = asked_of(request.args)
    found = studied.study_hours(me(), asked)
    return render_template("reports/hours.html", found=found, asked=asked, **page_of(found.lines, studied.PER_PAGE))
