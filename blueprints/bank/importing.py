"""Import: upload a file, look at the report, then put its questions in the bank; nothing is kept there before that."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField

from blueprints.bank import bank
from blueprints.bank.listing import page_number
from blueprints.bank.words import refusal_words
from blueprints.courses.pages import Answer
from blueprints.me import me
from core import limits
from core.access import roles, takes_files
from core.apart import apart
from core.errors import NotFound
from core.i18n import NAMES, language
from core.limits import Limit
from tenants.bank import importing, queries, uploads
from tenants.bank.formats import sheet
from tenants.bank.formats.moodle_xml import MOST_BYTES
from tenants.bank.formats.question import CHANGED, LEFT, WHOLE, Unreadable
from tenants.files.actions import plain_name

FORMATS = {
    "": _l("Find out by itself"), "gift": "GIFT", "aiken": "Aiken", "moodle_xml": "Moodle XML", "csv": "CSV", "xlsx": "XLSX",
}
TEMPLATES = {
    "csv": (sheet.template_csv, "text/csv; charset=utf-8"),
    "xlsx": (sheet.template_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
READ_AT_ONCE = 32 * 1024  # bytes; the author waits for so little, the background reads more
FATES = {"whole": WHOLE, "changed": CHANGED, "left": LEFT}


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file with questions, and what to give them all."""

    file = FileField(_l("File with questions"), [FileRequired(_l("Choose a file."))],
                     description=_l("GIFT, Aiken, Moodle XML, CSV or XLSX, 20 MB at most."))  # fmt: skip
    format = SelectField(_l("Format"), choices=list(FORMATS.items()))
    language = SelectField(_l("Language of the questions"), choices=list(NAMES.items()))
    tags = StringField(_l("Tags for all of them"), description=_l("With commas between them. Categories of the file become tags too."))


@bank.route("/bank/imports/new", methods=["GET", "POST"])
@roles("author", "manager", "owner")
@takes_files(MOST_BYTES + 1024 * 1024)
def upload() -> Answer:
    """Read a file and show what it holds."""
    form = UploadForm(language=language())
    if form.validate_on_submit():
        limits.spend([Limit("bank import", (str(me().id),), 60, 3600)])
        try:
            return redirect(url_for(".import_", import_id=read(form)))
        except Unreadable as why:
            form.file.errors = [refusal_words(why)]
    return render_template("bank/upload.html", form=form), 422 if form.errors else 200


def read(form: UploadForm) -> UUID:
    """Return the import that was made of the uploaded file; a large one is read in the background. Raises Unreadable."""
    sent = form.file.data
    data, name = sent.stream.read(MOST_BYTES + 1), plain_name(sent.filename or "")
    spoken, wanted = form.language.data, form.format.data
    with force_locale(spoken):
        words = (_("True"), _("False"))
    about = {"name": name, "language": spoken, "tags": (form.tags.data or "").split(","), "true_false": words, "by": me()}
    if len(data) <= READ_AT_ONCE or len(data) > MOST_BYTES:
        found, held = apart(uploads.understood, data, name, wanted)
        return importing.keep_draft(held, form=found, **about).id
    draft = importing.new_draft(form=wanted, **about)
    uploads.read_later(draft, data)
    return draft.id


@bank.get("/bank/imports/<uuid:import_id>")
@roles("author", "manager", "owner")
def import_(import_id: UUID) -> str:
    """Show what came over, what changed and what did not, line by line."""
    draft = queries.bank_import(me(), import_id)
    fate = request.args.get("fate", "")
    return render_template(
        "bank/import.html", draft=draft, counts=queries.import_counts(draft), fate=fate, formats=FORMATS,
        found=queries.import_rows(draft, FATES.get(fate, ""), page_number()),
    )  # fmt: skip


@bank.get("/bank/imports/<uuid:import_id>/reading")
@roles("author", "manager", "owner")
def reading(import_id: UUID) -> Response:
    """Return how far the reading is; a script asks again until it is over, and then for the whole page."""
    draft = queries.bank_import(me(), import_id)
    over = {} if draft.state == "reading" else {"HX-Refresh": "true"}
    return Response(render_template("bank/_reading.html", draft=draft), headers=over)


@bank.post("/bank/imports/<uuid:import_id>/confirmation")
@roles("author", "manager", "owner")
def confirm(import_id: UUID) -> Answer:
    """Put the questions of the import in the bank, all of them or none."""
    number = importing.confirm(me(), import_id)
    flash(ngettext("%(num)d question is in the bank.", "%(num)d questions are in the bank.", number))
    return redirect(url_for(".index"))


@bank.post("/bank/imports/<uuid:import_id>/removal")
@roles("author", "manager", "owner")
def drop(import_id: UUID) -> Answer:
    """Forget an import with its report; questions that it brought stay in the bank."""
    importing.forget(queries.bank_import(me(), import_id, lock=True).id)
    flash(_("The upload is deleted."))
    return redirect(url_for(".upload"))


@bank.get("/bank/imports/template.<form>")
@roles("author", "manager", "owner")
def template(form: str) -> Response:
    """Download the template of a sheet with questions."""
    if form not in TEMPLATES:
        raise NotFound("no such template")
    make, media_type = TEMPLATES[form]
    headers = {"Content-Disposition": f'attachment; filename="questions.{form}"'}
    return Response(make(), content_type=media_type, headers=headers)
