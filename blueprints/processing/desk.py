"""Operators read the two registers of article 30 and take them along."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask_babel import gettext as _

from blueprints.academies.me import me
from blueprints.processing.blueprint import processing
from blueprints.processing.tables import csv_file, rows_of
from core.access import operator
from core.audit.actions import record
from core.processing import queries
from core.processing.activities import Role
from core.processing.measures import MEASURES, TRANSFERS
from core.processing.register import entries

ROLES: dict[str, Role] = {"controller": "controller", "processor": "processor"}


@processing.get("/operator/processing")
@operator
def index() -> str:
    """Show what the platform processes for itself (article 30(1))."""
    return _register("controller")


@processing.get("/operator/processing/academies")
@operator
def for_academies() -> str:
    """Show what the platform processes for the academies, and who they are (article 30(2))."""
    return _register("processor")


@processing.get("/operator/processing/<role>.csv")
@operator
def export(role: str) -> Response:
    """Give a register as a table; that of the academies ends with the controllers and how to reach them."""
    if role not in ROLES:
        abort(404)
    rows = rows_of(entries(ROLES[role]))
    if role == "processor":
        rows += [[], [_("Controller"), _("How to reach them")]]
        rows += [[one.name, ", ".join(owner.account.email or "" for owner in one.owners)] for one in queries.controllers()]
    record("register of processing exported", actor_id=me().id, role=role)
    return csv_file(rows, f"processing-{role}")


def _register(role: Role) -> str:
    controllers = queries.controllers() if role == "processor" else []
    return render_template("processing/index.html", role=role, entries=entries(role), controllers=controllers, measures=MEASURES, transfers=TRANSFERS)
