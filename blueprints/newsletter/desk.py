"""Operators write the newsletter, look at it as it will arrive, try it on themselves, and send it now or later."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from blueprints.academies.me import me
from blueprints.credentials import here, page
from blueprints.newsletter.blueprint import newsletter
from blueprints.newsletter.forms import EditionForm, PlanForm
from core import clock, headers
from core.access import operator
from core.config import LANGUAGES
from core.errors import Refused
from core.newsletter import editions, queries
from core.newsletter.editions import ChangedMeanwhile
from core.newsletter.models import Edition

WORDS = ("subject_nl", "body_nl", "subject_en", "body_en")


@newsletter.get("/operator/newsletter")
@operator
def index() -> str:
    """Show every newsletter and how many read it."""
    rows = queries.editions()
    return render_template("newsletter/index.html", rows=rows, counts=queries.count_by_state(), written=queries.written(*(row.id for row in rows)))


@newsletter.post("/operator/newsletter/new")
@operator
def create() -> AnyResponse:
    """Begin a newsletter."""
    return redirect(url_for(".edit", edition_id=editions.create(me()).id), 303)


@newsletter.route("/operator/newsletter/<uuid:edition_id>", methods=["GET", "POST"])
@operator
def edit(edition_id: UUID) -> Any:
    """Write a newsletter; one that is being sent or was sent shows how it went."""
    row = queries.edition(edition_id, lock=request.method == "POST")
    if row.state in ("sending", "sent"):
        return render_template("newsletter/sent.html", row=row, written=queries.written(row.id)[row.id], left=queries.left_since(row))
    form = EditionForm(obj=row)
    if form.validate_on_submit():
        try:
            editions.save(row, {name: getattr(form, name).data or "" for name in WORDS}, _seen(form))
            return here(url_for(".edit", edition_id=row.id), _("Saved."))
        except ChangedMeanwhile:
            form.refuse_stale()
    form.seen.data = row.changed_at.isoformat()
    return edit_page(row, form)


def edit_page(row: Edition, form: EditionForm | None = None, planning: PlanForm | None = None) -> Any:
    """Return the page of a newsletter that is not sent yet; `planning` is a form that was refused."""
    blank = form or EditionForm(formdata=None, obj=row, seen=row.changed_at.isoformat())
    return page("newsletter/edit.html", planning or blank, row=row, writing=blank, planning=planning or PlanForm(formdata=None, at=None),
                counts=queries.count_by_state(), ready=editions.is_written(row), languages=LANGUAGES)  # fmt: skip


def _seen(form: EditionForm) -> datetime | None:
    try:
        return datetime.fromisoformat(form.seen.data or "")
    except ValueError:
        return None


@newsletter.get("/operator/newsletter/<uuid:edition_id>/preview/<language>")
@operator
def preview(edition_id: UUID, language: str) -> str:
    """Show it as a subscriber gets it, wide or as on a phone, and its plain text."""
    mail = editions.preview(_readable(edition_id, language), language, me().first_name or "")
    headers.allow_frames(["'self'"])
    return render_template("newsletter/preview.html", row=queries.edition(edition_id), mail=mail, shown=language, languages=LANGUAGES)


@newsletter.get("/operator/newsletter/<uuid:edition_id>/preview/<language>/html")
@operator
def preview_html(edition_id: UUID, language: str) -> Response:
    """Show the mail alone, as a mail program would."""
    return headers.mail_alone(editions.preview(_readable(edition_id, language), language, me().first_name or "").html)


def _readable(edition_id: UUID, language: str) -> Edition:
    """Return a newsletter to look at in this language; one without a word is no page yet."""
    row = queries.edition(edition_id)
    if language not in LANGUAGES or not editions.is_written(row):
        abort(404)
    return row


@newsletter.post("/operator/newsletter/<uuid:edition_id>/tests")
@operator
def test(edition_id: UUID) -> AnyResponse:
    """Mail it to oneself in each language that was written."""
    row = queries.edition(edition_id)
    if not editions.is_written(row):
        return _unwritten(row)
    for language in LANGUAGES:
        editions.send_test(row, me(), language)
    return here(url_for(".edit", edition_id=row.id), _("On its way to %(email)s, in each language.", email=me().email))


@newsletter.post("/operator/newsletter/<uuid:edition_id>/plan")
@operator
def plan(edition_id: UUID) -> Any:
    """Send it at a moment of choice, or now (`now`)."""
    row, form = queries.edition(edition_id, lock=True), PlanForm()
    try:
        if "now" in request.form:
            editions.plan(row, clock.now(), me())
            return here(url_for(".edit", edition_id=row.id), _("It is being sent."))
        if form.validate_on_submit():
            editions.plan(row, form.moment, me())
            return here(url_for(".edit", edition_id=row.id), _("It is planned. Until then it can be changed or withdrawn."))
    except editions.NotWritten:
        return _unwritten(row)
    return edit_page(row, planning=form)


@newsletter.post("/operator/newsletter/<uuid:edition_id>/withdrawal")
@operator
def unplan(edition_id: UUID) -> AnyResponse:
    """Make a planned newsletter a draft again."""
    row = queries.edition(edition_id, lock=True)
    if editions.unplan(row, me()):
        return here(url_for(".edit", edition_id=row.id), _("It is a draft again. Nothing was sent."))
    return here(url_for(".edit", edition_id=row.id), _("Too late: it is being sent."))


@newsletter.post("/operator/newsletter/<uuid:edition_id>/removal")
@operator
def remove(edition_id: UUID) -> AnyResponse:
    """Throw a draft away."""
    row = queries.edition(edition_id, lock=True)
    try:
        editions.remove(row)
    except Refused:
        return here(url_for(".edit", edition_id=row.id), _("Only a draft can be deleted. Withdraw it first."))
    return here(url_for(".index"), _("The draft is deleted."))


def _unwritten(row: Edition) -> AnyResponse:
    return here(url_for(".edit", edition_id=row.id), _("Write a subject and a text first, in one language at least, and save them."))
