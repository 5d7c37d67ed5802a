"""Upload a file with past results, look at its rows, choose, confirm; a receipt, and the undo of all of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from blueprints import credentials
from blueprints.me import me
from blueprints.past import past
from blueprints.past.words import REFUSALS
from core import clock, limits
from core.access import roles, takes_files
from core.apart import apart
from core.errors import Refused
from core.i18n import language
from core.limits import Limit
from core.sheets import TYPES, file_of
from tenants.files.actions import plain_name
from tenants.imports.heads import MOST_ROWS, NotReadable
from tenants.imports.reading import MOST_BYTES, table_of
from tenants.imports.uploads import PER_PAGE
from tenants.past import actions, queries
from tenants.past.models import PastImport

TEMPLATES = {
    "en": [("E-mail", "Course", "Date", "Result", "Study hours", "Points", "Certificate number", "Valid until"),
           ("milan@example.org", "First aid", "2024-11-27", "87%", "12.5", "", "2024-0117", "2026-11-27"),
           ("eva@example.org", "Food hygiene", "2023-05-09", "Passed", "6", "2", "", "")],
    "nl": [("E-mail", "Cursus", "Datum", "Resultaat", "Studieuren", "Punten", "Certificaatnummer", "Geldig tot en met"),
           ("milan@example.org", "Bedrijfshulpverlening", "27-11-2024", "87%", "12,5", "", "2024-0117", "27-11-2026"),
           ("eva@example.org", "Sociale hygiëne", "09-05-2023", "Geslaagd", "6", "2", "", "")],
}  # fmt: skip


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file with past results."""

    file = FileField(_l("File with past results"), [FileRequired(_l("Choose a file."))],
                     description=_l("CSV or XLSX, 5,000 results and 5 MB at most."))  # fmt: skip


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    """What happens to rows that do not fit."""

    leave_wrong = BooleanField(_l("Leave out the rows with a problem"))
    leave_unknown = BooleanField(
        _l("Leave out the rows of courses that this academy does not have"),
        description=_l("Else they are kept under the title that the file gives."),
    )


@past.route("/past/imports/new", methods=["GET", "POST"])
@roles("manager", "owner")
@takes_files(MOST_BYTES + 1024 * 1024)
def upload() -> Any:
    """Read a file and show its rows."""
    form = UploadForm()
    if form.validate_on_submit():
        limits.spend([Limit("past import", (str(me().id),), 20, 3600)])
        try:
            table = apart(table_of, form.file.data.stream.read(MOST_BYTES + 1))
            draft = actions.keep(table, plain_name(form.file.data.filename or ""), me())
            return credentials.here(url_for(".show", import_id=draft.id))
        except NotReadable as refused:
            form.file.errors = [REFUSALS[refused.why]]
    return credentials.page("past/upload.html", form, earlier=queries.imports_here(me()))


@past.get("/past/imports/<uuid:import_id>")
@roles("manager", "owner")
def show(import_id: UUID) -> Any:
    """Show each row: whose it is, what is wrong in it, and later what became of it."""
    return shown(queries.import_for(me(), import_id), ChoiceForm(None))


def shown(draft: PastImport, form: ChoiceForm) -> Any:
    """Return the page of a file; 422 when a choice is missing."""
    page, only_wrong = min(max(1, request.args.get("page", 1, type=int)), MOST_ROWS), request.args.get("show") == "wrong"
    answer = render_template(
        "past/show.html", draft=draft, form=form, counts=queries.counts_of(draft), unknown=queries.unknown_courses(draft), page=page,
        rows=queries.rows_of(draft, page, only_wrong), only_wrong=only_wrong, per_page=PER_PAGE,
        may_undo=draft.undo_until is not None and clock.now() < draft.undo_until,
    )  # fmt: skip
    return answer, 422 if form.errors else 200


@past.get("/past/imports/<uuid:import_id>/progress")
@roles("manager", "owner")
def progress(import_id: UUID) -> Any:
    """Return how far a file is; the page asks again until it is read or taken over, then it loads anew."""
    draft = queries.import_for(me(), import_id)
    answer = Response(render_template("past/_progress.html", draft=draft, counts=queries.counts_of(draft)))
    if draft.state not in ("reading", "taking"):
        answer.headers["HX-Refresh"] = "true"
    return answer


@past.post("/past/imports/<uuid:import_id>/confirmation")
@roles("manager", "owner")
def confirm(import_id: UUID) -> Any:
    """Take the good rows over in the background, all or none."""
    form, draft = ChoiceForm(), queries.import_for(me(), import_id)
    if draft.state == "read" and queries.counts_of(draft)["wrong"] and not form.leave_wrong.data:
        form.leave_wrong.errors = [_("Tick this, or mend the file and upload it again. Nothing was taken over.")]
        return shown(draft, form)
    actions.confirm(me(), import_id, form.leave_wrong.data, form.leave_unknown.data)
    return credentials.here(url_for(".show", import_id=import_id), _("The results are being taken over. You may leave this page."))


@past.post("/past/imports/<uuid:import_id>/undoing")
@roles("manager", "owner")
def undo(import_id: UUID) -> Any:
    """Take every result of the file away again."""
    number = actions.undo(me(), import_id)
    said = ngettext("%(num)d result was taken away again.", "%(num)d results were taken away again.", number)
    return credentials.here(url_for(".show", import_id=import_id), said)


@past.post("/past/imports/<uuid:import_id>/removal")
@roles("manager", "owner")
def drop(import_id: UUID) -> Any:
    """Forget a file of which nothing was taken over, or that was undone."""
    draft = queries.import_for(me(), import_id, lock=True)
    if draft.state not in ("read", "undone"):
        raise Refused("past busy")
    actions.forget(draft.id)
    return credentials.here(url_for(".upload"), _("The file is deleted."))


@past.get("/past/imports/template.<any(csv,xlsx):extension>")
@roles("manager", "owner")
def template(extension: str) -> Response:
    """Download a file to fill in, in one's own language."""
    rows = TEMPLATES[language()]
    answer = Response(file_of(rows, extension, rows[0][1]), content_type=TYPES[extension])
    answer.headers["Content-Disposition"] = f'attachment; filename="past-results.{extension}"'
    return answer
