"""Export: what the format can hold of the questions shown, then the file."""

from __future__ import annotations

from flask import Response, render_template, request, url_for

from blueprints.bank import bank
from blueprints.bank.listing import asked, wanted
from blueprints.me import me
from core.access import roles
from core.apart import apart
from tenants.bank import exporting, queries
from tenants.bank.exporting import SUFFIXES, Exported

MOST_SHOWN = 200


def form_wanted() -> str:
    """Return the format that the address asks for."""
    form = request.args.get("format", "")
    return form if form in exporting.WRITERS else "moodle_xml"


def exported() -> Exported:
    """Return the questions that fit the address's filter as a file with its report."""
    return apart(exporting.write, form_wanted(), exporting.gather(queries.all_items(me(), wanted())))


@bank.get("/bank/export")
@roles("author", "manager", "owner")
def export() -> str:
    """Show how many questions go over, and what the format cannot hold."""
    asks, form, made = wanted(), form_wanted(), exported()
    tags, kinds = queries.facets(me())
    remarks = [line for line in made.lines if line.code != "whole"]
    return render_template(
        "bank/export.html", made=made, form=form, asks=asks, remarks=remarks[:MOST_SHOWN], more=max(0, len(remarks) - MOST_SHOWN),
        tags=tags, kinds=kinds, file_url=url_for(".export_file", **asked(asks, format=form)),
    )  # fmt: skip


@bank.get("/bank/export/file")
@roles("author", "manager", "owner")
def export_file() -> Response:
    """Download the questions as GIFT or Moodle XML."""
    suffix, media_type = SUFFIXES[form_wanted()]
    headers = {"Content-Disposition": f'attachment; filename="questions.{suffix}"'}
    return Response(exported().text, content_type=f"{media_type}; charset=utf-8", headers=headers)
