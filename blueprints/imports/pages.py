"""Upload a file with people, look at its rows, confirm; then see what became of each row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import DataRequired

from blueprints import credentials
from blueprints.imports import imports
from blueprints.me import me
from blueprints.people.forms import ROLE_NAMES, chosen_id, or_none, preselected
from core import limits
from core.access import roles, takes_files
from core.apart import apart
from core.errors import Refused
from core.limits import Limit
from tenants.files.actions import plain_name
from tenants.imports import actions, queries
from tenants.imports.reading import MOST_BYTES, table_of
from tenants.imports.rules import MOST_ROWS, NotReadable
from tenants.organisations import queries as organisations
from tenants.organisations.rules import may_manage

REFUSALS = {
    "no_email_column": _l("The first row has no column for e-mail addresses or personnel numbers. Name one of the columns: E-mail."),
    "column_twice": _l("Two columns mean the same. Leave one of them out."),
    "no_rows": _l("There are no people in this file. Write one per row, under a row that names the columns."),
    "too_many": _l("A file holds at most %(most)d people. Split it over two files.", most=MOST_ROWS),
    "too_large": _l("This file is too large. It may have 5 MB at most."),
    "not_text": _l("We cannot read this file as text. Save it as CSV (UTF-8) or as XLSX."),
    "broken": _l("This file is damaged or of another kind. Save it as CSV (UTF-8) or as XLSX."),
}
PROBLEMS = {
    "no_email": _l("There is no e-mail address and no personnel number"), "not_email": _l("This is not a whole e-mail address"),
    "citizen_number": _l("This looks like a citizen service number (BSN), which may not be kept here: take it out"),
    "not_number": _l("A personnel number has letters and digits only"), "no_name": _l("Without e-mail address a name is needed"),
    "number_twice": _l("This personnel number stands in an earlier row too"),
    "twice": _l("This address stands in an earlier row too"), "too_long": _l("A text is too long"),
    "role_unknown": _l("We do not know this role"), "role_not_yours": _l("You may not give this role"),
    "course_unknown": _l("There is no published course with this title"),
    "course_twice": _l("More than one course has this title"),
    "organisation_unknown": _l("There is no organisation with this name or reference"),
    "organisation_archived": _l("An archived organisation has this name. Bring it back, then upload the file again"),
    "organisation_twice": _l("More than one organisation has this name or reference"),
    "organisation_too_long": _l("The name of the organisation is too long"),
}  # fmt: skip
FATES = {
    "waiting": _l("Ready to be taken over"), "wrong": _l("Left out"), "invited": _l("Invited"),
    "added": _l("Added without e-mail; needs a start code"),
    "member": _l("Is a member already; got the course, organisation and group that were named"),
    "skipped": _l("Was invited already; no second mail was sent"),
    "failed": _l("You may not give this role or use this group any more"),
    "conflict": _l("This personnel number is of somebody else here, or of somebody who is blocked"),
}  # fmt: skip
LEFT_OUT = {"reference": _l("reference")}
TEMPLATE = ("\ufeffFirst name;Prefix;Last name;E-mail;Personnel number;Role;Course;Organisation\r\n"
            "Milan;van den;Berg;milan@example.org;;participant;;\r\nNova;;Kramer;;10442;participant;;\r\n")  # fmt: skip


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file with people."""

    file = FileField(_l("File with people"), [FileRequired(_l("Choose a file."))],
                     description=_l("CSV or XLSX, 5,000 people and 5 MB at most."))  # fmt: skip
    organisation_id = SelectField(_l("Organisation"), default="", description=_l("For rows that name no organisation themselves."))
    group_id = SelectField(_l("Group"), default="", description=_l("Everybody in the file joins it."))


@imports.route("/people/imports/new", methods=["GET", "POST"])
@roles("owner", "manager")
@takes_files(MOST_BYTES + 1024 * 1024)
def upload() -> Any:
    """Read a file and show its rows."""
    form = upload_form()
    if form.validate_on_submit():
        limits.spend([Limit("people import", (str(me().id),), 20, 3600)])
        try:
            table = apart(table_of, form.file.data.stream.read(MOST_BYTES + 1))
            name, places = plain_name(form.file.data.filename or ""), (chosen_id(form.organisation_id), chosen_id(form.group_id))
            draft = actions.keep(table, name, me(), *places)
            return credentials.here(url_for(".show", import_id=draft.id))
        except NotReadable as refused:
            form.file.errors = [REFUSALS[refused.why]]
    return credentials.page("imports/upload.html", form, earlier=queries.imports_of(me()))


def upload_form() -> UploadForm:
    """Return the form, with the places that the person who asks may choose; the address may choose beforehand."""
    form, choices = UploadForm(data=preselected()), organisations.choices_for(me())
    form.organisation_id.choices = or_none(_("No organisation"), choices.organisations)
    form.group_id.choices = or_none(_("Choose a group") if me().is_limited else _("No group"), choices.groups)
    if me().is_limited:
        form.group_id.validators = [DataRequired(_l("Choose one of your groups. The people that you invite join it."))]
    return form


@imports.get("/people/imports/<uuid:import_id>")
@roles("owner", "manager")
def show(import_id: UUID) -> Any:
    """Show each row: what is wrong in it, and later what became of it."""
    draft, page = queries.import_of(me(), import_id), max(1, request.args.get("page", 1, type=int))
    only_wrong = request.args.get("show") == "wrong"
    return credentials.page(
        "imports/show.html", None, draft=draft, counts=queries.counts_of(draft), page=min(page, MOST_ROWS),
        rows=queries.rows_of(draft, min(page, MOST_ROWS), only_wrong), only_wrong=only_wrong, per_page=queries.PER_PAGE,
        unknown=queries.unknown_organisations(draft) if may_manage(me()) else [], places=organisations.named([draft.organisation_id]),
        problems=PROBLEMS, fates=FATES, left_out=LEFT_OUT, role_names=ROLE_NAMES,
    )  # fmt: skip


@imports.post("/people/imports/<uuid:import_id>/confirmation")
@roles("owner", "manager")
def confirm(import_id: UUID) -> Any:
    """Invite the people of the good rows, in the background."""
    actions.confirm(me(), import_id)
    return credentials.here(url_for(".show", import_id=import_id), _("The people are being taken over. You may leave this page."))


@imports.post("/people/imports/<uuid:import_id>/organisations")
@roles("owner", "manager")
def make_organisations(import_id: UUID) -> Any:
    """Make the organisations that the file names and nobody knows; their rows are good then."""
    number = actions.make_organisations(me(), import_id)
    words = ngettext("%(num)d organisation is made.", "%(num)d organisations are made.", number)
    return credentials.here(url_for(".show", import_id=import_id), words)


@imports.post("/people/imports/<uuid:import_id>/removal")
@roles("owner", "manager")
def drop(import_id: UUID) -> Any:
    """Forget a file; whom it invited stays invited."""
    draft = queries.import_of(me(), import_id, lock=True)
    if draft.state == "taking":
        raise Refused("still inviting")
    actions.forget(draft.id)
    return credentials.here(url_for(".upload"), _("The file is deleted."))


@imports.get("/people/imports/template.csv")
@roles("owner", "manager")
def template() -> Response:
    """Download a file to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="people.csv"'}
    return Response(TEMPLATE, content_type="text/csv; charset=utf-8", headers=headers)
