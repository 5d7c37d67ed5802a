"""Designs: list, make, change with a preview beside, logo, out of use and back."""

from __future__ import annotations

from base64 import b64encode
from typing import BinaryIO, cast
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.certificates import certificates
from blueprints.certificates.forms import DesignForm
from blueprints.courses.words import upload_words
from blueprints.me import me
from core import clock
from core.access import roles, takes_files
from core.apart import apart
from core.i18n import language
from core.paper import CannotPrint
from tenants.certificates import design_actions, making, printing, queries
from tenants.certificates.models import CertificateDesign
from tenants.certificates.rules import Facts, expires_on, hours_of, said, signers_of, unknown_values, values_of
from tenants.files.looks import MAX_IMAGE_BYTES, NotThat

Answer = str | Response | tuple[str, int]
SAMPLE_NUMBER = "2345-6789-ABCD"


@certificates.get("/certificates/designs")
@roles("author", "manager", "owner")
def designs() -> str:
    """List the designs and the courses that give them."""
    return render_template("certificates/designs.html", designs=queries.designs(archived=True), courses=queries.courses_by_design())


@certificates.route("/certificates/designs/new", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def new_design() -> Answer:
    """Make a design, beginning with a text that can be used as it is."""
    form = DesignForm(data=first_words())
    if request.form.get("do") != "preview" and form.validate_on_submit():
        design = design_actions.create_design(form.draft(), me())
        flash(_("Saved"))
        return redirect(url_for(".design", design_id=design.id), 303)
    return design_page(None, form)


@certificates.route("/certificates/designs/<uuid:design_id>", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def design(design_id: UUID) -> Answer:
    """Show a design with its preview; change it."""
    found = queries.design(me(), design_id, lock=request.method == "POST")
    form = DesignForm(obj=found)
    if request.form.get("do") != "preview" and form.validate_on_submit():
        design_actions.change_design(found, form.draft(), me())
        flash(_("Saved. Certificates that were issued stay as they are."))
        return redirect(url_for(".design", design_id=found.id), 303)
    return design_page(found, form)


def design_page(found: CertificateDesign | None, form: DesignForm, logo_error: str | None = None) -> tuple[str, int]:
    """Return the page of a design, its preview drawn from what the form holds; 422 when something is refused."""
    picture = drawn(form, found.logo_id if found else None)
    page = render_template("certificates/design.html", design=found, form=form, picture=picture, logo_error=logo_error)
    return page, 422 if form.errors or logo_error else 200


@certificates.post("/certificates/designs/preview")
@roles("author", "manager", "owner")
def new_preview() -> str:
    """Return the preview of a design that is not stored yet."""
    return render_template("certificates/_preview.html", picture=drawn(DesignForm(), None))


@certificates.post("/certificates/designs/<uuid:design_id>/preview")
@roles("author", "manager", "owner")
def preview(design_id: UUID) -> str:
    """Return the preview of what is in the form now; nothing is stored."""
    found = queries.design(me(), design_id)
    return render_template("certificates/_preview.html", picture=drawn(DesignForm(), found.logo_id))


def drawn(form: DesignForm, logo_id: UUID | None) -> dict[str, str] | None:
    """Return the page as an image with its words, or None while the form cannot be drawn."""
    draft = form.draft()
    if not draft.title.strip() or unknown_values(draft.body) or draft.orientation not in ("landscape", "portrait"):
        return None
    speaks = draft.language if draft.language in ("nl", "en") else "en"
    facts = Facts(
        title=draft.title[:200], body=draft.body[:2000], signers=signers_of(draft.signers)[:3], course=_("Name of the course"),
        academy=g.academy.name, colour=g.academy.colour, language=speaks, orientation=draft.orientation, hours=hours_of("12"),
    )  # fmt: skip
    day, name = clock.today(g.academy.zone), _("Name of the participant")
    until = expires_on(day, draft.valid_months if 0 < (draft.valid_months or 0) <= 240 else None)
    try:
        content = apart(printing.preview, facts, name, SAMPLE_NUMBER, day, until,
                        making.check_address(g.academy.slug, SAMPLE_NUMBER), making.logo_bytes(logo_id))  # fmt: skip
    except CannotPrint:
        return {"words": _("There is no font for a sign in this text. Leave it out.")}
    words = said(facts.body, values_of(facts, name, day, SAMPLE_NUMBER))
    return {"source": f"data:image/png;base64,{b64encode(content).decode()}", "words": f"{facts.title}. {words}"}


@certificates.post("/certificates/designs/<uuid:design_id>/logo")
@roles("author", "manager", "owner")
@takes_files(MAX_IMAGE_BYTES + 100_000)
def logo(design_id: UUID) -> Answer:
    """Put a logo on the design."""
    found, sent = queries.design(me(), design_id, lock=True), request.files.get("file")
    try:
        if sent is None:
            raise NotThat("empty")
        design_actions.set_logo(found, cast(BinaryIO, sent.stream), sent.filename or "", me())
    except NotThat as refusal:
        return design_page(found, DesignForm(None, obj=found), upload_words(refusal.why, "image"))
    return redirect(url_for(".design", design_id=found.id, _anchor="logo-h"), 303)


@certificates.post("/certificates/designs/<uuid:design_id>/logo/removal")
@roles("author", "manager", "owner")
def remove_logo(design_id: UUID) -> Response:
    """Take the logo off the design."""
    found = queries.design(me(), design_id, lock=True)
    design_actions.remove_logo(found)
    return redirect(url_for(".design", design_id=found.id, _anchor="logo-h"), 303)


@certificates.post("/certificates/designs/<uuid:design_id>/archive")
@roles("author", "manager", "owner")
def archive_design(design_id: UUID) -> Response:
    """Take the design out of use."""
    design_actions.archive_design(queries.design(me(), design_id, lock=True))
    flash(_("Out of use. Certificates that were issued stay as they are."))
    return redirect(url_for(".designs"), 303)


@certificates.post("/certificates/designs/<uuid:design_id>/return")
@roles("author", "manager", "owner")
def restore_design(design_id: UUID) -> Response:
    """Put the design back to use."""
    found = queries.design(me(), design_id, lock=True)
    design_actions.restore_design(found)
    return redirect(url_for(".design", design_id=found.id), 303)


def first_words() -> dict[str, str]:
    """Return a text to begin with, in the language of whoever begins."""
    body = "\n\n".join((_("This is to certify that"), "{name}",
                        _("has completed the course {course} on {date}."), _("Study load: {hours}.")))  # fmt: skip
    return {"title": _("Certificate"), "body": body, "language": language(), "orientation": "landscape"}
