"""An academy's own register to begin with, and the sheet for its works council or privacy officer."""

from __future__ import annotations

from flask import Response, g, render_template

from blueprints.processing.blueprint import records
from blueprints.processing.tables import csv_file, rows_of
from blueprints.processing.watching import features
from core import clock
from core.access import roles
from core.processing.measures import MEASURES, TRANSFERS
from core.processing.register import entries


@records.get("/settings/processing")
@roles("manager", "owner")
def show() -> str:
    """Show what the academy processes with the platform: a beginning of its own register (article 30(1))."""
    return render_template("processing/academy.html", academy=g.academy, entries=entries("processor"), measures=MEASURES, transfers=TRANSFERS)


@records.get("/settings/processing.csv")
@roles("manager", "owner")
def export() -> Response:
    """Give the academy's register as a table, to go on with elsewhere."""
    return csv_file(rows_of(entries("processor")), "processing")


@records.get("/settings/monitoring")
@roles("manager", "owner")
def monitoring() -> str:
    """Show what could be used to watch people, whether it is on here, and who sees it."""
    return render_template("processing/monitoring.html", academy=g.academy, features=features(), today=clock.today(g.academy.zone))
